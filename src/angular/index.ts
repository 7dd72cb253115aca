export { type DemandList, type DemandListOptions, demandList } from './demandList.js';
export type { LifeOptions } from './Life.js';
export { type MonitorSignalOptions, monitorSignal } from './monitorSignal.js';
export { type PauseWhileHiddenOptions, pauseWhileHidden } from './pauseWhileHidden.js';
export { requestsFromVirtualScroll, type VirtualScroll } from './requestsFromVirtualScroll.js';
export { subscribeWithDemand } from './subscribeWithDemand.js';
export { type FrameSignalOptions, toFrameSignal } from './toFrameSignal.js';
