/** Captured steps give the bits that eager ones do, whatever the recipe. */
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapter, paper, withLoss, withSettings, type Recipe } from './bench.ts';
import { differing, range, type CaptureBench } from './execution-rig.ts';

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
}

function equalSteps(bench: CaptureBench, recipe: Recipe, size: number, steps: number): void {
  const [eager, graph] = bench.both(recipe, size);
  for (const iteration of range(steps)) assert.equal(graph.step(iteration), eager.step(iteration), `step ${iteration}`);
  assert.equal(differing(graph.bits(), eager.bits()), []);
  eager.dispose();
  graph.dispose();
  assert.equal(bench.refused, []);
}
