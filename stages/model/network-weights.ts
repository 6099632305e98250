import type { LayersModel, Variable } from '../engine/tf.ts';

interface NamedWeight {
  readonly originalName: string;
  read(): unknown;
}

/** A network's weights by stable names, `generatorAToB/d64/kernel`, in the network's order: all, or those that training moves by gradient. */
export function networkWeights(model: LayersModel, which: 'all' | 'trainable' = 'all'): ReadonlyMap<string, Variable> {
  const weights = (which === 'all' ? model.weights : model.trainableWeights) as unknown as readonly NamedWeight[];
  // tf.layers hides nothing here: reading a weight gives the variable itself.
  return new Map(weights.map((weight) => [`${model.name}/${weight.originalName}`, weight.read() as Variable]));
}
