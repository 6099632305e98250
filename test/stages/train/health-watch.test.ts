import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HealthWatch } from '../../../stages/train/health-watch.ts';
import type { EpochMetrics } from '../../../stages/train/history.ts';
import type { Sample } from '../../../stages/train/samples/sampler.ts';

const loss = { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 } as const;
const shape = [4, 4, 3] as const;

function watch() {
  const lines: string[] = [];
  const epochs: EpochMetrics[] = [];
  const begin = (seen: readonly string[] = []) => new HealthWatch({ loss, shape }, (line) => lines.push(line), seen);
  let health = begin();
  /** Ends an epoch of 500 iterations; answers what is said of it. */
  function end(discriminator: number, samples: readonly Sample[] = []): readonly string[] {
    const terms = {
      adversarial_AToB: 1 - discriminator, adversarial_BToA: 1 - discriminator, cycle_A: 0.1, cycle_B: 0.1, identity_A: 0.1, identity_B: 0.1,
      discriminator_A_real: discriminator, discriminator_A_fake: discriminator, discriminator_B_real: discriminator, discriminator_B_fake: discriminator,
    };
    epochs.push({ epoch: epochs.length + 1, iteration: 500 * (epochs.length + 1), generator_loss: 4, discriminator_loss: discriminator, terms, learning_rate: 1e-4 });
    lines.length = 0;
    health.look(epochs, samples);
    return [...lines];
  }
  /** A new process, told what the checkpoint knows. */
  const resume = () => void (health = begin(JSON.parse(JSON.stringify(health.seenInPictures)) as string[]));
  return { end, resume };
}

/** A picture, and the negative of it as what was generated. */
function inverted(): Sample[] {
  const original = Float32Array.from({ length: 48 }, (_, index) => Math.sin(index) * 0.9);
  return (['AtoB', 'BtoA'] as const).map((translation) => ({
    name: `epoch-0001-${translation}-x.png`, png: new Uint8Array(), translation, panels: [original, original.map((value) => -value), original],
  }));
}

test('what the losses show is said once, until it has ended and comes again', () => {
  const { end } = watch();
  assert.equal(end(0.2), []);
  assert.is(end(0.001).length, 1);
  assert.equal(end(0.001), []);
  assert.equal(end(0.2), []);
  assert.is(end(0.001).length, 1);
});

test('what pictures show is said once, until pictures show it no more', () => {
  const { end } = watch();
  end(0.2);
  const said = end(0.2, inverted());
  assert.is(said.length, 1);
  assert.equal(end(0.2), []);
  assert.equal(end(0.2, inverted()), []);
  const faithful = inverted().map((sample) => ({ ...sample, panels: [sample.panels[0]!, sample.panels[0]!, sample.panels[0]!] }));
  assert.equal(end(0.2, faithful), []);
  assert.equal(end(0.2, inverted()), said);
});

test('a training that continues does not say again what was said before', () => {
  const { end, resume } = watch();
  end(0.001);
  assert.is(end(0.001, inverted()).length, 1);
  resume();
  assert.equal(end(0.001), []);
  resume();
  assert.equal(end(0.001, inverted()), []);
});

test('a discriminator that saturates while pictures are inverted is said for itself', () => {
  const { end } = watch();
  end(0.2, inverted());
  assert.is(end(0.001).length, 1);
  assert.equal(end(0.001, inverted()), []);
});

test('supervised training has no discriminators to speak of', () => {
  const lines: string[] = [];
  const health = new HealthWatch({ loss, shape }, (line) => lines.push(line));
  const epochs = [1, 2].map((epoch) => ({
    epoch, iteration: 500 * epoch, generator_loss: 0.2, discriminator_loss: 0, terms: { supervised_AToB: 0.1, supervised_BToA: 0.1 }, learning_rate: 1e-4,
  }));
  health.look(epochs, []);
  assert.equal(lines, []);
});

test.run();
