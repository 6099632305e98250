/** Networks as files in the tfjs layers-model format, and back. */
import type { LayersModel, Tf, io } from '../engine/tf.ts';
import { layerSet } from './layers/layer-set.ts';

/** `model.json` and `weights.bin`, as `tf.loadLayersModel` reads them. */
export interface SavedModelFiles {
  readonly modelJson: string;
  readonly weights: Uint8Array;
}

const weightsFile = 'weights.bin';

/** The same network and weights always give the same bytes. */
export async function saveModel(tf: Tf, model: LayersModel): Promise<SavedModelFiles> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(tf.io.withSaveHandler((saved) => {
    artifacts = saved;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
  }));
  const { modelTopology, weightSpecs, weightData, generatedBy } = artifacts!;
  const modelJson = {
    format: 'layers-model', generatedBy: generatedBy ?? null, convertedBy: null, modelTopology,
    weightsManifest: [{ paths: [weightsFile], weights: weightSpecs }],
  };
  return { modelJson: `${JSON.stringify(modelJson, null, 1)}\n`, weights: joined(weightData!) };
}

/** Reads what {@link saveModel} wrote, or any tfjs layers model of the layers that we use. */
export async function loadModel(tf: Tf, files: SavedModelFiles): Promise<LayersModel> {
  registerLayers(tf);
  const { modelTopology, weightsManifest } = JSON.parse(files.modelJson) as {
    modelTopology: object; weightsManifest: readonly { weights: io.WeightsManifestEntry[] }[];
  };
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  // A copy: files come as Buffers, which may be a window on memory of others (and whose slice() is one).
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData: new Uint8Array(files.weights).buffer }));
}

/** Makes our own layers known to `tf.loadLayersModel`. */
export function registerLayers(tf: Tf): void {
  for (const layer of layerSet(tf).own) tf.serialization.registerClass(layer as never);
}

function joined(data: io.WeightData): Uint8Array {
  return new Uint8Array(Array.isArray(data) ? Buffer.concat(data.map((part) => new Uint8Array(part))) : data);
}
