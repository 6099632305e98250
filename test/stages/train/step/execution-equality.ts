/** Captured steps give the bits that eager ones do, whatever the recipe. */
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor4D } from '../../../../stages/engine/tf.ts';
import { takesWinograd } from '../../../../stages/model/operations/winograd.ts';
import { chapter, paper, withLoss, withSettings, type Recipe } from './bench.ts';
import { differing, range, type CaptureBench, type Training } from './execution-rig.ts';

const wider = ({ model, settings }: Recipe): Recipe => ({ settings, model: { ...model, generator: { ...model.generator, filters: 8 }, discriminator: { ...model.discriminator, filters: 8, strides: [2, 2, 2, 1] } } });

export function equalityTests(test: ReturnType<typeof suite>, bench: CaptureBench): void {
  for (const [name, recipe] of Object.entries({ chapter, paper })) {
    test(`${name}: ten steps at 32 pixels, losses, images and state`, () => equalSteps(bench, wider(recipe), 32, 10));
  }

  const adam = paper.settings.optimizer;
  const others: Readonly<Record<string, Recipe>> = {
    'wgan-gp, second derivatives': withLoss({ ...paper, model: { ...paper.model, discriminator: { ...paper.model.discriminator, norm: 'channel' } } }, { gan: 'wgan-gp' }),
    'vanilla, gradients clipped by their norm, averages': withSettings(withLoss(paper, { gan: 'vanilla' }), { optimizer: { ...adam, global_clipnorm: 0.1 }, ema_decay: 0.9 }),
    'hinge, gradients clipped by value, the other order': withSettings(withLoss(paper, { gan: 'hinge' }), { optimizer: { ...adam, clipvalue: 0.01 }, update_order: 'discriminators_first' }),
  };
  for (const [name, recipe] of Object.entries(others)) test(`${name}: three steps`, () => equalSteps(bench, recipe, 16, 3));
  winogradTests(test, bench);
}

/** 128 channels at 16×16 pixels: the smallest residual blocks of such width that take Winograd's form; few filters elsewhere. */
function winogradTests(test: ReturnType<typeof suite>, bench: CaptureBench): void {
  const size = 64;
  for (const [name, { model, settings }] of Object.entries({ 'padded with zeros': chapter, 'padded by reflection': paper })) {
    const recipe: Recipe = { settings, model: { ...model, generator: { ...model.generator, filters: 32 } } };
    test(`residual blocks by Winograd's form, ${name}: two steps`, () => {
      const side = size / 4 + (name === 'padded by reflection' ? 2 : 0);
      const kernel = { shape: [3, 3, 128, 128] } as Tensor4D;
      assert.ok(takesWinograd({ shape: [1, side, side, 128] } as Tensor4D, kernel), 'the test is too small');
      equalSteps(bench, recipe, size, 2, ({ trainer }) => assert.equal(trainer.state().get('generatorAToB/R128_1_a/kernel')?.shape, kernel.shape));
    });
  }
}

function equalSteps(bench: CaptureBench, recipe: Recipe, size: number, steps: number, check?: (training: Training) => void): void {
  const [eager, graph] = bench.both(recipe, size);
  check?.(eager);
  for (const iteration of range(steps)) assert.equal(graph.step(iteration), eager.step(iteration), `step ${iteration}`);
  assert.equal(differing(graph.bits(), eager.bits()), []);
  eager.dispose();
  graph.dispose();
  assert.equal(bench.refused, []);
}
