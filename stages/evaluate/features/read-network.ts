/** Reads the feature network that the user names: a tfjs layers or graph model, or a TensorFlow SavedModel. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { ok, type Result } from '../../../pipeline/failure.ts';
import type { Tensor, Tensor4D, Tf, io } from '../../engine/tf.ts';
import { loadModel } from '../../model/saved-model.ts';
import { evaluateFailed } from '../failures.ts';
import type { FeatureParams } from '../schema.ts';
import { networkFiles } from './network-files.ts';

/** A network as it was read: from images to features, and the image size that it is built for. */
export interface ReadNetwork {
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
  readonly node?: { loadSavedModel(path: string): Promise<SavedModel> };
}

interface SavedModel {
  /** The nodes of the signature's outputs by their names, in the order in which `predict` gives them. */
  readonly outputNodeNames: Readonly<Record<string, string>>;
  predict(input: Tensor): Tensor | Tensor[];
  dispose(): void;
}

const aNetwork = 'a folder with a tfjs model.json and its weights, or with a TensorFlow saved_model.pb';

export function unusable({ path }: FeatureParams, message: string, expected = aNetwork) {
  return evaluateFailed('evaluate-features-unusable', message, { where: { file: path }, expected });
}

/** `params.path` is a folder. Fails with `evaluate-features-unusable`; of a damaged file it throws what its reader does. */
export async function readNetwork(tf: Tf, params: FeatureParams): Promise<Result<ReadNetwork>> {
  if (existsSync(join(params.path, networkFiles.tfjs))) return readTfjsModel(tf, params);
  if (existsSync(join(params.path, networkFiles.savedModel))) return readSavedModel(tf, params);
  return unusable(params, 'features names a folder without a network');
}

interface ModelJson {
  readonly format?: string;
  readonly modelTopology: { readonly node?: unknown };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: io.WeightsManifestEntry[] }[];
}

async function readTfjsModel(tf: Tf, params: FeatureParams): Promise<Result<ReadNetwork>> {
  const text = await readFile(join(params.path, networkFiles.tfjs), 'utf8');
  const model = JSON.parse(text) as Partial<ModelJson> | null;
  if (!isModel(model)) return unusable(params, 'model.json describes no network: it has no modelTopology or no weightsManifest');
  const paths = model.weightsManifest.flatMap((group) => group.paths);
  // What lies elsewhere is in no digest: the weights could change and the figures stay.
  const elsewhere = paths.find(leavesFolder);
  if (elsewhere !== undefined) return unusable(params, `model.json takes weights from ${elsewhere}, outside its folder`, 'weights beside model.json or below it');
  const shards = await Promise.all(paths.map((path) => readFile(join(params.path, path))));
  // Copied out of the Buffer: small ones lie in a memory that Node shares among them.
  const weights = new Uint8Array(Buffer.concat(shards));
  const isGraph = model.format === 'graph-model' || model.modelTopology.node !== undefined;
  return isGraph ? readGraphModel(tf, model, weights, params) : readLayersModel(tf, text, weights, params);
}

function isModel(model: Partial<ModelJson> | null): model is ModelJson {
  const manifest = model?.weightsManifest;
  return typeof model?.modelTopology === 'object' && Array.isArray(manifest) && manifest.every(({ paths, weights }) => Array.isArray(paths) && Array.isArray(weights));
}

const leavesFolder = (path: string): boolean => isAbsolute(path) || normalize(path).split(sep)[0] === '..';

async function readLayersModel(tf: Tf, modelJson: string, weights: Uint8Array, params: FeatureParams): Promise<Result<ReadNetwork>> {
  const { output } = params;
  const model = await loadModel(tf, { modelJson, weights });
  const layer = output === undefined ? undefined : model.layers.find(({ name }) => name === output);
  if (output !== undefined && !layer) {
    model.dispose();
    return unusable(params, `the network has no layer ${output}`, `one of ${model.layers.slice(-8).map(({ name }) => name).join(', ')}`);
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

const needsTensorFlow = (params: FeatureParams, kind: string) => unusable(params, `a ${kind} runs on TensorFlow only`, 'engine: tensorflow, or a tfjs layers model');

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
  const names = Object.keys(model.outputNodeNames);
  const index = params.output === undefined ? 0 : names.indexOf(params.output);
  if (index < 0) {
    model.dispose();
    return unusable(params, `the network has no output ${params.output}`, `one of ${names.join(', ')}`);
  }
  return ok({ run: (images) => [model.predict(images)].flat()[index]!, dispose: () => model.dispose() });
}

const firstOf = (result: Tensor | Tensor[]): Tensor => (Array.isArray(result) ? result[0]! : result);
