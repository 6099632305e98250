// Captured steps against eager ones, on the real engine.
import { suite } from 'uvu';
import { withCapture } from './capture-rig.ts';
import { computationTests } from './computation.ts';
import { nothingLeftTests } from './nothing-left.ts';
import { refusalTests } from './refusal.ts';
import { variablesTests } from './variables.ts';

const test = suite('capture');
await withCapture(test, (test, rig) => {
  for (const tests of [computationTests, variablesTests, refusalTests, nothingLeftTests]) tests(test, rig);
});
test.run();
