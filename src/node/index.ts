export { type PausableEmitter, type PullFromEventOptions, pullFromEvent } from './pullFromEvent.js';
export { toReadable } from './toReadable.js';
export { type WriteToOptions, writeTo } from './writeTo.js';
