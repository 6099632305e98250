/** A generator as it was trained, taken for images of other sizes, as far as its layers allow. */

interface Layer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The model.json of the same network without the size of its images in it. Row normalization (the chapter's) has a scale and
 * an offset a row, so that with it the height stays as it is; everything else in our generators takes any size.
 */
export function forAnySize(modelJson: string): string {
  const saved = JSON.parse(modelJson) as { modelTopology: { config: { layers: Layer[] } } };
  const { config } = saved.modelTopology;
  const fixedHeight = config.layers.some(({ class_name, config: { axis } }) => class_name === 'InstanceNormalization' && axis === 1);
  config.layers = config.layers.map((layer) => (layer.class_name === 'InputLayer' ? withoutSize(layer, fixedHeight) : layer));
  return JSON.stringify(saved);
}

function withoutSize(layer: Layer, fixedHeight: boolean): Layer {
  const [batch, height, , channels] = layer.config['batch_input_shape'] as readonly (number | null)[];
  return { ...layer, config: { ...layer.config, batch_input_shape: [batch, fixedHeight ? height : null, null, channels] } };
}
