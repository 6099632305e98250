/** The feature network that the user names: a tfjs layers or graph model, or a TensorFlow SavedModel. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { ok, type Result } from '../../../pipeline/failure.ts';
import type { NamedTensorMap, Tensor, Tensor4D, Tf, io } from '../../engine/tf.ts';
import { createPicture, type Picture } from '../../image/picture.ts';
import { loadModel } from '../../model/saved-model.ts';
import { evaluateFailed } from '../failures.ts';
import type { FeatureParams } from '../schema.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { pictureBatch } from './picture-batch.ts';
import { resizePicture } from './resize-picture.ts';

type PictureShape = Pick<Picture, 'height' | 'width' | 'channels'>;

/** A network as it was read: from images to features, and the image size that it is built for. */
interface ReadNetwork {
  readonly size?: readonly [number, number];
  run(images: Tensor4D): Tensor;
  dispose(): void;
}

/** What tfjs-node has beyond tfjs-core and tfjs-layers. */
interface OnTensorFlow {
  loadGraphModel?(handler: io.IOHandler): Promise<{
    readonly inputs: readonly { readonly shape?: readonly number[] }[];
    execute(input: Tensor, outputs?: string): Tensor | Tensor[];
    dispose(): void;
  }>;
  readonly node?: { loadSavedModel(path: string): Promise<{ predict(input: Tensor): Tensor | Tensor[] | NamedTensorMap; dispose(): void }> };
}

/**
 * Reads the network and tries it on a black picture of the shape that it will see. Fails with `evaluate-features-unusable`,
 * with the place of what cannot be read or used.
 */
export async function namedNetwork(tf: Tf, params: FeatureParams, shape: PictureShape): Promise<Result<FeatureNetwork>> {
  try {
    const network = await readNetwork(tf, params);
    return network.ok ? await triedNetwork(tf, network.value, params, shape) : network;
  } catch (error) {
    return unusable(params.path, `${basename(params.path)} cannot be read as a network: ${firstLine(error)}`);
  }
}

function unusable(file: string, message: string, expected = 'a folder with a tfjs model.json and its weights, or with a TensorFlow saved_model.pb') {
  return evaluateFailed('evaluate-features-unusable', message, { where: { file }, expected });
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;

async function readNetwork(tf: Tf, params: FeatureParams): Promise<Result<ReadNetwork>> {
  const modelJson = basename(params.path) === 'model.json' ? params.path : join(params.path, 'model.json');
  if (existsSync(modelJson)) return readTfjsModel(tf, modelJson, params);
  if (existsSync(join(params.path, 'saved_model.pb'))) return readSavedModel(tf, params);
  return unusable(params.path, 'features names a folder without a network');
}

interface ModelJson {
  readonly format?: string;
  readonly modelTopology: { readonly node?: unknown };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: io.WeightsManifestEntry[] }[];
}

async function readTfjsModel(tf: Tf, modelJson: string, params: FeatureParams): Promise<Result<ReadNetwork>> {
  const text = await readFile(modelJson, 'utf8');
  const model = JSON.parse(text) as ModelJson;
  const shards = model.weightsManifest.flatMap(({ paths }) => paths).map((path) => readFile(join(dirname(modelJson), path)));
  // Copied out of the Buffer: small ones lie in a memory that Node shares among them.
  const weights = new Uint8Array(Buffer.concat(await Promise.all(shards)));
  const isGraph = model.format === 'graph-model' || model.modelTopology.node !== undefined;
  return isGraph ? readGraphModel(tf, model, weights, params) : readLayersModel(tf, text, weights, params);
}

async function readLayersModel(tf: Tf, modelJson: string, weights: Uint8Array, { output }: FeatureParams): Promise<Result<ReadNetwork>> {
  const model = await loadModel(tf, { modelJson, weights });
  const layer = output === undefined ? undefined : model.layers.find(({ name }) => name === output);
  if (output !== undefined && !layer) {
    model.dispose();
    return unusable(output, `the network has no layer ${output}`, `one of ${model.layers.slice(-8).map(({ name }) => name).join(', ')}`);
  }
  const until = layer ? tf.model({ inputs: model.inputs, outputs: layer.output }) : model;
  const [, height, width] = model.inputs[0]!.shape;
  return ok({
    ...(height != null && width != null && { size: [height, width] as const }),
    run: (images) => firstOf(until.predict(images)),
    dispose: () => {
      model.dispose();
    },
  });
}

const needsTensorFlow = ({ path }: FeatureParams, kind: string) => unusable(path, `a ${kind} runs on TensorFlow only`, 'engine: tensorflow, or a tfjs layers model');

async function readGraphModel(tf: Tf & OnTensorFlow, model: ModelJson, weights: Uint8Array, params: FeatureParams): Promise<Result<ReadNetwork>> {
  if (!tf.loadGraphModel) return needsTensorFlow(params, 'tfjs graph model');
  const weightSpecs = model.weightsManifest.flatMap((group) => group.weights);
  const artifacts = { ...model, weightSpecs, weightData: weights.slice().buffer } as unknown as io.ModelArtifacts;
  const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  const [, height, width] = graph.inputs[0]?.shape ?? [];
  return ok({
    ...((height ?? -1) > 0 && (width ?? -1) > 0 && { size: [height!, width!] as const }),
    run: (images) => firstOf(graph.execute(images, params.output)),
    dispose: () => graph.dispose(),
  });
}

async function readSavedModel(tf: Tf & OnTensorFlow, params: FeatureParams): Promise<Result<ReadNetwork>> {
  if (!tf.node) return needsTensorFlow(params, 'TensorFlow SavedModel');
  const model = await tf.node.loadSavedModel(params.path);
  return ok({ run: (images) => firstOf(model.predict(images), params.output), dispose: () => model.dispose() });
}

function firstOf(result: Tensor | Tensor[] | NamedTensorMap, name?: string): Tensor {
  if (Array.isArray(result)) return result[0]!;
  if ('dataId' in result) return result as Tensor;
  const found = name === undefined ? Object.values(result)[0] : (result as NamedTensorMap)[name];
  if (!found) throw new Error(`it has no output ${name ?? ''}; it has ${Object.keys(result).join(', ')}`);
  return found;
}

async function triedNetwork(tf: Tf, network: ReadNetwork, params: FeatureParams, { height, width, channels }: PictureShape): Promise<Result<FeatureNetwork>> {
  const of = featuresBy(tf, network, params);
  const dispose = () => network.dispose();
  try {
    const [features] = await of([createPicture(height, width, channels)]);
    return ok({ named: true, dimensions: features!.length, of, dispose });
  } catch (error) {
    dispose();
    return unusable(params.path, `the network cannot be run on images of ${width}×${height}: ${firstLine(error)}`, 'a network from images to features; see size and output');
  }
}

function featuresBy(tf: Tf, network: ReadNetwork, { size, range }: FeatureParams): FeatureNetwork['of'] {
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
    if (!values.every(Number.isFinite)) throw new Error('its output is not finite');
    return pictures.map((_, i) => values.slice(i * dimensions, (i + 1) * dimensions));
  };
}
