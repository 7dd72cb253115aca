export { pausedWhileHidden, type VisibilitySource } from '../parts/pausedWhileHidden.js';
export { perFrame } from '../parts/perFrame.js';
export {
  type ListEnd,
  type RequestsFromViewportOptions,
  requestsFromViewport,
} from '../parts/requestsFromViewport.js';
export { type MessagePortLike, type NodeWorkerLike, type Port, PortError } from './MessagePortLike.js';
export { type NdjsonOptions, ndjson } from './ndjson.js';
export { type PullBytesOptions, pullBytes } from './pullBytes.js';
export { type PullFromPortOptions, pullFromPort } from './pullFromPort.js';
export { type ServeOptions, serve } from './serve.js';
export { toReadableStream } from './toReadableStream.js';
export { type WriteToOptions, writeTo } from './writeTo.js';
