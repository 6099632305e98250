/** Runs the real trainings on the WebAssembly engine, which is on every machine, and hears what is said of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainingWarnings } from '../../../../stages/train/health/training-warnings.ts';
import { testEngine } from '../../../helpers/test-engine.ts';
import { realTrainings } from './real-trainings.ts';
import { trainTiny } from './tiny-training.ts';

export async function provoke(which: 'short' | 'long'): Promise<void> {
  const test = suite(`real trainings, ${which}`);
  const tf = (await testEngine('wasm'))!;
  for (const [name, training] of Object.entries(realTrainings)) {
    if (training.long !== (which === 'long')) continue;
    test(`${name}: ${training.warnings.join(', ') || 'nothing is said'}`, () => {
      const facts = trainTiny(tf, training);
      const said = facts.map((of) => trainingWarnings(of).map(({ kind }) => kind));
      assert.equal(said.at(-1), training.warnings);
      // On the way to a fault its signs may come one after the other, but no others.
      for (const kind of said.flat()) assert.ok(training.warnings.includes(kind), kind);
    });
  }
  test.run();
}
