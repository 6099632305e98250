// Two seeds more; the first is held by chapter-captured and paper-captured.
import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { smallSeeds } from './seed-runs.ts';
import { capturedSeeds } from './seeds.ts';

const test = suite('two more seeds in Keras, and on TensorFlow eager and captured');
const tf = await testEngine('tensorflow');
if (tf !== undefined) for (const run of await smallSeeds([2, 3])) capturedSeeds(test, tf, run);
test.run();
