import type { NamedTensorMap, Scalar, Tensor, Tf, Variable } from '../../engine/tf.ts';

type Terms<Name extends string> = Readonly<Partial<Record<Name, () => Scalar>>>;

export interface Differentiated<Name extends string, Images> {
  /** By `variable.name`. */
  readonly gradients: NamedTensorMap;
  /** The terms' values, unweighted; those of weight 0 are not computed. */
  readonly terms: Readonly<Partial<Record<Name, Scalar>>>;
  readonly images: Images;
}

/**
 * Makes the function that differentiates a weighted sum of loss terms by `variables`, and hands out the terms and images
 * computed on the way. Terms run in the order written. To be called inside tf.tidy.
 */
export function differentiator(tf: Tf) {
  return function differentiate<Name extends string, Images extends object>(
    variables: ReadonlyMap<string, Variable>, weights: number | Readonly<Record<Name, number>>,
    forward: () => { readonly terms: Terms<Name>; readonly images: Images },
  ): Differentiated<Name, Images> {
    // tf.variableGrads disposes all that its function makes but the result, so what is wanted of it has to be kept.
    const kept: { terms: Partial<Record<Name, Scalar>>; images: Images } = { terms: {}, images: {} as Images };
    const weightOf = (name: Name) => (typeof weights === 'number' ? weights : weights[name]);
    const { value, grads } = tf.variableGrads(() => {
      const { terms, images } = forward();
      kept.images = mapTensors(images, (image) => tf.keep(image));
      const weighted: Tensor[] = [];
      for (const [name, term] of Object.entries(terms) as [Name, () => Scalar][]) {
        const weight = weightOf(name);
        if (weight === 0) continue;
        const loss = tf.keep(term());
        kept.terms[name] = loss;
        weighted.push(weight === 1 ? loss : tf.mul(loss, weight));
      }
      return tf.addN(weighted) as Scalar;
    }, [...variables.values()]);
    value.dispose();
    // A copy shares the values, and the tidy around us owns it again.
    const release = <T extends Tensor>(tensor: T): T => {
      const copy = tensor.clone();
      tensor.dispose();
      return copy;
    };
    return { gradients: grads, terms: mapTensors(kept.terms, release), images: mapTensors(kept.images, release) };
  };
}

function mapTensors<T extends object>(tensors: T, change: (tensor: Tensor) => Tensor): T {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor as Tensor)])) as T;
}
