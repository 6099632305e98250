// Two seeds more; the first is held by chapter-captured and paper-captured.
import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { smallSeeds } from './seed-runs.ts';
import { capturedSeeds } from './seeds.ts';

// As training has it: on one thread within an operation eager and captured steps add up in the same order.
process.env['TF_NUM_INTEROP_THREADS'] = '3';
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const test = suite('two more seeds in Keras, and on TensorFlow eager and captured');
const tf = await testEngine('tensorflow');
if (tf !== undefined) for (const run of await smallSeeds([2, 3])) capturedSeeds(test, tf, run);
test.run();
