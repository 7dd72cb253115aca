export { type ConservationAccount, ConservationError } from './ConservationError.js';
export {
  ControllableSource,
  type ControllableSourceOptions,
  type ControlledConnection,
} from './ControllableSource.js';
export { type CheckConservationOptions, checkConservation } from './checkConservation.js';
export { DemandProbe, type ProbeSignal } from './DemandProbe.js';
export { DemandRecorder, type DemandRecorderOptions } from './DemandRecorder.js';
export {
  type DemandMarbles,
  type DemandRows,
  demandMarbles,
  type MarbleSourceOptions,
  type OutputOptions,
} from './demandMarbles.js';
export { type BrokenRule, ConformanceError, type Verification } from './laws/ConformanceError.js';
export type { DemandKind } from './laws/operatorLaws.js';
export { RULES, type Rule } from './laws/rules.js';
export type { Settle } from './laws/settle.js';
export type { Running } from './laws/sinkLaws.js';
export type { Puppet } from './laws/subscriberLaws.js';
export { MarbleMismatchError } from './MarbleMismatchError.js';
export { MarbleSyntaxError } from './marble/diagram.js';
export { runMarble } from './runMarble.js';
export { type VerifyOperatorOptions, verifyOperator } from './verifyOperator.js';
export { type VerifyOptions, verifyPublisher } from './verifyPublisher.js';
export { type VerifySinkOptions, verifySink } from './verifySink.js';
export { verifySource } from './verifySource.js';
export { verifySubscriber } from './verifySubscriber.js';
