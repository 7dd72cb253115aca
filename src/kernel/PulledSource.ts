import type { Subscriber } from 'rxjs';
import type { Source } from '../chain/Source.js';
import type { Stage } from '../chain/Stage.js';
import type { Cursor } from '../protocol/Cursor.js';

/** One subscription to a source that answers at once: it has no credit, the chain draws what it needs. */
export class PulledSource<T> implements Source {
  round = 0;
  #cursor: Cursor<T> | undefined;

  constructor(
    readonly stage: Stage,
    private readonly subscriber: Subscriber<T>,
    private readonly open: () => Cursor<T>,
  ) {
    stage.chain.join(this);
  }

  get closed(): boolean {
    return this.subscriber.closed;
  }

  draw(): boolean {
    try {
      const { chain } = this.stage;
      this.#cursor ??= this.open();
      const drawn = this.closed || chain.pull(this, this.subscriber, this.#cursor);
      if (this.closed) {
        // What is read may itself have ended the consumer, before there was anything to release.
        this.#cursor.release();
        return drawn;
      }
      // The only one has given all that it may.
      return drawn && chain.sources.length > 1;
    } catch (error) {
      this.stage.chain.leave(this);
      this.subscriber.error(error);
      return true;
    }
  }

  complete(): void {
    this.stage.chain.leave(this);
    this.subscriber.complete();
  }

  unsubscribe(): void {
    this.stage.chain.leave(this);
    this.#cursor?.release();
  }
}
