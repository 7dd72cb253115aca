/** Measures one row, named by the arguments, and hands it to the process that asked. */
import { BENCHES } from './benches.js';

const [name = '', index = ''] = process.argv.slice(2);
const measureRow = BENCHES.get(name)?.rows[Number(index)];
if (measureRow === undefined) {
  throw new Error(`no row ${index} of ${name}`);
}
process.send?.(await measureRow());
process.disconnect?.();
