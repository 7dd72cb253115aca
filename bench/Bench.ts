/** One line of a table. `ok` says whether its target is met; a line without a target has none. */
export interface Row {
  readonly cells: readonly string[];
  readonly ok?: boolean;
}

/** One table. Each row is measured in a process of its own, so that no case finds another's traces in the compiled code. */
export interface Bench {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (() => Promise<Row>)[];
  /** Flags of Node for the processes that measure the rows. */
  readonly flags?: readonly string[];
}
