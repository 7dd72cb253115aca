/** What is asked of a socket: the browser's `WebSocket`, Node's own, that of `ws`, or any other of that shape. */
export interface WebSocketLike {
  binaryType: string;
  /** 0 while it connects, 1 when it is open. */
  readonly readyState: number;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: WebSocketEvent) => void,
  ): void;
}

/** What is read of an event of a socket, where it has it. */
export interface WebSocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** What is asked of a server: that of `ws`, or any other that announces sockets in this way. */
export interface WebSocketServerLike {
  on(event: 'connection', listener: (socket: WebSocketLike) => void): unknown;
  off(event: 'connection', listener: (socket: WebSocketLike) => void): unknown;
}

/** The bytes of a message, if it has any. */
export function bytesOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return isArrayBuffer(data) ? new Uint8Array(data) : undefined;
}

/** Also of another realm, such as that of a frame. */
function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]';
}
