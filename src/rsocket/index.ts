export { connectRSocket, type RSocketClient, type RSocketClientOptions } from './connectRSocket.js';
export { binaryCodec, jsonCodec, type RSocketCodec } from './RSocketCodec.js';
export { RSocketError, RSocketErrorCode } from './RSocketError.js';
export type { RSocketLimits } from './RSocketLimits.js';
export { routeMetadata } from './routeMetadata.js';
export { type RSocketRequest, type RSocketServerOptions, serveRSocket } from './serveRSocket.js';
export type { WebSocketLike, WebSocketServerLike } from './WebSocketLike.js';
