/** Tests, on one engine, of what the training step can be told beyond the two recipes. */
import { suite } from 'uvu';
import { testEngine } from '../../../helpers/test-engine.ts';
import { averageTests } from './averages.ts';
import { ganModeTests } from './gan-modes.ts';
import { supervisedTests } from './supervised.ts';

export async function optionTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`training step's options on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    ganModeTests(test, tf);
    averageTests(test, tf);
    supervisedTests(test, tf);
  }
  test.run();
}
