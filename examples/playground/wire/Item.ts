/** One value of a feed. */
export interface Item {
  /** Its number in the feed, from 0. */
  readonly id: number;
  /** What it is about: a symbol of the generated feed, the ending of a file's name. */
  readonly key: string;
  readonly text: string;
  /** When the server made it, in ms since 1970. */
  readonly at: number;
}
