/** Adam (Kingma and Ba 2015) in Keras's form, its state by name. */
import { updateInPlace } from '../../engine/capture/index.ts';
import type { NamedTensorMap, Scalar, Tensor, Tf, Variable } from '../../engine/tf.ts';
import { createClip, type ClipSettings } from './clip.ts';

/** Without clipping, gradients are taken as they are. */
export interface AdamSettings extends ClipSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** One counter for all groups (one Keras optimizer object compiled into several models: the chapter), or one a group. */
  readonly shared_counter: boolean;
}

/** Variables that are stepped together, by their stable names. */
export type VariableGroup = ReadonlyMap<string, Variable>;

export interface Adam<Group extends string> {
  /**
   * One step of a group: t ← t + 1, m ← m + (1 − β1)(g − m), v ← v + (1 − β2)(g² − v),
   * w ← w − lr·√(1 − β2^t)/(1 − β1^t)·m/(√v + ε). `gradients` are keyed by `variable.name`, as tf.variableGrads has them;
   * a variable without one (nothing depends on it) is left as it is. Gradients are clipped first, the group's together.
   */
  step(group: Group, gradients: NamedTensorMap, learningRate: Scalar): void;
  /** Moments `adam/m/<variable>` and `adam/v/<variable>`, counters `adam/counter` or `adam/counter/<group>`. */
  state(): ReadonlyMap<string, Variable>;
  dispose(): void;
}

interface Moments {
  readonly variable: Variable;
  readonly m: Variable;
  readonly v: Variable;
}

export function createAdam<Group extends string>(tf: Tf, settings: AdamSettings, groups: Readonly<Record<Group, VariableGroup>>): Adam<Group> {
  const constants = createConstants(tf, settings);
  const clip = createClip(tf, settings);
  const { state, counters, moments } = createState(tf, settings, groups);
  return {
    step: (group, gradients, learningRate) => tf.tidy(() => {
      const size = stepSize(tf, constants, counters.get(group)!, learningRate);
      const clipped = clip ? clip(gradients) : gradients;
      for (const slot of moments.get(group)!) {
        const gradient = clipped[slot.variable.name];
        if (gradient) update(tf, constants, slot, gradient, size);
      }
    }),
    state: () => state,
    dispose: () => tf.dispose([...state.values(), ...Object.values(constants)]),
  };
}

/** All zeros, as training begins. */
function createState<Group extends string>(tf: Tf, { shared_counter: shared }: AdamSettings, groups: Readonly<Record<Group, VariableGroup>>) {
  const state = new Map<string, Variable>();
  const zeros = (name: string, shape: number[]): Variable => {
    const variable = tf.tidy(() => tf.variable(tf.zeros(shape), false));
    state.set(name, variable);
    return variable;
  };
  const counters = new Map<Group, Variable>();
  const moments = new Map<Group, readonly Moments[]>();
  for (const [group, variables] of Object.entries(groups) as [Group, VariableGroup][]) {
    const counter = shared ? 'adam/counter' : `adam/counter/${group}`;
    counters.set(group, state.get(counter) ?? zeros(counter, []));
    moments.set(group, [...variables].map(([name, variable]) => ({
      variable, m: zeros(`adam/m/${name}`, variable.shape), v: zeros(`adam/v/${name}`, variable.shape),
    })));
  }
  return { state, counters, moments };
}

type Constants = ReturnType<typeof createConstants>;

/**
 * As tensors that are made once: a number in an operation would be made into a tensor at each call. 1 − β is taken in
 * float32, as Keras 2 takes it and as √(1 − β2^t) is (Keras 3 rounds 1 − β2 by itself, which is 5e-5 of it away).
 */
function createConstants(tf: Tf, { beta1, beta2, epsilon }: AdamSettings) {
  const scalar = (value: number) => tf.keep(tf.scalar(value));
  const new1 = 1 - Math.fround(beta1);
  const new2 = 1 - Math.fround(beta2);
  return { one: scalar(1), beta1: scalar(beta1), beta2: scalar(beta2), new1: scalar(new1), new2: scalar(new2), epsilon: scalar(epsilon) };
}

interface StepSize {
  readonly learningRate: Scalar;
  /** β1^t and β2^t. */
  readonly powers: readonly [Tensor, Tensor];
  /** lr·√(1 − β2^t)/(1 − β1^t). */
  readonly alpha: Tensor;
}

/** Advances the counter. */
function stepSize(tf: Tf, { one, beta1, beta2 }: Constants, counter: Variable, learningRate: Scalar): StepSize {
  counter.assign(tf.add(counter, one));
  const powers = [tf.pow(beta1, counter), tf.pow(beta2, counter)] as const;
  const [unbias1, unbias2] = powers.map((power) => tf.sub(one, power)) as [Tensor, Tensor];
  return { learningRate, powers, alpha: tf.div(tf.mul(learningRate, tf.sqrt(unbias2)), unbias1) };
}

/** A captured step has TensorFlow's own Adam here: the same sums in the same order, in one pass over the memory. */
function update(tf: Tf, constants: Constants, slot: Moments, gradient: Tensor, { learningRate, powers, alpha }: StepSize): void {
  const { beta1, beta2, epsilon } = constants;
  updateInPlace(tf, {
    operation: 'ResourceApplyAdam', variables: [slot.variable, slot.m, slot.v],
    inputs: [...powers, learningRate, beta1, beta2, epsilon, gradient], attributes: { T: { kind: 'type', value: float32 } },
  }, () => updatePlainly(tf, constants, slot, gradient, alpha));
}

/** TF_DataType of all that Adam touches. */
const float32 = 1;

function updatePlainly(tf: Tf, { new1, new2, epsilon }: Constants, { variable, m, v }: Moments, gradient: Tensor, alpha: Tensor): void {
  tf.tidy(() => {
    m.assign(tf.add(m, tf.mul(tf.sub(gradient, m), new1)));
    v.assign(tf.add(v, tf.mul(tf.sub(tf.square(gradient), v), new2)));
    variable.assign(tf.sub(variable, tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(v), epsilon))));
  });
}
