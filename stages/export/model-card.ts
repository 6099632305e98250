/** MODEL.md: what an exported network is, how good it is, and how to open it. No times, hosts or paths. */
import type { Evaluation } from '../evaluate/evaluation.ts';
import { translations } from '../translation.ts';
import type { Network } from './network.ts';
import type { ExportedGenerator } from './run.ts';
import type { Format } from './schema.ts';

export interface CardFacts {
  readonly format: Format;
  readonly generators: readonly ExportedGenerator[];
  /** The run's name, where it is known. */
  readonly run: string | undefined;
  /** The last line of metrics.jsonl. */
  readonly last: { readonly epoch: number; readonly iteration: number } | undefined;
  readonly evaluation: Evaluation | undefined;
}

export function modelCard({ format, generators, run, last, evaluation }: CardFacts): string {
  const [{ network, saved }] = generators as [ExportedGenerator];
  return [
    `# Two CycleGAN generators${run === undefined ? '' : ` of ${run}`}`,
    `\`generatorAToB\` makes images of domain B from images of domain A, \`generatorBToA\` the reverse (Zhu et al. 2017, *Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks*). Trained and exported by Giverny.`,
    '## What it takes and gives',
    `Images are \`[batch, height, width, ${network.size.channels}]\`, RGB, float32 in [-1, 1]: \`pixels / 127.5 - 1\`, and back \`(y + 1) * 127.5\`. It was trained on ${sizeText(network)}, and knows textures at that scale. ${anySizeText(network)}`,
    '## How it was trained',
    [
      `- Weights: ${saved.folder.endsWith('_ema') ? 'the average over the last iterations (ema_decay)' : 'as training left them'}${/epoch-(\d+)/.test(saved.folder) ? `, of epoch ${Number(/epoch-(\d+)/.exec(saved.folder)![1])}` : ''}.`,
      ...(last === undefined ? [] : [`- ${last.epoch} epochs, ${last.iteration} iterations.`]),
      ...generators.map(({ network: each }) => `- ${each.name}: ${parameters(each).toLocaleString('en')} parameters in ${each.layers.length} layers.`),
      ...(run === undefined ? [] : [`- The run's folder has everything that decided it: \`giverny run runs/${run}/config.yaml\` makes it again.`]),
    ].join('\n'),
    '## How good it is',
    evaluation === undefined ? 'It was not evaluated.' : measured(evaluation),
    '## How to open it',
    howToOpen[format],
    '## What it is not',
    'A CycleGAN learns what tells two sets of images apart, not what an image means. It may invent or lose things, and does something to any image, also to one that is like nothing it was trained on. Rights to the images it was trained on are their owners\'.',
  ].join('\n\n') + '\n';
}

const sizeText = ({ size }: Network): string => `images of ${size.width} by ${size.height} pixels`;

const anySizeText = ({ fixedHeight, size }: Network): string =>
  `Height and width may be any multiples of 4${fixedHeight ? `, but the height must be ${size.height}: its normalization has a scale for every row` : ''}.`;

function parameters({ layers }: Network): number {
  const values = layers.flatMap(({ operation }) => Object.values(operation).flatMap((value) => (typeof value === 'object' && 'values' in value ? [value.values.length] : [])));
  return values.reduce((sum, count) => sum + count, 0);
}

/** Of the network that was trained, or of what was told the answers. */
function measured({ test, translations: scores }: Evaluation): string {
  const rows = translations.map((translation) => {
    const found = scores[translation].methods.cyclegan ?? scores[translation].methods.supervised;
    const { swd, kid, texture_distance: texture, psnr, ssim } = found!;
    return [translation, ...(test.paired ? [figure(psnr, 2), figure(ssim, 3)] : []), figure(swd, 1), figure(kid, 2), figure(texture, 1)];
  });
  const heading = ['', ...(test.paired ? ['PSNR (dB)', 'SSIM'] : []), 'SWD', 'KID', 'texture'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `On ${test.images.A.evaluated} test images of each domain, ${test.width} by ${test.height} pixels; of the distances less is better, and none compares with another image size's.`,
    '', line(heading), line(heading.map(() => '---')), ...rows.map(line),
  ].join('\n');
}

const figure = (value: number | null | undefined, digits: number): string => (value === null || value === undefined ? '' : value.toFixed(digits));

const howToOpen: Readonly<Record<Format, string>> = {
  tfjs: '```js\nimport * as tf from \'@tensorflow/tfjs\';\nimport { registerGivernyLayers } from \'./giverny-layers.js\';\n\nregisterGivernyLayers(tf);\nconst generator = await tf.loadLayersModel(\'generatorAToB/model.json\');\nconst translated = generator.predict(images);\n```',
  keras: '```python\nimport keras\nimport giverny_layers  # the file beside this one\n\ngenerator = keras.models.load_model("generatorAToB.keras")\ntranslated = generator.predict(images)\n```',
  savedmodel: '```python\nimport tensorflow as tf\n\ngenerator = tf.saved_model.load("generatorAToB").signatures["serving_default"]\ntranslated = generator(images=tf.constant(images))["translated"]\n```',
  onnx: '```python\nimport onnxruntime\n\ngenerator = onnxruntime.InferenceSession("generatorAToB.onnx")\ntranslated = generator.run(None, {"images": images})[0]\n```',
};
