/** What the live line shows: the run at one moment. */
export interface Progress {
  readonly written: number;
  /** Files being hashed, and the line being written. */
  readonly inFlight: number;
  /** Found and not yet hashed, or hashed and not yet written. */
  readonly waiting: number;
  readonly readAhead: number;
  /** Bytes in use, as measured last. */
  readonly heap: number;
}

/** What the table shows: the run as a whole. */
export interface Outcome {
  /** Files that were found and could be read. */
  readonly readable: number;
  /** What was left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly highestReadAhead: number;
  readonly firstHeap: number;
  readonly highestHeap: number;
  readonly milliseconds: number;
}

/** A measurement takes some 20 ms, as garbage is thrown away first. */
const MEASURE_HEAP_EVERY_MILLISECONDS = 500;

/** Counts one run, from the walk to the written line. */
export class Tally {
  private readonly started = performance.now();
  private readonly skipped: Record<string, number> = {};
  private readonly firstHeap = heapInUse();
  private heap = this.firstHeap;
  private highestHeap = this.firstHeap;
  private measuredAt = this.started;
  private highestReadAhead = 0;
  private found = 0;
  private inFlight = 0;
  private written = 0;
  /** Found, and then unreadable. */
  private givenUp = 0;

  /** The walk found a file. */
  find(): void {
    this.found++;
    this.highestReadAhead = Math.max(this.highestReadAhead, this.readAhead);
  }

  /** The walk met something that is no file, or a folder it cannot read. */
  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  /** A file that was found cannot be read. */
  giveUp(reason: string): void {
    this.givenUp++;
    this.skip(reason);
  }

  /** A line is on disk. */
  write(): void {
    this.written++;
  }

  /** Counts `work` as in flight until it ends. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.inFlight++;
    try {
      return await work;
    } finally {
      this.inFlight--;
    }
  }

  /** The run now. To be called often, as the heap is measured here. */
  progress(): Progress {
    if (performance.now() - this.measuredAt >= MEASURE_HEAP_EVERY_MILLISECONDS) {
      this.measureHeap();
    }
    const { written, inFlight, readAhead, heap } = this;
    return { written, inFlight, waiting: readAhead - inFlight, readAhead, heap };
  }

  /** The run as a whole, at its end. */
  outcome(): Outcome {
    const milliseconds = performance.now() - this.started;
    this.measureHeap();
    const { skipped, highestReadAhead, firstHeap, highestHeap } = this;
    const readable = this.found - this.givenUp;
    return { readable, skipped, highestReadAhead, firstHeap, highestHeap, milliseconds };
  }

  private measureHeap(): void {
    this.heap = heapInUse();
    this.highestHeap = Math.max(this.highestHeap, this.heap);
    this.measuredAt = performance.now();
  }

  /** Found, and neither written nor given up. */
  private get readAhead(): number {
    return this.found - this.written - this.givenUp;
  }
}

/** Bytes that are in use and not garbage; with garbage, where Node was started without `--expose-gc`. */
function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
