// `giverny doctor --bench`: a real measurement on wasm (in a process of its own), being stopped, and what figures mean in words.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../pipeline/config/load.ts';
import type { CommandIo } from '../../../pipeline/cli/command.ts';
import { adviceOn, type Circumstances } from '../../../pipeline/cli/doctor-advice.ts';
import { benchCommand } from '../../../pipeline/cli/doctor-bench.ts';
import { chapter, paper, quickstart, threadCounts, type Measurement, type Precision, type Training } from '../../../pipeline/cli/doctor-measurements.ts';
import { tableOf } from '../../../pipeline/cli/doctor-words.ts';
import { shippedConfig } from '../../../pipeline/cli/find-config.ts';
import { catalog } from '../../../stages/index.ts';
import { loadEngine } from '../../../stages/engine/index.ts';
import type { LayersModel } from '../../../stages/engine/tf.ts';
import { createNetworks } from '../../../stages/model/networks.ts';
import type { TrainParams } from '../../../stages/train/params.ts';

interface Context {
  folder: string;
  before: string | undefined;
  out: string;
  err: string;
  io: CommandIo;
}

const test = suite<Context>('doctor --bench');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'giverny-bench-'));
  context.before = process.env['GIVERNY_ENGINE_DIR'];
  process.env['GIVERNY_ENGINE_DIR'] = join(context.folder, 'engine');
  context.out = context.err = '';
  context.io = {
    stdout: (text) => void (context.out += text), stderr: (text) => void (context.err += text),
    cwd: context.folder, root: context.folder, color: false, terminal: false, catalog,
    stageProcess: { script: fileURLToPath(new URL('../../../pipeline/cli/stage-process.ts', import.meta.url)), execArgv: ['--import', import.meta.resolve('tsx')] },
  };
});

test.after.each(({ folder, before }) => {
  if (before === undefined) delete process.env['GIVERNY_ENGINE_DIR'];
  else process.env['GIVERNY_ENGINE_DIR'] = before;
  rmSync(folder, { recursive: true, force: true });
});

const options = { json: true, defaultThreads: 2, processors: 2, gpu: false, seconds: 0.01 };

test('without TensorFlow: wasm is measured, and how to get TensorFlow is said', async (context) => {
  assert.is(await benchCommand(context.io, options), 0, context.err);
  const { measurements, advice } = JSON.parse(context.out) as { measurements: Record<string, unknown>[]; advice: { subject: string; text: string }[] };
  assert.equal(measurements.map(({ config, backend, precision }) => [config, backend, precision]), [[quickstart.config, 'wasm', 'float32']]);
  assert.ok(Number(measurements[0]!['step']) > 0 && Number(measurements[0]!['memory']) > 5e7 && Number(measurements[0]!['first']) > 0);
  assert.match(advice[0]!.text, /TensorFlow.*wasm was measured alone.*(engine install|engine: wasm)/s);
  assert.ok(advice.some(({ subject, text }) => subject === `time of ${quickstart.config}` && text.includes('1,200 steps')));
  assert.match(context.err, /quickstart\.yaml, 64×64, wasm … [\d.]+ m?s a step\n/);
});

test('Ctrl-C while it measures: it ends at once, says that not all was measured, and leaves no folder', async (context) => {
  const temporary = join(context.folder, 'tmp');
  mkdirSync(temporary);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  const folders = () => readdirSync(temporary).filter((name) => name.startsWith('giverny-measure-'));
  const waiting = setInterval(() => {
    if (folders().length === 0) return;
    clearInterval(waiting);
    process.emit('SIGINT', 'SIGINT');
  }, 50);
  try {
    assert.is(await benchCommand(context.io, { ...options, seconds: 60 }), 130);
  } finally {
    clearInterval(waiting);
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  assert.match(context.err, /… stopped\n/);
  assert.match(context.err, /stopped before all was measured/);
  assert.equal(JSON.parse(context.out), { measurements: [], advice: [] });
  assert.equal(folders(), []);
});

test('what is known of the configs is what they say', async () => {
  const { tf } = (await loadEngine({ backend: 'wasm', version: '4.22.0', device: 'cpu' }) as { value: { tf: Parameters<typeof createNetworks>[0] } }).value;
  for (const training of [quickstart, chapter, paper]) {
    const loaded = await loadConfig(shippedConfig(training.config)!, [], catalog, tmpdir());
    assert.ok(loaded.ok);
    const { stages, engine } = (loaded as { value: { stages: readonly { name: string; prepared: { params: unknown } }[]; engine: { threads?: number } } }).value;
    const params = (name: string) => stages.find((stage) => stage.name === name)?.prepared.params as Record<string, unknown> | undefined;
    const train = params('train') as unknown as TrainParams;
    const [size] = [train.augment?.crop ?? params('synthesize')?.['size'] ?? params('resize')!['size']].flat();
    const images = params('synthesize')?.['train'] ?? training.iterationsPerEpoch;
    const { epochs, iterationsPerEpoch, threads } = training;
    assert.equal({ size: training.size, epochs, iterationsPerEpoch, threads }, { size, epochs: train.epochs, iterationsPerEpoch: images, threads: engine.threads }, training.config);
    const networks = createNetworks(tf, train.model, [training.size, training.size, 3], 1);
    assert.ok(networks.ok);
    if (!networks.ok) return;
    const { generatorAToB, discriminatorA } = networks.value;
    // Six passes of a generator and four of a discriminator with their gradients, and those through which the generators learn.
    const work = (18 * multiplications(generatorAToB) + 16 * multiplications(discriminatorA)) / 1e9;
    assert.ok(Math.abs(work / training.work - 1) < 0.02, `${training.config}: ${work}`);
    tf.disposeVariables();
  }
});

/** Of its convolutions: each value of a kernel with each pixel of the side that has fewer. */
function multiplications({ layers }: LayersModel): number {
  return layers.reduce((sum, layer) => {
    const kernel = layer.getWeights().find(({ shape }) => shape.length === 4);
    const { shape } = (layer.getClassName().includes('Transpose') ? layer.input : layer.output) as { shape: (number | null)[] };
    return sum + (kernel ? kernel.size * shape[1]! * shape[2]! : 0);
  }, 0);
}

test('counts of threads: all first, then halves, at most five', () => {
  assert.equal([1, 2, 3, 4, 6, 8, 16, 24, 64].map(threadCounts), [[1], [2, 1], [3, 2, 1], [4, 2, 1], [6, 4, 2, 1], [8, 4, 2, 1], [16, 8, 4, 2, 1], [24, 16, 8, 4, 1], [64, 32, 16, 8, 1]]);
});

const measurement = (training: Training, threads: number | 'wasm', step: number, precision: Precision = 'float32'): Measurement => ({
  training, precision, times: { step, steps: 5, first: 4, memory: 1.4e9 },
  engine: threads === 'wasm' ? { backend: 'wasm', version: '4', device: 'cpu' } : { backend: 'tensorflow', version: '2', device: 'cpu', threads, capture: true },
});
const usual: Circumstances = { defaultThreads: 4, missing: undefined };
const textOf = (measurements: readonly Measurement[], circumstances = usual) => adviceOn(measurements, circumstances).map(({ subject, text }) => `${subject}: ${text}`).join('\n');

test('threads: the default where it is best or nearly so, else the number to set', () => {
  const [four, two] = [measurement(chapter, 4, 610), measurement(chapter, 2, 600)];
  assert.match(textOf([four, two]), /^engine\.threads: 4, the default, is best .*610 ms a step \(600 ms with 2\)$/m);
  assert.match(textOf([four, measurement(chapter, 2, 500)]), /^engine\.threads: 2 is best .*monet2photo\.yaml: 500 ms a step \(610 ms with 4\); the default is 4$/m);
});

test('precision, engines, memory and time', () => {
  const text = textOf([measurement(quickstart, 4, 40), measurement(quickstart, 1, 42), measurement(quickstart, 'wasm', 200), measurement(chapter, 4, 600), measurement(chapter, 4, 300, 'bfloat16'), measurement(quickstart, 4, 80, 'bfloat16')]);
  assert.match(text, /^stages\.train\.precision: bfloat16 is 2\.0 times as fast .*monet2photo/m);
  assert.match(text, /^stages\.train\.precision: bfloat16 is slower .*quickstart/m);
  assert.match(text, /^engine: TensorFlow is 5\.0 times as fast as wasm/m);
  assert.match(text, /^memory: training configs\/monet2photo\.yaml takes 1\.4 GB$/m);
  // Of the quickstart with the default threads, as its config says nothing of them.
  assert.match(text, /^time of configs\/quickstart\.yaml: about 48 s \(1,200 steps\)$/m);
  assert.match(text, /^time of configs\/monet2photo\.yaml: about 10 h 5 min \(60,500 steps\)$/m);
  assert.match(text, /^time of configs\/monet2photo-paper\.yaml: about \d+ d.* \(1,257,400 steps, estimated from configs\/monet2photo\.yaml\): it is made for a GPU$/m);
});

test('nothing measured, nothing advised; the table has a row a measurement', () => {
  assert.equal(adviceOn([], usual), []);
  assert.match(tableOf([measurement(chapter, 1, 612.3), measurement(chapter, 'wasm', 12_345, 'bfloat16')]), /^configs\/monet2photo\.yaml +128×128 +1 thread +float32 +612 ms +4\.0 s +1\.4 GB\n.* wasm +bfloat16 +12\.3 s/m);
});

test.run();
