import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { Goldens } from './goldens.ts';
import { chapterFull } from './recipes.ts';
import { trainingTests } from './training-tests.ts';
const test = suite('full');
const all = { outputs: 9, losses: 9, gradients: 9, state: 9, change: 9 };
trainingTests(test, (await testEngine('tensorflow'))!, await Goldens.open(process.argv[2]!), { ...chapterFull, learningRate: Number(process.argv[3]) }, { one: all, ten: all });
test.run();
