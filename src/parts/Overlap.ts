/** How far arrays of successive values overlap, each begun `skip` values after the one before. */
export class Overlap {
  /** How many values the next array shares with those that left before it. */
  #shared = 0;

  constructor(private readonly skip: number) {}

  /** An array leaves; answers how many of its values did so before. */
  leave({ length }: readonly unknown[]): number {
    const shared = this.#shared;
    this.#shared = Math.max(length - this.skip, shared - this.skip, 0);
    return shared;
  }
}
