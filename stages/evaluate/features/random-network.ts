/**
 * The feature network where the user names none: random convolutions, the same in every run. Random features tell sets of images
 * apart (Bińkowski et al. 2018 need no trained network, only a kernel that is sensitive to what differs), see colour, contrast and
 * texture at four scales, and know nothing of objects. Their distances are for comparing runs of giverny: they are on another
 * scale than Inception's, and cannot be compared with figures from papers.
 */
import type { Tensor, Tensor4D, Tf } from '../../engine/tf.ts';
import type { Picture } from '../../image/picture.ts';
import { randomStream } from '../../random.ts';
import { measuringSeed } from '../measuring-seed.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { pictureBatch } from './picture-batch.ts';

const layers = [
  { kernel: 5, filters: 32 },
  { kernel: 3, filters: 64 },
  { kernel: 3, filters: 128 },
  { kernel: 3, filters: 256 },
] as const;

const RANDOM_FEATURES = layers.reduce((sum, { filters }) => sum + filters, 0);

/**
 * Four convolutions of stride 2 with normal weights of variance 2/inputs (He et al. 2015), biases of deviation 0.1, each
 * followed by relu; the features are the means over the image of each layer's filters. Pictures in [−1, 1].
 */
export function randomNetwork(tf: Tf, channels: number): FeatureNetwork {
  const weights = randomWeights(tf, channels);
  return {
    named: false,
    dimensions: RANDOM_FEATURES,
    async of(pictures: readonly Picture[]) {
      const features = tf.tidy(() => {
        let activation = pictureBatch(tf, pictures, [-1, 1]);
        const means: Tensor[] = [];
        for (const { filter, bias } of weights) {
          activation = tf.relu(tf.add(tf.conv2d(activation, filter, 2, 'same'), bias));
          means.push(tf.mean(activation, [1, 2]));
        }
        return tf.concat(means, 1);
      });
      const values = await features.data<'float32'>();
      features.dispose();
      return pictures.map((_, i) => values.slice(i * RANDOM_FEATURES, (i + 1) * RANDOM_FEATURES));
    },
    dispose: () => {
      tf.dispose(weights.flatMap(({ filter, bias }) => [filter, bias]));
    },
  };
}

function randomWeights(tf: Tf, channels: number): readonly { readonly filter: Tensor4D; readonly bias: Tensor }[] {
  let inputs = channels;
  return layers.map(({ kernel, filters }, i) => {
    const { normal } = randomStream(measuringSeed, `feature layer ${i + 1}`);
    const deviation = Math.sqrt(2 / (kernel * kernel * inputs));
    const filter = Float32Array.from({ length: kernel * kernel * inputs * filters }, () => deviation * normal());
    const bias = Float32Array.from({ length: filters }, () => 0.1 * normal());
    const layer = { filter: tf.tensor4d(filter, [kernel, kernel, inputs, filters]), bias: tf.tensor1d(bias) };
    inputs = filters;
    return layer;
  });
}
