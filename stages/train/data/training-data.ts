/** The training images, streamed from the .npy files of normalize: memory does not grow with their number. */
import { ok } from '../../../pipeline/failure.ts';
import type { Result } from '../../../pipeline/failure.ts';
import { partOf } from '../../image-set/input.ts';
import type { ArraySet } from '../../image-set/input.ts';
import type { Domain } from '../../image-set/image-set.ts';
import type { ImageShape } from '../../model/spec.ts';
import { checkPaired } from './paired.ts';
import { openImages } from '../../npy/index.ts';
import type { ImagesFile } from '../../npy/index.ts';
import { copyWindow } from '../../image/window.ts';
import { trainFailed } from '../failures.ts';
import { randomWindow } from './augment.ts';
import type { Augmentation } from './augment.ts';
import { pairOrder } from './pairing.ts';
import type { IndexPair, Pairing, PairOrder } from './pairing.ts';

export interface TrainingDataOptions {
  readonly pairing: Pairing;
  readonly batchSize: number;
  readonly iterationsPerEpoch?: number | undefined;
  readonly augment?: Augmentation | undefined;
  /** Image i of A and image i of B show the same: they must correspond, and are augmented alike. */
  readonly paired?: boolean;
  readonly seed: number;
}

/** Images of one domain in a batch. */
export interface DomainBatch {
  /** `[batch, height, width, channels]`, values as normalize made them. */
  readonly values: Float32Array;
  /** The images' file names. */
  readonly names: readonly string[];
}

export interface TrainingBatch {
  readonly A: DomainBatch;
  readonly B: DomainBatch;
}

export interface TrainingData {
  /** Of one image as the networks see it, after cropping. */
  readonly shape: ImageShape;
  readonly iterationsPerEpoch: number;
  /** The batch of an iteration, counted from 0 since the beginning of training. */
  batch(iteration: number): Promise<TrainingBatch>;
  close(): Promise<void>;
}

interface OpenDomain {
  readonly domain: Domain;
  readonly images: ImagesFile;
  readonly names: readonly string[];
}

/** Opens split train of both domains and checks that they fit each other, the crop and the batch size. */
export async function openTrainingData(set: ArraySet, options: TrainingDataOptions): Promise<Result<TrainingData>> {
  const opened = await openDomains(set);
  if (!opened.ok) return opened;
  const [a, b] = opened.value;
  const close = async () => void (await Promise.all([a.images.close(), b.images.close()]));
  const paired = options.paired ? checkPaired(set.description.splits.train?.paired === true, a.names.length, b.names.length) : ok(undefined);
  const checked = paired.ok ? check(a, b, options) : paired;
  if (!checked.ok) {
    await close();
    return checked;
  }
  const { shape, order } = checked.value;
  return ok({ shape, iterationsPerEpoch: order.iterationsPerEpoch, batch: (iteration) => readBatch(a, b, order, shape, options, iteration), close });
}

async function openDomains(set: ArraySet): Promise<Result<readonly [OpenDomain, OpenDomain]>> {
  const [a, b] = [partOf(set.parts, 'train', 'A'), partOf(set.parts, 'train', 'B')];
  for (const [domain, part] of [['A', a], ['B', b]] as const) {
    if (part && part.names.length > 0) continue;
    return trainFailed('train-empty-domain', `there is no training image in domain ${domain}`, {
      expected: 'a split train with images of both domains',
      hint: 'see the `splits` of the stage that fetches the images',
    });
  }
  return ok([
    { domain: 'A', images: await openImages(a!.location), names: a!.names },
    { domain: 'B', images: await openImages(b!.location), names: b!.names },
  ]);
}

function check(a: OpenDomain, b: OpenDomain, options: TrainingDataOptions): Result<{ readonly shape: ImageShape; readonly order: PairOrder }> {
  const { pairing, batchSize, iterationsPerEpoch, seed, augment } = options;
  const [, height, width, channels] = a.images.shape;
  if (a.images.shape.slice(1).join() !== b.images.shape.slice(1).join()) {
    return trainFailed('train-images-differ', `images of A are ${sizeOf(a)}, images of B ${sizeOf(b)}`, { hint: 'put a resize stage before normalize' });
  }
  const [cropHeight, cropWidth] = augment?.crop ?? [height, width];
  if (cropHeight > height || cropWidth > width) {
    return trainFailed('train-crop-too-large', `augment.crop ${cropHeight}×${cropWidth} is larger than the images, ${height}×${width}`, {
      hint: 'load larger images (stages.resize.size) or crop smaller ones (augment.crop)',
    });
  }
  const order = pairOrder({ pairing, imagesA: a.images.shape[0], imagesB: b.images.shape[0], batchSize, iterationsPerEpoch, seed });
  if (!order) {
    return trainFailed('train-batch-too-large', `batch_size ${batchSize} is more than the images: ${a.images.shape[0]} of A, ${b.images.shape[0]} of B`, {
      hint: 'lower batch_size',
    });
  }
  return ok({ shape: [cropHeight, cropWidth, channels], order });
}

async function readBatch(a: OpenDomain, b: OpenDomain, order: PairOrder, shape: ImageShape, options: TrainingDataOptions, iteration: number): Promise<TrainingBatch> {
  const places = Array.from({ length: options.batchSize }, (_, index) => iteration * options.batchSize + index);
  const pairs = places.map((place) => order.pair(place));
  const read = (domain: OpenDomain, side: keyof IndexPair) => readDomain(domain, pairs.map((pair) => pair[side]), places, shape, options);
  const [A, B] = await Promise.all([read(a, 'a'), read(b, 'b')]);
  return { A, B };
}

async function readDomain(
  { domain, images, names }: OpenDomain,
  indices: readonly number[],
  places: readonly number[],
  shape: ImageShape,
  { augment, paired, seed }: TrainingDataOptions,
): Promise<DomainBatch> {
  const [, height, width, channels] = images.shape;
  const whole: ImageShape = [height, width, channels];
  const valuesPerImage = shape[0] * shape[1] * shape[2];
  const values = new Float32Array(indices.length * valuesPerImage);
  for (const [position, index] of indices.entries()) {
    const image = await images.read(index, 1);
    const window = randomWindow(whole, augment ?? { flip: 0 }, seed, `${paired ? 'pair' : domain} ${places[position]}`);
    copyWindow(image, whole, window, values, position * valuesPerImage);
  }
  return { values, names: indices.map((index) => names[index]!) };
}

const sizeOf = ({ images }: OpenDomain) => `${images.shape[1]}×${images.shape[2]} with ${images.shape[3]} channels`;
