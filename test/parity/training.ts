/** Networks and a trainer with the reference's weights, compared with what reference/training.py kept. */
import * as assert from 'uvu/assert';
import type { Tensor4D, Tf } from '../../stages/engine/tf.ts';
import { networkWeights } from '../../stages/model/network-weights.ts';
import { createNetworks, disposeNetworks, networkNames, type Networks } from '../../stages/model/networks.ts';
import { resolveModel } from '../../stages/model/schema.ts';
import { lossNames } from '../../stages/train/step/losses.ts';
import { eagerExecution, type Execution } from '../../stages/train/step/execution.ts';
import type { TrainerSettings } from '../../stages/train/step/settings.ts';
import { createTrainer } from '../../stages/train/step/cyclegan.ts';
import type { Trainer } from '../../stages/train/step/trainer.ts';
import { deterministicWeight, seeded, uniform } from './deterministic.ts';
import type { Goldens } from './goldens.ts';
import type { ParityRecipe } from './recipes.ts';
import { smoothDistance, smoothOperations } from './smooth.ts';

/** Allowed errors; all relative but `outputs`. */
export interface Bounds {
  readonly outputs: number;
  readonly losses: number;
  readonly gradients: number;
  /** Of weights and statistics. */
  readonly state: number;
  /** Of m and v; absent: not compared. */
  readonly moments?: number;
  /** Of the change of the weights since the beginning, which is small beside the weights; absent: not compared. */
  readonly change?: number;
}

/** How steps are run: eagerly where nothing else is said. */
export type ExecutionOf = (trainer: Trainer) => Execution;

export interface ParityOptions {
  readonly optimizer?: Partial<TrainerSettings['optimizer']>;
  readonly execution?: ExecutionOf | undefined;
}

export class ParityTraining {
  readonly networks: Networks;
  readonly trainer: Trainer;
  private readonly execution: Execution;
  private readonly tf: Tf;
  private readonly goldens: Goldens;
  private readonly recipe: ParityRecipe;

  constructor(tf: Tf, goldens: Goldens, recipe: ParityRecipe, { optimizer = {}, execution = eagerExecution }: ParityOptions = {}) {
    const { size, model, settings, smooth = false } = recipe;
    const made = createNetworks(tf, resolveModel(model), [size, size, 3], 1, smooth ? smoothOperations(tf) : undefined);
    if (!made.ok) throw new Error(made.failure.message);
    this.tf = tf;
    this.goldens = goldens;
    this.recipe = recipe;
    this.networks = made.value;
    for (const network of networkNames) {
      for (const [name, variable] of networkWeights(this.networks[network])) {
        tf.tidy(() => variable.assign(tf.tensor(deterministicWeight(seeded(recipe.seed ?? 1, name), variable.shape), variable.shape)));
      }
    }
    this.trainer = createTrainer(smooth ? smoothDistance(tf) : tf, this.networks, { ...settings, optimizer: { ...settings.optimizer, ...optimizer } });
    this.execution = execution(this.trainer);
  }

  /** The images of an iteration, counted from 1. */
  images(iteration: number): { readonly realA: Tensor4D; readonly realB: Tensor4D } {
    const shape: [number, number, number, number] = [1, this.recipe.size, this.recipe.size, 3];
    const image = (domain: 'A' | 'B') => this.tf.tensor4d(uniform(seeded(this.recipe.seed ?? 1, `real/${domain}/${iteration}`), shape), shape);
    return { realA: image('A'), realB: image('B') };
  }

  /** Every network in inference mode, the generators in training mode too. */
  compareOutputs(bound: number): void {
    const { realA, realB } = this.images(1);
    const { generatorAToB, generatorBToA, discriminatorA, discriminatorB } = this.networks;
    for (const [network, image] of [[generatorAToB, realA], [generatorBToA, realB], [discriminatorA, realA], [discriminatorB, realB]] as const) {
      const output = network.predict(image) as Tensor4D;
      this.goldens.holdsEverywhere('outputs in inference mode', `predict/${network.name}`, output.dataSync(), bound);
      output.dispose();
    }
    for (const [network, image] of [[generatorAToB, realA], [generatorBToA, realB]] as const) {
      const output = this.tf.tidy(() => network.apply(image, { training: true, frozen: true }) as Tensor4D);
      this.goldens.holdsEverywhere('outputs in training mode', `train/${network.name}`, output.dataSync(), bound);
      output.dispose();
    }
    this.tf.dispose([realA, realB]);
  }

  /** One training step; its ten losses by name. */
  step(iteration: number, learningRate = this.recipe.learningRate ?? 2e-4): Readonly<Record<string, number>> {
    const [batch, rate] = [this.images(iteration), this.tf.scalar(learningRate)];
    const output = this.execution.step(batch, rate);
    const losses = Object.fromEntries(lossNames.flatMap((name) => (output.losses[name] === undefined ? [] : [[name, output.losses[name].dataSync()[0]!]])));
    this.tf.dispose([rate, batch.realA, batch.realB, output.generatedA, output.generatedB, ...Object.values(output.losses)]);
    return losses;
  }

  compareLosses(iteration: number, losses: Readonly<Record<string, number>>, bound: number): void {
    const names = this.goldens.names.filter((name) => name.startsWith(`loss/${iteration}/`));
    assert.is(names.length, 10);
    for (const name of names) this.goldens.holdsInNorm(`losses of iteration ${iteration}`, name, [losses[name.slice(name.lastIndexOf('/') + 1)]!], bound);
  }

  /** Weights, statistics, moments and counters after an iteration, and how the weights have changed. */
  compareState(iteration: number, { state, moments, change }: Bounds): void {
    const names = this.goldens.names.filter((name) => name.startsWith(`${iteration}/`)).map((name) => name.slice(`${iteration}/`.length));
    assert.equal([...this.trainer.state().keys()].sort(), names.sort());
    this.execution.beforeRead();
    for (const [name, variable] of this.trainer.state()) {
      if (this.recipe.withoutGradient.test(name)) continue;
      const [golden, values] = [`${iteration}/${name}`, variable.dataSync()];
      const [, kind] = /^adam\/(m|v|counter)/.exec(name) ?? [undefined, 'weights'];
      const bound = kind === 'm' || kind === 'v' ? moments : state;
      if (bound !== undefined) this.goldens.holdsInNorm(`${kind} after ${iteration}`, golden, values, bound);
      if (kind === 'weights' && change !== undefined) this.goldens.changeHoldsInNorm(`change of weights after ${iteration}`, golden, values, deterministicWeight(name, variable.shape), change);
    }
  }

  /** A moment or weight by its name in the trainer's state. */
  read(name: string): Float32Array {
    this.execution.beforeRead();
    return this.trainer.state().get(name)!.dataSync<'float32'>();
  }

  dispose(): void {
    this.execution.dispose();
    this.trainer.dispose();
    disposeNetworks(this.networks);
  }
}
