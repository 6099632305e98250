/** What a seed decides, on one engine: the same on every other. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { testEngine } from '../../helpers/test-engine.ts';
import { decisionsOf, expectedDecisions } from './invariants-decisions.ts';

export async function seedTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`what a seed decides on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    test('flips, crops, pairs, pools, samples and initial weights are those of the seed, on this engine as on the other', () => {
      assert.equal(decisionsOf(tf, 1), expectedDecisions);
    });

    test('another seed decides each of them otherwise', () => {
      const others = [decisionsOf(tf, 0), decisionsOf(tf, 2)];
      for (const [name, digest] of Object.entries(expectedDecisions)) {
        assert.is(new Set([digest, ...others.map((other) => other[name])]).size, 3, name);
      }
    });
  }
  test.run();
}
