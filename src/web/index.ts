export { type MessagePortLike, PortError } from './MessagePortLike.js';
export { type NdjsonOptions, ndjson } from './ndjson.js';
export { pausedWhileHidden, type VisibilitySource } from './pausedWhileHidden.js';
export { perFrame } from './perFrame.js';
export { pullFromPort } from './pullFromPort.js';
export { requestsFromViewport } from './requestsFromViewport.js';
export { type ServeOptions, serve } from './serve.js';
export { toReadableStream } from './toReadableStream.js';
export { type WriteToOptions, writeTo } from './writeTo.js';
