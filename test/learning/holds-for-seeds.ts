/** Registers the long learning tests of one task: the paper's recipe must hold the task's bounds with every seed; the chapter's is shown beside it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { testSelection } from '../helpers/test-engine.ts';
import { learn, type Learnt } from './known-truth-run.ts';
import { reportResults } from './results.ts';

export const seeds = [1, 2, 3] as const;

/** Registers and runs the tests; `bounds` asserts what has to hold of one run. Without TensorFlow they are skipped: wasm would take days. */
export async function holdsForSeeds(task: string, bounds: (methods: Learnt['methods']) => void): Promise<void> {
  const test = suite(`learning ${task}`);
  const runs: Learnt[] = [];
  const installed = await testSelection('tensorflow');
  const register = installed ? test : test.skip;
  for (const seed of seeds) {
    register(`the paper's recipe holds with seed ${seed}`, async () => {
      const learnt = await learn(task, seed);
      runs.push(learnt);
      bounds(learnt.methods);
    });
    register(`the chapter's recipe is better than copying and than the mean image with seed ${seed}`, async () => {
      const learnt = await learn(`${task}-chapter`, seed);
      runs.push(learnt);
      const { cyclegan, copy, mean } = learnt.methods;
      for (const [name, { psnr }] of Object.entries({ copy, mean })) assert.ok(cyclegan.psnr > psnr, `${cyclegan.psnr} dB, ${name} ${psnr} dB`);
    });
  }
  test.after(() => {
    if (runs.length > 0) reportResults(task, runs);
  });
  test.run();
}

/** Fails with the figure where `value` is below `bound`. */
export function atLeast(bound: number, value: number, what: string): void {
  assert.ok(value >= bound, `${what} is ${value.toFixed(3)}, to hold: at least ${bound.toFixed(3)}`);
}
