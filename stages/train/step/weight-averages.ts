import type { Tf, Variable } from '../../engine/tf.ts';

export interface WeightAverages {
  /** n ← n + 1, then average ← average − (1 − d)·(average − weight) for each weight. */
  update(): void;
  /** The averages by the names of their weights. */
  readonly averages: ReadonlyMap<string, Variable>;
  /** `ema/<weight>` and `ema/counter`. */
  state(): ReadonlyMap<string, Variable>;
  dispose(): void;
}

/**
 * Exponential moving averages of `weights` (Yazıcı et al. 2019), batch normalization's statistics like any other. They
 * begin at the weights' present values; d = min(decay, (1 + n)/(10 + n)) in update n, counted from 1, as in
 * tf.train.ExponentialMovingAverage, so that the beginning is soon forgotten.
 */
export function createWeightAverages(tf: Tf, weights: ReadonlyMap<string, Variable>, decay: number): WeightAverages {
  const [one, ten, largest] = [1, 10, decay].map((value) => tf.keep(tf.scalar(value))) as [Variable, Variable, Variable];
  const counter = tf.tidy(() => tf.variable(tf.scalar(0), false));
  const averages = new Map([...weights].map(([name, weight]) => [name, tf.tidy(() => tf.variable(weight.clone(), false))]));
  const state = new Map([...[...averages].map(([name, average]) => [`ema/${name}`, average] as const), ['ema/counter', counter] as const]);

  function update(): void {
    tf.tidy(() => {
      counter.assign(tf.add(counter, one));
      const share = tf.sub(one, tf.minimum(largest, tf.div(tf.add(one, counter), tf.add(ten, counter))));
      for (const [name, average] of averages) average.assign(tf.sub(average, tf.mul(share, tf.sub(average, weights.get(name)!))));
    });
  }

  return { update, averages, state: () => state, dispose: () => tf.dispose([...state.values(), one, ten, largest]) };
}
