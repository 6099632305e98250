/** What each format consists of. What is heavy is loaded by the format that needs it. */
import { forAnySize } from '../model/any-size.ts';
import type { ExportedGenerator } from './run.ts';
import type { Format } from './schema.ts';

export type ExportedFiles = Readonly<Record<string, string | Uint8Array>>;

/** By their paths below the format's folder. */
export async function exportedFiles(format: Format, generators: readonly ExportedGenerator[]): Promise<ExportedFiles> {
  const files: Record<string, string | Uint8Array> = {};
  for (const { network, saved } of generators) {
    switch (format) {
      case 'tfjs':
        files[`${network.name}/model.json`] = `${forAnySize(saved.modelJson)}\n`;
        files[`${network.name}/weights.bin`] = saved.weights;
        files['giverny-layers.js'] = (await import('./tfjs/giverny-layers.ts')).givernyLayers;
        break;
      case 'keras':
        files[`${network.name}.keras`] = await (await import('./keras/write-keras.ts')).writeKeras(network);
        files['giverny_layers.py'] = (await import('./keras/giverny-layers.ts')).givernyLayers;
        break;
      case 'savedmodel':
        files[`${network.name}/saved_model.pb`] = (await import('./saved-model.ts')).writeSavedModel(network);
        break;
      case 'onnx':
        files[`${network.name}.onnx`] = (await import('./onnx/write-onnx.ts')).writeOnnx(network, { producer: 'giverny', description: 'A CycleGAN generator. Images are [batch, height, width, channels] in [-1, 1].' });
        break;
    }
  }
  return files;
}
