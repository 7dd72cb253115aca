export { toReadable } from './toReadable.js';
export { type WriteToOptions, writeTo } from './writeTo.js';
