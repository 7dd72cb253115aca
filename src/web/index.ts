export { pausedWhileHidden, type VisibilitySource } from '../parts/pausedWhileHidden.js';
export { perFrame } from '../parts/perFrame.js';
export { requestsFromViewport } from '../parts/requestsFromViewport.js';
export { type MessagePortLike, PortError } from './MessagePortLike.js';
export { type NdjsonOptions, ndjson } from './ndjson.js';
export { pullFromPort } from './pullFromPort.js';
export { type ServeOptions, serve } from './serve.js';
export { toReadableStream } from './toReadableStream.js';
export { type WriteToOptions, writeTo } from './writeTo.js';
