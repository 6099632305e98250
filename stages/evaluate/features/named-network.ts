/** The feature network that the user names. */
import { basename } from 'node:path';
import { ok, type Result } from '../../../pipeline/failure.ts';
import type { Tf } from '../../engine/tf.ts';
import { createPicture, type Picture } from '../../image/picture.ts';
import type { FeatureParams } from '../schema.ts';
import { Unmeasurable } from '../unmeasurable.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { pictureBatch } from './picture-batch.ts';
import { readNetwork, unusable, type ReadNetwork } from './read-network.ts';
import { resizePicture } from './resize-picture.ts';

type PictureShape = Pick<Picture, 'height' | 'width' | 'channels'>;

/**
 * Reads the network and tries it on a black picture of the shape that it will see. Fails with `evaluate-features-unusable`,
 * where its folder lies.
 */
export async function namedNetwork(tf: Tf, params: FeatureParams, shape: PictureShape): Promise<Result<FeatureNetwork>> {
  try {
    const network = await readNetwork(tf, params);
    return network.ok ? await triedNetwork(tf, network.value, params, shape) : network;
  } catch (error) {
    return unusable(params, `${basename(params.path)} cannot be read as a network: ${firstLine(error)}`);
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;

async function triedNetwork(tf: Tf, network: ReadNetwork, params: FeatureParams, { height, width, channels }: PictureShape): Promise<Result<FeatureNetwork>> {
  const of = featuresBy(tf, network, params);
  const dispose = () => network.dispose();
  try {
    const [features] = await of([createPicture(height, width, channels)]);
    return ok({ named: true, dimensions: features!.length, of, dispose });
  } catch (error) {
    dispose();
    return unusable(params, `the network cannot be run on images of ${width}×${height}: ${firstLine(error)}`, 'a network from images to features; see size and output');
  }
}

function featuresBy(tf: Tf, network: ReadNetwork, params: FeatureParams): FeatureNetwork['of'] {
  const { size, range } = params;
  const resizeTo = size === undefined ? network.size : ([size, size] as const);
  return async (pictures) => {
    const seen = resizeTo ? pictures.map((picture) => resizePicture(picture, ...resizeTo)) : pictures;
    const features = tf.tidy(() => {
      const result = network.run(pictureBatch(tf, seen, range));
      return tf.reshape(result.rank === 4 ? tf.mean(result, [1, 2]) : result, [pictures.length, -1]);
    });
    const [, dimensions] = features.shape as [number, number];
    const values = Float32Array.from(await features.data());
    features.dispose();
    if (!values.every(Number.isFinite)) throw new Unmeasurable(unusable(params, 'the features of an image are not finite', 'a network that makes numbers of every image; see range'));
    return pictures.map((_, i) => values.slice(i * dimensions, (i + 1) * dimensions));
  };
}
