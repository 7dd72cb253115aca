export {
  ControllableSource,
  type ControllableSourceOptions,
  type ControlledConnection,
} from './ControllableSource.js';
export { DemandProbe, type ProbeSignal } from './DemandProbe.js';
export {
  type DemandMarbles,
  type DemandRows,
  demandMarbles,
  type MarbleSourceOptions,
  type OutputOptions,
} from './demandMarbles.js';
export { MarbleMismatchError } from './MarbleMismatchError.js';
export { MarbleSyntaxError } from './marble/diagram.js';
export { runMarble } from './runMarble.js';
