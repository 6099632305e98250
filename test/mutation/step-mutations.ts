/** Ways to break an iteration and its optimizer. */
import { invariants, parity, train, type Mutation } from './mutation.ts';

export const step: readonly Mutation[] = [
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
  {
    name: 'captured steps: variables that were written are not taken', file: 'stages/train/step/execution.ts',
    find: '    this.#current = undefined;\n', replace: '', tests: [train('step/execution-tensorflow')],
  },
  {
    name: 'threads within an operation divide its sums', file: 'stages/engine/tensorflow/threads.ts',
    find: 'return { within: 1, between', replace: 'return { within: threads ?? all(), between', tests: [train('captured-tensorflow')],
  },
];

export const optimizer: readonly Mutation[] = [
  {
    name: 'the counter advances by 2', file: 'stages/train/optimizer/adam.ts',
    find: 'counter.assign(tf.add(counter, one));', replace: 'counter.assign(tf.add(tf.add(counter, one), one));', tests: [train('optimizer/adam')],
  },
  {
    name: 'the shared counter is not shared', file: 'stages/train/optimizer/adam.ts',
    find: 'shared ? \'adam/counter\'', replace: '!shared ? \'adam/counter\'', tests: [train('optimizer/adam'), parity('chapter')],
  },
  {
    name: 'no 1 − β1^t', file: 'stages/train/optimizer/adam.ts',
    find: 'tf.div(tf.mul(learningRate, tf.sqrt(unbias2)), unbias1)', replace: 'tf.mul(learningRate, tf.sqrt(unbias2))', tests: [train('optimizer/adam')],
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
  {
    name: 'captured steps: Adam\'s β1 and β2 exchanged', file: 'stages/train/optimizer/adam.ts',
    find: 'learningRate, beta1, beta2, epsilon, gradient]', replace: 'learningRate, beta2, beta1, epsilon, gradient]', tests: [train('step/execution-tensorflow')],
  },
];
