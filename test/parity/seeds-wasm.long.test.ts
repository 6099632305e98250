import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { smallSeeds } from './seed-runs.ts';
import { eagerSeeds } from './seeds.ts';

const test = suite('three seeds in Keras and on wasm');
const tf = await testEngine('wasm');
if (tf !== undefined) for (const run of await smallSeeds([1, 2, 3])) eagerSeeds(test, tf, run);
test.run();
