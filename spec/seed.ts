/** `SEED` gives the properties the same random values each time, so that a run can be told from the one before by what changed alone. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SEED']) });
