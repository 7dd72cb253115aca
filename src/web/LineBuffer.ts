import { BoundedBuffer } from '../buffer/BoundedBuffer.js';

const NEWLINE = 0x0a;
const SPACE = 0x20;
/** What JSON does not take for space. */
const NO_SPACE = /[^ \t\r]/;
const BYTE_ORDER_MARK = '\ufeff';
const UTF_8 = { fatal: true, ignoreBOM: true };

/**
 * The lines of UTF-8 bytes or text, however they are cut into chunks; empty ones are left out. They wait in the array that their
 * chunk was split into.
 */
export class LineBuffer extends BoundedBuffer<string> {
  #lines: readonly string[] = [];
  /** Index of the line that is next, which is not empty; those before it have left. */
  #next = 0;
  /** How many lines came before this array. */
  #before = 0;
  /** The number of the line that left last, from 1. */
  number = 0;
  /** Whether anything has come: at its begin a byte order mark may stand. */
  #begun = false;
  /** The last line, as far as it has come. */
  #rest = '';
  /** Whether some of that came as bytes. */
  #cut = false;
  readonly #decoder = new TextDecoder('utf-8', UTF_8);
  /** For a line that is cut: a decoder that may have to remember half a character is slow. */
  readonly #cutDecoder = new TextDecoder('utf-8', UTF_8);

  constructor(
    operator: string,
    private readonly maxLength: number,
  ) {
    super(operator, { capacity: Infinity });
  }

  override get size(): number {
    return this.#lines.length - this.#next;
  }

  override ready(): boolean {
    return this.#next < this.#lines.length;
  }

  override shift(): string {
    const line = this.#lines[this.#next++] ?? '';
    this.number = this.#before + this.#next;
    this.#skipEmpty();
    return line;
  }

  override clear(): void {
    this.#lines = [];
    this.#next = 0;
  }

  /** Takes a chunk. Where it throws, the lines before the one that is at fault wait. */
  write(chunk: Uint8Array | string): void {
    if (typeof chunk === 'string') {
      this.#endCut();
      this.#split(chunk);
      return;
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    const start = this.#cut && end > 0 ? chunk.indexOf(NEWLINE) + 1 : 0;
    if (start > 0) {
      this.#cut = false;
      this.#split(this.#cutDecoder.decode(chunk.subarray(0, start)));
    }
    if (end > start) {
      this.#writeLines(chunk.subarray(start, end));
    }
    if (chunk.length > end) {
      this.#cut = true;
      this.#split(this.#cutDecoder.decode(chunk.subarray(end), { stream: true }));
    }
  }

  /** No chunk comes any more: what is left is the last line. */
  end(): void {
    this.#endCut();
    this.#split('\n');
  }

  /** Throws where a line is longer than it may be. */
  check(line: string): void {
    if (line.length > this.maxLength) {
      throw new RangeError(
        `${this.operator}: a line is longer than maxLength = ${this.maxLength} characters`,
      );
    }
  }

  #writeLines(lines: Uint8Array): void {
    let text: string;
    try {
      text = this.#decoder.decode(lines);
    } catch {
      for (let start = 0, end = 0; start < lines.length; start = end) {
        end = lines.indexOf(NEWLINE, start) + 1;
        this.#split(this.#decoder.decode(lines.subarray(start, end)));
      }
      return;
    }
    this.#split(text);
  }

  #endCut(): void {
    if (this.#cut) {
      this.#cut = false;
      this.#rest += this.#cutDecoder.decode();
    }
  }

  #skipEmpty(): void {
    for (let line = this.#lines[this.#next]; line !== undefined; line = this.#lines[this.#next]) {
      // Most lines begin with what is no space.
      if (line.charCodeAt(0) > SPACE || NO_SPACE.test(line)) {
        return;
      }
      this.#next++;
    }
  }

  #split(text: string): void {
    if (!this.#begun && text !== '') {
      this.#begun = true;
      if (text.startsWith(BYTE_ORDER_MARK)) {
        this.#split(text.slice(1));
        return;
      }
    }
    // Only what is new is searched: a long line may come in many parts.
    if (text.includes('\n')) {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      this.#before += this.#next;
      this.#lines = this.ready() ? [...this.#lines.slice(this.#next), ...lines] : lines;
      this.#next = 0;
      this.#skipEmpty();
    } else {
      this.#rest += text;
    }
    this.check(this.#rest);
  }
}
