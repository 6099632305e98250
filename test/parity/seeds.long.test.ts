// Three seeds at 64×64 pixels with all 32 filters and 6 blocks (discriminators from 64), on TensorFlow.
import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { hasKeras } from './keras.ts';
import { halfSeeds, inBfloat16 } from './seed-runs.ts';
import { bfloat16Seeds, capturedSeeds } from './seeds.ts';

// As training has it: on one thread within an operation eager and captured steps add up in the same order.
process.env['TF_NUM_INTEROP_THREADS'] = '3';
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const test = suite('three seeds at half size in Keras, and on TensorFlow eager and captured');
const tf = hasKeras('three seeds at half size') ? await testEngine('tensorflow') : undefined;
if (tf === undefined) test.skip('three seeds at half size', () => undefined);
else {
  for await (const run of halfSeeds()) {
    capturedSeeds(test, tf, run);
    bfloat16Seeds(test, tf, inBfloat16(run));
  }
}
test.run();
