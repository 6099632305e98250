/** Steps of random operations on random variables, for holding captured steps against eager ones. */
import type { Tensor, Tensor4D, Tf, Variable } from '../../../../stages/engine/tf.ts';
import { randomStream } from '../../../../stages/random.ts';

type Image = Tensor4D;
type Operation = (a: Image, b: Image) => Tensor;

/** tfjs's types know the ranks of tensors, and want them known here too. */
export const assign = (variable: Variable, value: Tensor): void => variable.assign(value as Parameters<Variable['assign']>[0]);

/** All tensors of a step are images of this shape. */
const shape: [number, number, number, number] = [1, 6, 6, 4];

function operations(tf: Tf): readonly Operation[] {
  const kernel = (t: Image) => tf.reshape(tf.slice(t, [0, 0, 0, 0], [1, 4, 4, 4]), [2, 2, 4, 4]) as Tensor4D;
  return [
    (a, b) => tf.add(a, b), (a, b) => tf.sub(a, b), (a, b) => tf.mul(a, b), (a, b) => tf.div(a, tf.add(tf.abs(b), 1)),
    (a, b) => tf.maximum(a, b), (a) => tf.relu(a), (a) => tf.tanh(a), (a) => tf.sigmoid(a), (a) => tf.square(tf.tanh(a)),
    (a, b) => tf.conv2d(a, kernel(b), 1, 'same'), (a, b) => tf.conv2dTranspose(a, kernel(b), shape, 1, 'same'),
    (a, b) => tf.where(tf.greater(a, b), a, b), (a) => tf.transpose(a, [0, 2, 1, 3]), (a) => tf.reverse(a, 1),
    (a) => tf.slice(tf.mirrorPad(a, [[0, 0], [1, 1], [1, 1], [0, 0]], 'reflect'), [0, 1, 0, 0], shape),
    (a, b) => tf.slice(tf.concat([a, b], 3), [0, 0, 0, 2], shape), (a) => tf.add(a, tf.mean(a, [1, 2], true)), (a) => tf.softmax(a),
    (a) => tf.reshape(tf.tile(tf.expandDims(tf.matMul(tf.reshape(a, [6, 24]), tf.reshape(a, [24, 6])), 2), [1, 1, 4]), shape),
    (a) => tf.sub(a, tf.cast(tf.cast(tf.greaterEqual(tf.abs(a), 0), 'int32'), 'float32')),
    (a, b) => tf.grad((x) => tf.sum(tf.mul(tf.tanh(x), b)))(a),
    (a) => { const { mean, variance } = tf.moments(a, [1, 2], true); return tf.div(tf.sub(a, mean), tf.sqrt(tf.add(variance, 1))); },
  ];
}

export interface RandomStep {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly inputs: Readonly<Record<'x' | 'rate', Tensor>>;
  readonly step: (inputs: Readonly<Record<'x' | 'rate', Tensor>>) => Readonly<Record<string, Tensor>>;
  dispose(): void;
}

/** A step of `length` operations, each of two tensors that were there before; some results are written into variables midway. */
export function randomStep(tf: Tf, seed: number, length = 14): RandomStep {
  const names = ['u', 'v', 'w', 'never written'];
  const image = (key: number) => tf.randomNormal(shape, 0, 0.5, 'float32', 1000 * seed + key) as Image;
  const variables = new Map(names.map((name, key) => [name, tf.tidy(() => tf.variable(image(key + 1)))]));
  const inputs = { x: image(90), rate: tf.scalar(0.25) };
  const all = operations(tf);
  const step: RandomStep['step'] = ({ x, rate }) => tf.tidy(() => {
    const random = randomStream(seed, 'random step');
    const made: Image[] = [x as Image];
    const pick = (): Image => {
      const from = random.integer(made.length + names.length);
      return from < made.length ? made[from]! : variables.get(names[from - made.length]!) as unknown as Image;
    };
    for (let i = 0; i < length; i++) {
      made.push(all[random.integer(all.length)]!(pick(), pick()) as Image);
      // Not the last name's: it stays as it is.
      if (random.next() < 0.3) assign(variables.get(names[random.integer(names.length - 1)]!)!, tf.tanh(tf.add(tf.mul(rate, pick()), made.at(-1)!)));
    }
    return { last: made.at(-1)!, means: tf.stack(made.map((t) => tf.mean(t))), place: tf.argMax(tf.sub(x, rate), 3) };
  });
  return { variables, inputs, step, dispose: () => tf.dispose([...variables.values(), ...Object.values(inputs)]) };
}
