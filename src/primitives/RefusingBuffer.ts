import { OverflowError } from '../buffer/OverflowError.js';
import { PolicyBuffer } from '../buffer/PolicyBuffer.js';

/** A buffer whose failure is that of the one value that finds no room: what waits stays. */
export class RefusingBuffer<T> extends PolicyBuffer<T> {
  protected override fail(value: T): never {
    throw new OverflowError(this.operator, this.capacity, [value]);
  }
}
