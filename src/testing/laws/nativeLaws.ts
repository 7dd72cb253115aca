/** Whether a source's demand survives RxJS's own operators. */
import { concatMap, filter, map, mergeMap, NEVER, type Observable, of, tap, zip } from 'rxjs';
import { DemandProbe } from '../DemandProbe.js';
import { type Law, must } from './ConformanceError.js';
import type { Settle } from './settle.js';

/** What the laws are tried on. */
export interface NativeSubject<T> {
  readonly create: (count: number) => Observable<T>;
  readonly most?: number | undefined;
  readonly settle: Settle;
}

/** So many items may be inside asynchronous operators at a time. */
const WINDOW = 16;

export const NATIVE_LAWS: readonly Law<NativeSubject<unknown>>[] = [
  {
    rule: 'demand',
    async holds(subject) {
      const exactly = (drawn: number, wanted: number) => drawn === Math.min(wanted, subject.most ?? Infinity);
      const expectDrawn = async (
        title: string,
        operate: (source$: Observable<unknown>) => Observable<unknown>,
        wanted: number,
      ) => {
        const drawn = await draw(subject, operate);
        must(
          exactly(drawn, wanted),
          `under ${title} 3 were requested, and ${drawn} drawn instead of ${wanted}`,
        );
      };
      await expectDrawn('map', map(identity), 3);
      let odd = 0;
      await expectDrawn(
        'filter',
        filter(() => odd++ % 2 === 1),
        6,
      );
      await expectDrawn(
        'mergeMap(of)',
        mergeMap((value) => of(value)),
        3,
      );
      const expectWindow = async (
        title: string,
        operate: (source$: Observable<unknown>) => Observable<unknown>,
      ) => {
        const drawn = await draw(subject, operate);
        must(drawn <= WINDOW, `under ${title} ${drawn} were drawn, more than the window of ${WINDOW}`);
      };
      await expectWindow(
        'mergeMap(() => NEVER)',
        mergeMap(() => NEVER),
      );
      await expectWindow(
        'concatMap(() => NEVER)',
        concatMap(() => NEVER),
      );
      await expectWindow('zip(source$, NEVER)', (source$) => zip(source$, NEVER));
    },
  },
];

/** How many values the source gives where 3 are requested below `operate`. */
async function draw(
  { create, most = Infinity, settle }: NativeSubject<unknown>,
  operate: (source$: Observable<unknown>) => Observable<unknown>,
): Promise<number> {
  let drawn = 0;
  const probe = new DemandProbe<unknown>();
  operate(create(Math.min(100, most)).pipe(tap(() => drawn++))).subscribe(probe);
  await settle();
  probe.request(3);
  await settle();
  probe.unsubscribe();
  await settle();
  return drawn;
}

const identity = <T>(value: T): T => value;
