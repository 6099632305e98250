/**
 * Ways to break the training: each replaces one text of one file, and names the tests of which at least one must then
 * fail, the quickest first. `find` must occur exactly once (mutations.test.ts).
 */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const parity = (name: 'layers' | 'chapter' | 'paper', on: 'tensorflow' | 'captured' | 'wasm' = 'wasm') => `test/parity/${name}-${on}.test.ts`;
const train = (name: string) => `test/stages/train/${name}.test.ts`;
const invariants = train('invariants-wasm');
const seeds = train('invariants-seeds-wasm');

const networks: readonly Mutation[] = [
  {
    name: 'row norm: epsilon inside the root', file: 'stages/model/operations/plain.ts',
    find: 'const deviation = tf.sqrt(tf.mean(tf.square(centred), [2, 3], true));', replace: 'const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), [2, 3], true), epsilon));', tests: [parity('layers')],
  },
  {
    name: 'row norm: epsilon inside the root (TensorFlow)', file: 'stages/model/operations/tensorflow.ts',
    find: 'const denominator = add(deviation, native.scalar(epsilon));', replace: 'const denominator = sqrt(add(square(deviation), native.scalar(epsilon)));', tests: [parity('layers', 'tensorflow')],
  },
  {
    name: 'row norm: a constant row divides 0 by 0', file: 'stages/model/operations/plain.ts',
    find: 'tf.mul(tf.maximum(deviation, tiny), count)', replace: 'tf.mul(deviation, count)', tests: [parity('layers')],
  },
  {
    name: 'batch norm: moving average of the unbiased variance', file: 'stages/model/operations/plain.ts',
    find: 'seen?.(mean, variance);', replace: 'seen?.(mean, tf.mul(variance, count / (count - 1)));', tests: [parity('layers')],
  },
  {
    name: 'batch norm: moving average of the unbiased variance (TensorFlow)', file: 'stages/model/operations/tensorflow.ts',
    find: '(count - 1) / count', replace: '1', tests: [parity('layers', 'tensorflow')],
  },
  {
    name: 'batch norm: momentum the wrong way round', file: 'stages/model/layers/batch-normalization.ts',
    find: '1 - this.momentum', replace: 'this.momentum', tests: [parity('layers')],
  },
  {
    name: 'batch norm: inference moves the statistics', file: 'stages/model/layers/batch-normalization.ts',
    find: 'if (!isTraining(args)) return', replace: 'if (!isTraining(args)) this.move(movingMean, tf.mean(x, [0, 1, 2]) as Tensor1D);\n      if (!isTraining(args)) return', tests: [parity('layers')],
  },
  {
    name: 'batch norm: frozen layers move their statistics', file: 'stages/model/layers/batch-normalization.ts',
    find: 'if (isFrozen(args)) return;', replace: '', tests: [invariants],
  },
  {
    name: 'reflection padding: the gradient of the borders is cut off', file: 'stages/model/operations/plain.ts',
    find: 'foldBorder(tf, foldBorder(tf, dy as Tensor4D, 1, size), 2, size)', replace: 'tf.slice(dy as Tensor4D, [0, size, size, 0], (input as Tensor).shape as [number, number, number, number])', tests: [parity('layers')],
  },
  {
    name: 'discriminator: another slope', file: 'stages/model/discriminator.ts',
    find: 'const leak = 0.2;', replace: 'const leak = 0.3;', tests: [parity('chapter')],
  },
  {
    name: 'convolution: the bias is forgotten', file: 'stages/model/layers/convolution.ts',
    find: 'return bias === undefined ? y : operations.addBias(y, bias as Tensor1D);', replace: 'return y;', tests: [parity('layers')],
  },
  {
    name: 'initial weights do not depend on the seed', file: 'stages/model/initial-weights.ts',
    find: 'randomStream(seed, `initial weights ${name}`)', replace: 'randomStream(1, `initial weights ${name}`)', tests: [seeds, 'test/stages/model/networks-wasm.test.ts'],
  },
];

const losses: readonly Mutation[] = [
  {
    name: 'the gradient of |x| at 0 is −1', file: 'stages/model/losses/mean-absolute-error.ts',
    find: 'tf.sign(difference!)', replace: 'tf.sub(tf.mul(tf.step(difference!), 2), 1)', tests: [parity('layers')],
  },
  {
    name: 'least squares: the gradient without its 2', file: 'stages/model/losses/mean-square.ts',
    find: 'tf.mul(dy, 2 / input!.size)', replace: 'tf.mul(dy, 1 / input!.size)', tests: [parity('layers')],
  },
  {
    name: 'hinge: no margin', file: 'stages/model/losses/gan-loss.ts',
    find: 'tf.relu(tf.sub(1, output))', replace: 'tf.relu(tf.neg(output))', tests: [parity('layers')],
  },
  {
    name: 'wrong loss weight: identity weighed as the cycle', file: 'stages/train/step/losses.ts',
    find: 'identity_B: identity[0]', replace: 'identity_B: cycle[0]', tests: [train('step/losses'), parity('chapter')],
  },
  {
    name: 'loss weights of the two directions exchanged', file: 'stages/train/step/losses.ts',
    find: 'cycle_A: cycle[0], cycle_B: cycle[1]', replace: 'cycle_A: cycle[1], cycle_B: cycle[0]', tests: [train('step/losses')],
  },
  {
    name: 'the sum of the discriminators\' losses without its ¼', file: 'stages/train/step/losses.ts',
    find: ' / discriminatorLossNames.length', replace: '', tests: [train('step/losses')],
  },
  {
    name: 'gradient penalty: towards a norm of 0', file: 'stages/model/losses/gradient-penalty.ts',
    find: 'tf.square(tf.sub(norm, 1))', replace: 'tf.square(norm)', tests: ['test/stages/model/losses/adversarial-wasm.test.ts', train('step/options-wasm')],
  },
];

const step: readonly Mutation[] = [
  {
    name: 'the generator is judged by the other discriminator', file: 'stages/train/step/generators.ts',
    find: 'apply(discriminatorB, generatedB, \'frozen\')', replace: 'apply(discriminatorA, generatedB, \'frozen\')', tests: [parity('chapter')],
  },
  {
    name: 'cycle compared with the other domain', file: 'stages/train/step/generators.ts',
    find: 'apply(generatorBToA, generatedB, \'training\'), realA)', replace: 'apply(generatorBToA, generatedB, \'training\'), realB)', tests: [parity('chapter')],
  },
  {
    name: 'cycle through the same generator twice', file: 'stages/train/step/generators.ts',
    find: 'apply(generatorBToA, generatedB, \'training\')', replace: 'apply(generatorAToB, generatedB, \'training\')', tests: [parity('chapter')],
  },
  {
    name: 'identity by the other generator', file: 'stages/train/step/generators.ts',
    find: 'apply(generatorBToA, realA, \'training\')', replace: 'apply(generatorAToB, realA, \'training\')', tests: [parity('chapter')],
  },
  {
    name: 'the cycle\'s gradient is detached from the first generator', file: 'stages/train/step/generators.ts',
    find: 'apply(generatorAToB, generatedA, \'training\'), realB)', replace: 'apply(generatorAToB, tf.tensor4d(generatedA.dataSync(), generatedA.shape), \'training\'), realB)', tests: [parity('chapter')],
  },
  {
    name: 'batch norm\'s updates in another order', file: 'stages/train/step/generators.ts',
    find: '        cycle_B: () => distance(apply(generatorAToB, generatedA, \'training\'), realB),\n        identity_A: () => distance(apply(generatorBToA, realA, \'training\'), realA),\n        identity_B: () => distance(apply(generatorAToB, realB, \'training\'), realB),\n',
    replace: '        identity_A: () => distance(apply(generatorBToA, realA, \'training\'), realA),\n        identity_B: () => distance(apply(generatorAToB, realB, \'training\'), realB),\n        cycle_B: () => distance(apply(generatorAToB, generatedA, \'training\'), realB),\n',
    tests: [parity('chapter')],
  },
  {
    name: 'the generators\' step moves the discriminators\' statistics', file: 'stages/train/step/generators.ts',
    find: 'apply(discriminatorA, generatedA, \'frozen\')', replace: 'apply(discriminatorA, generatedA, \'training\')', tests: [invariants],
  },
  {
    name: 'the generators\' step moves a discriminator', file: 'stages/train/step/cyclegan.ts',
    find: 'generators: generatorVariables(networks),', replace: 'generators: new Map([...generatorVariables(networks), ...networkWeights(networks.discriminatorB, \'trainable\')]),', tests: [parity('chapter')],
  },
  {
    name: 'predict in training mode', file: 'stages/train/step/cyclegan.ts',
    find: 'apply(generatorAToB, realA, \'inference\')', replace: 'apply(generatorAToB, realA, \'training\')', tests: [parity('chapter')],
  },
  {
    name: 'update orders exchanged', file: 'stages/train/step/cyclegan.ts',
    find: 'update_order === \'discriminators_first\'', replace: 'update_order === \'generators_first\'', tests: [parity('chapter')],
  },
  {
    name: 'the discriminators never see pooled images', file: 'stages/train/step/cyclegan.ts',
    find: 'pool === undefined ? generated', replace: 'pool === undefined || tf ? generated', tests: [train('step/trainer-wasm')],
  },
  {
    name: 'real and generated exchanged', file: 'stages/train/step/discriminators.ts',
    find: 'gan.real(apply(discriminator, real, \'training\'))', replace: 'gan.generated(apply(discriminator, real, \'training\'))', tests: [parity('chapter')],
  },
  {
    name: 'the discriminators\' loss is halved twice', file: 'stages/train/step/discriminators.ts',
    find: 'discriminator_A_real: weight, discriminator_A_fake: weight', replace: 'discriminator_A_real: weight / 2, discriminator_A_fake: weight / 2', tests: [parity('paper')],
  },
  {
    name: 'the discriminators step once where they should twice', file: 'stages/train/step/discriminators.ts',
    find: 'updates === \'joint\'', replace: 'updates !== \'joint\'', tests: [parity('chapter')],
  },
  {
    name: 'averages: the smaller share where the larger belongs', file: 'stages/train/step/weight-averages.ts',
    find: 'tf.minimum(largest,', replace: 'tf.maximum(largest,', tests: [train('step/options-wasm')],
  },
  {
    name: 'averages are no part of the state', file: 'stages/train/step/assemble.ts',
    find: ', ...(averages?.state() ?? [])', replace: '', tests: [train('step/options-wasm')],
  },
  {
    name: 'captured steps: variables are read before they are brought up to date', file: 'stages/train/step/execution.ts',
    find: 'if (!this.#downloaded) this.#current!.download();', replace: '', tests: [parity('chapter', 'captured')],
  },
];

const optimizer: readonly Mutation[] = [
  {
    name: 'the counter advances by 2', file: 'stages/train/optimizer/adam.ts',
    find: 'counter.assign(tf.add(counter, one));', replace: 'counter.assign(tf.add(tf.add(counter, one), one));', tests: [train('optimizer/adam')],
  },
  {
    name: 'the shared counter is not shared', file: 'stages/train/optimizer/adam.ts',
    find: 'settings.shared_counter ? \'adam/counter\'', replace: '!settings.shared_counter ? \'adam/counter\'', tests: [train('optimizer/adam'), parity('chapter')],
  },
  {
    name: 'no 1 − β1^t', file: 'stages/train/optimizer/adam.ts',
    find: 'tf.div(tf.mul(learningRate, tf.sqrt(unbias(beta2))), unbias(beta1))', replace: 'tf.mul(learningRate, tf.sqrt(unbias(beta2)))', tests: [train('optimizer/adam')],
  },
  {
    name: 'Adam\'s epsilon inside the root', file: 'stages/train/optimizer/adam.ts',
    find: 'tf.add(tf.sqrt(v), epsilon)', replace: 'tf.sqrt(tf.add(v, epsilon))', tests: [train('optimizer/adam')],
  },
  {
    name: 'm decays by β2', file: 'stages/train/optimizer/adam.ts',
    find: 'tf.mul(tf.sub(gradient, m), new1)', replace: 'tf.mul(tf.sub(gradient, m), new2)', tests: [train('optimizer/adam')],
  },
  {
    name: 'the learning rate falls an epoch late', file: 'stages/train/learning-rate.ts',
    find: 'epoch - schedule.constant_epochs', replace: 'epoch - 1 - schedule.constant_epochs', tests: [train('learning-rate')],
  },
  {
    name: 'gradients clipped by half of their norm', file: 'stages/train/optimizer/clip.ts',
    find: 'tf.sqrt(tf.addN(', replace: 'tf.mul(0.5, tf.addN(', tests: [train('optimizer/clip-wasm')],
  },
];

const data: readonly Mutation[] = [
  {
    name: 'a flip that flips nothing', file: 'stages/flip/run.ts',
    find: '(pixel - column + (width - 1 - column)) * 3', replace: 'pixel * 3', tests: ['test/stages/flip/flip.test.ts'],
  },
  {
    name: 'a mirrored crop in which channels are mirrored too', file: 'stages/image/window.ts',
    find: 'into.set(row.subarray(from, from + channels), end);', replace: 'into.set(row.subarray(from, from + channels).reverse(), end);', tests: ['test/stages/image/window.test.ts'],
  },
  {
    name: 'flips are not seeded', file: 'stages/flip/coin.ts',
    find: 'randomStream(seed, `flip ${index}`)', replace: 'randomStream(Math.random(), `flip ${index}`)', tests: [seeds, 'test/stages/flip/flip.test.ts'],
  },
  {
    name: 'crops are not seeded', file: 'stages/train/data/augment.ts',
    find: 'randomStream(seed, `augment ${use}`)', replace: 'randomStream(Math.random(), `augment ${use}`)', tests: [seeds, train('data/augment')],
  },
  {
    name: 'every pass is shuffled alike', file: 'stages/train/data/pairing.ts',
    find: '`shuffle ${domain} ${pass}`', replace: '`shuffle ${domain}`', tests: [seeds, train('data/pairing')],
  },
  {
    name: 'a frozen pool: nothing enters it', file: 'stages/train/image-pool.ts',
    find: 'if (slot === undefined) return;', replace: 'if (slot === undefined || this.#slots[slot]) return;', tests: [train('image-pool')],
  },
  {
    name: 'the pool always swaps', file: 'stages/train/image-pool.ts',
    find: 'random.next() < 0.5', replace: 'random.next() < 1', tests: [train('image-pool')],
  },
  {
    name: 'the pools of both domains decide alike', file: 'stages/train/image-pool.ts',
    find: '`image pool ${this.#name} ${iteration}`', replace: '`image pool ${iteration}`', tests: [seeds, train('image-pool')],
  },
  {
    name: 'the seed does not decide which image of B is met', file: 'stages/train/data/pairing.ts',
    find: 'randomStream(seed, `random B ${place}`)', replace: 'randomStream(0, `random B ${place}`)', tests: [seeds],
  },
];

const session: readonly Mutation[] = [
  {
    name: 'a checkpoint\'s moments are not restored', file: 'stages/train/training-state.ts',
    find: 'variable.assign(value);', replace: 'if (!name.startsWith(\'adam/m/\')) variable.assign(value);', tests: [train('resume')],
  },
  {
    name: 'a checkpoint\'s image pools are not restored', file: 'stages/train/training-state.ts',
    find: 'this.#pools?.[name].restore(images);', replace: 'this.#pools?.[name].restore(undefined);', tests: [train('resume')],
  },
  {
    name: 'a training that continues skips an iteration', file: 'stages/train/session.ts',
    find: 'this.#iteration = this.#checkpointed = position.iteration;', replace: 'this.#iteration = 1 + (this.#checkpointed = position.iteration);', tests: [train('resume')],
  },
  {
    name: 'a training that continues forgets the losses of the epoch under way', file: 'stages/train/history.ts',
    find: 'this.#sums = { ...position?.lossSums };', replace: 'this.#sums = {};', tests: [train('resume')],
  },
  {
    name: 'a training that continues writes a line of metrics twice', file: 'stages/train/history.ts',
    find: 'this.#metrics = lines.map(', replace: 'this.#metrics = [...lines, ...lines.slice(-1)].map(', tests: [train('resume')],
  },
  {
    name: 'an epoch\'s losses are added to the next', file: 'stages/train/history.ts',
    find: '    this.#sums = {};\n    return metrics;', replace: '    return metrics;', tests: [train('run')],
  },
  {
    name: 'NaN in a loss is not seen', file: 'stages/train/divergence.ts',
    find: '.filter(([, value]) => !Number.isFinite(value))', replace: '.filter(([, value]) => value === Infinity)', tests: [train('run')],
  },
  {
    name: 'a damaged checkpoint is taken for whole', file: 'stages/train/checkpoint/checkpoint.ts',
    find: 'state.sha256 !== content.state.sha256', replace: 'state === undefined', tests: [train('checkpoint/store'), train('resume')],
  },
];

export const mutations: readonly Mutation[] = [...networks, ...losses, ...step, ...optimizer, ...data, ...session];
