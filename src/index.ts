export type {
  BufferOptions,
  DropOptions,
  DropReason,
  KeptOptions,
  OverflowFunction,
  OverflowPolicy,
  Waiting,
} from './buffer/BufferOptions.js';
export { OverflowError } from './buffer/OverflowError.js';
export { DemandObservable } from './kernel/DemandObservable.js';
export { DemandSubscriber, type DemandSubscriberOptions } from './kernel/DemandSubscriber.js';
export { type AdaptiveDemandOptions, adaptiveDemand } from './operators/adaptiveDemand.js';
export { type BatchWhileBusyOptions, batchWhileBusy } from './operators/batchWhileBusy.js';
export { type BoundedBufferOptions, boundedBuffer } from './operators/boundedBuffer.js';
export { bufferWithCount } from './operators/bufferWithCount.js';
export {
  type BufferWithTimeOrCountOptions,
  bufferWithTimeOrCount,
} from './operators/bufferWithTimeOrCount.js';
export { conflate } from './operators/conflate.js';
export { type ConflateByKeyOptions, conflateByKey } from './operators/conflateByKey.js';
export { type ControlledRequestOptions, controlledRequest } from './operators/controlledRequest.js';
export { type DropLatestOptions, dropLatest } from './operators/dropLatest.js';
export { type DropOldestOptions, dropOldest } from './operators/dropOldest.js';
export { type KeepLatestOptions, keepLatest } from './operators/keepLatest.js';
export { limitConcurrency } from './operators/limitConcurrency.js';
export { type LosslessPauseOptions, losslessPause } from './operators/losslessPause.js';
export { type LossyPauseOptions, lossyPause } from './operators/lossyPause.js';
export { type MonitorOptions, monitor } from './operators/monitor.js';
export { prefetch } from './operators/prefetch.js';
export { type RateLimitOptions, rateLimit } from './operators/rateLimit.js';
export { shareAs } from './operators/shareAs.js';
export { type ShareWithDemandOptions, shareWithDemand } from './operators/shareWithDemand.js';
export { type TapDemandCallbacks, tapDemand } from './operators/tapDemand.js';
export { windowWithCount } from './operators/windowWithCount.js';
export {
  LATENCY_BOUNDS,
  type Monitored,
  type MonitorLatency,
  type MonitorSnapshot,
} from './parts/MonitorSnapshot.js';
export type { SharePolicy } from './parts/ShareMember.js';
export { Channel, type ChannelOptions } from './primitives/Channel.js';
export { ChannelClosedError } from './primitives/ChannelClosedError.js';
export { MonitorRegistry, type MonitorRegistryOptions, monitors } from './primitives/MonitorRegistry.js';
export { type Release, Semaphore } from './primitives/Semaphore.js';
export type { Read } from './producers/readProducer.js';
export type { Demand, DemandObserver, DemandSink, Producer } from './protocol/Demand.js';
export type { Publisher, PublisherSubscriber, PublisherSubscription } from './protocol/Publisher.js';
export { type ForEachOptions, forEachWithDemand } from './sinks/forEachWithDemand.js';
export { type AsyncIterableOptions, toAsyncIterable } from './sinks/toAsyncIterable.js';
export { toPublisher } from './sinks/toPublisher.js';
export { DemandHandle } from './sources/DemandHandle.js';
export { type PullInput, type PullOptions, pullFrom } from './sources/pullFrom.js';
