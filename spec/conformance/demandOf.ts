import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemandKind } from 'rxjs-backpressure/testing';

const FOLDER = join(__dirname, '../../src/operators');
const KINDS: readonly DemandKind[] = ['forwards', 'shapes', 'absorbs', 'ignores'];

/** What an operator's docstring says it does to demand. */
export function demandOf(operator: string): DemandKind | undefined {
  if (!readdirSync(FOLDER).includes(`${operator}.ts`)) return undefined;
  const [, word] =
    /\*\*Demand\.\*\* \*?(\w+)/i.exec(readFileSync(join(FOLDER, `${operator}.ts`), 'utf8')) ?? [];
  return KINDS.find((kind) => kind === word?.toLowerCase());
}
