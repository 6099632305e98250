// The stage on wasm: real generators, real image files of the kinds that people have.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import sharp, { type Sharp } from 'sharp';
import type { PlannedOutside, StageDefinition, StageInput } from '../../../pipeline/stage.ts';
import { generator } from '../../../stages/model/generator.ts';
import { layerSet } from '../../../stages/model/layers/layer-set.ts';
import { translateStage } from '../../../stages/translate/definition.ts';
import { tilesAlong } from '../../../stages/translate/tiling.ts';
import { identities, rig, scaling, tensors, trainOutputs } from '../evaluate/evaluate-rig.ts';
import { codeOf, filesBelow, messageOf, type StageRun } from '../stage-rig.ts';

test.after(() => rig.remove());

const folder = join(rig.folder, 'images');
await mkdir(join(folder, 'below'), { recursive: true });

/** As the runner starts it: with an engine, and with the listing of folders. */
function translate(networks: StageInput, params: object, outside: readonly PlannedOutside[] = []): Promise<StageRun> {
  const definition: StageDefinition<never> = {
    ...(translateStage as unknown as StageDefinition<never>),
    load: async () => {
      const { run } = await translateStage.load();
      return { run: (context) => run({ ...context, outside, engine: { backend: 'wasm', version: '4.22.0', device: 'cpu' } } as never) };
    },
  };
  return rig.run(definition, { to: 'B', weights: 'auto', tile: 16, folder: 'translated', ...params }, { inputs: [networks] });
}

/** A picture with colours in all directions, smooth enough for JPEG. */
function drawn(width: number, height: number, channels: 3 | 4 = 3): Sharp {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) data[at++] = 128 + Math.round(100 * Math.sin((x * (channel + 1) + y * 2) / 25));
    }
  }
  return sharp(data, { raw: { width, height, channels } });
}

async function pixelsOf(file: string | Buffer): Promise<Buffer> {
  return sharp(file).raw().toBuffer();
}

const translatedFile = ({ out }: StageRun, name: string) => join(out, 'translated', name);

function done(run: StageRun): void {
  assert.is(codeOf(run.result), 'ok', messageOf(run.result));
}

test('what an identity translates stays as it was, at any size, through tiles and mirrored borders', async () => {
  const networks = await identities(16);
  for (const [width, height] of [[16, 16], [5, 3], [16, 40], [61, 47], [1, 90]] as const) {
    const file = join(folder, `identity-${width}x${height}.png`);
    await drawn(width, height).png().toFile(file);
    const run = await translate(networks, { images: file });
    done(run);
    assert.equal(await pixelsOf(translatedFile(run, `identity-${width}x${height}.png`)), await pixelsOf(file), `${width}×${height}`);
  }
});

test('where tiles meet there is no step: it is no larger than what the generator paints anywhere', async () => {
  const tf = await tensors();
  // Normalization alone, the chapter's: what it paints of a smooth picture depends on where a tile begins, as with every CycleGAN.
  const input = tf.input({ shape: [32, 32, 3] });
  const norm = layerSet(tf).instanceNormalization({ axis: 1, epsilon: 1e-3, affine: false });
  const model = tf.model({ inputs: input, outputs: norm.apply(input) as typeof input });
  const networks = await trainOutputs({ generatorAToB: model });
  const file = join(folder, 'large.png');
  await drawn(160, 32).png().toFile(file);
  // Where tiles begin, how much larger the step to that column is than the largest that no tile begins at.
  const worstBorder = async (overlap: number) => {
    const run = await translate(networks, { images: file, overlap, tile: 32 });
    done(run);
    const steps = columnSteps(await pixelsOf(translatedFile(run, 'large.png')), 160, 32);
    const { starts } = tilesAlong(160, { size: 32, overlap, exact: true });
    const largest = (isBorder: boolean) => Math.max(...steps.filter((_, column) => starts.includes(column) === isBorder));
    return largest(true) / largest(false);
  };
  const touching = await worstBorder(0);
  assert.ok(touching > 1.5, `tiles that only touch are to be seen, or this proves nothing: ${touching}`);
  const blended = await worstBorder(16);
  assert.ok(blended < 1.1, String(blended));
});

/** Mean difference of each column of pixels from the one before it. */
function columnSteps(data: Buffer, width: number, height: number): readonly number[] {
  return Array.from({ length: width }, (_, x) => {
    let sum = 0;
    for (let y = 0; x > 0 && y < height; y++) for (let channel = 0; channel < 3; channel++) sum += Math.abs(data[(y * width + x) * 3 + channel]! - data[(y * width + x - 1) * 3 + channel]!);
    return sum / (height * 3);
  });
}

test('transparency and an RGB colour profile are kept, a turned photograph is upright, and every common format is written as it was read', async () => {
  const networks = await identities(16);
  const made: Readonly<Record<string, Sharp>> = {
    'alpha.png': drawn(20, 24, 4), 'wide.jpg': drawn(40, 24).withIccProfile('p3').jpeg(), 'turned.jpg': drawn(30, 20).jpeg().withMetadata({ orientation: 6 }),
    'web.webp': drawn(20, 20).webp(), 'grey.png': drawn(20, 20).greyscale().png(), 'deep.tif': drawn(20, 20).toColourspace('rgb16').tiff(), 'moving.gif': drawn(20, 20).gif(),
  };
  for (const [name, image] of Object.entries(made)) await image.toFile(join(folder, name));
  const run = await translate(networks, { images: Object.keys(made).map((name) => join(folder, name)) });
  done(run);
  assert.equal((await filesBelow(join(run.out, 'translated'))), ['alpha.png', 'deep.tif', 'grey.png', 'moving.png', 'turned.jpg', 'web.webp', 'wide.jpg']);
  const about = (name: string) => sharp(translatedFile(run, name)).metadata();
  const alphaOf = async (file: string) => (await pixelsOf(file)).filter((_, index) => index % 4 === 3);
  assert.equal(await alphaOf(translatedFile(run, 'alpha.png')), await alphaOf(join(folder, 'alpha.png')));
  assert.equal((await about('wide.jpg')).icc, (await sharp(join(folder, 'wide.jpg')).metadata()).icc);
  const { width, height } = await about('turned.jpg');
  assert.equal([width, height], [20, 30]);
  assert.is((await about('grey.png')).channels, 3);
});

test('the smallest pictures go through the networks of the paper', async () => {
  const tf = await tensors();
  const norm = { kind: 'channel', epsilon: 1e-3, affine: true } as const;
  const spec = { filters: 4, residual_blocks: 1, norm, residual_norm: norm, padding: 'reflect', strided_padding: 'symmetric', use_bias: true, transposed_use_bias: true, output: 'tanh' } as const;
  const networks = await trainOutputs({ generatorAToB: generator(tf, 'generatorAToB', spec, [32, 32, 3]) });
  for (const [width, height] of [[1, 1], [3, 4], [200, 2]] as const) {
    const file = join(folder, `small-${width}x${height}.png`);
    await drawn(width, height).png().toFile(file);
    const run = await translate(networks, { images: file, tile: 512 });
    done(run);
    const made = await sharp(translatedFile(run, `small-${width}x${height}.png`)).metadata();
    assert.equal([made.width, made.height], [width, height]);
  }
});

test('one file that cannot be read is named, and the others are translated', async () => {
  const names = ['good-1.png', 'bad.jpg', 'good-2.png'];
  for (const name of names) await (name === 'bad.jpg' ? writeFile(join(folder, name), 'no picture') : drawn(16, 16).png().toFile(join(folder, name)));
  const run = await translate(await identities(16), { images: names.map((name) => join(folder, name)) });
  assert.is(codeOf(run.result), 'translate-image-unreadable');
  assert.match(messageOf(run.result), /bad\.jpg.*the 2 others were translated/);
  assert.equal(await filesBelow(run.out), ['translated/good-1.png', 'translated/good-2.png']);
});

test('a folder keeps its names and its folders, and what is no image is left alone', async () => {
  await drawn(16, 16).png().toFile(join(folder, 'below', 'one.png'));
  await writeFile(join(folder, 'below', 'notes.txt'), 'nothing to see');
  const run = await translate(await identities(16), { images: folder }, [{ name: 'images.0', digest: '', files: [{ path: 'below/one.png', digest: '' }, { path: 'below/notes.txt', digest: '' }] }]);
  done(run);
  assert.equal(await filesBelow(run.out), ['translated/below/one.png']);
});

test('an image brought to a size has that as its shorter side, and a generator for any size takes it whole', async () => {
  const file = join(folder, 'sized.png');
  await drawn(80, 40).png().toFile(file);
  const run = await translate(await identities(16), { images: file, size: 24 });
  done(run);
  const { width, height } = await sharp(translatedFile(run, 'sized.png')).metadata();
  assert.equal([width, height], [48, 24]);
});

test('the averaged generator is taken where there is one, and each wrong wish is one clear failure', async () => {
  const networks = await trainOutputs({ generatorAToB: await scaling(16, 1), generatorAToB_ema: await scaling(16, -1), 'epoch-0002/generatorAToB': await scaling(16, 0) });
  const file = join(folder, 'wished.png');
  await drawn(16, 16).png().toFile(file);
  const first = async (params: object) => {
    const run = await translate(networks, { images: file, ...params });
    done(run);
    return (await pixelsOf(translatedFile(run, 'wished.png')))[0]!;
  };
  const original = (await pixelsOf(file))[0]!;
  assert.is(await first({}), 255 - original);
  assert.is(await first({ weights: 'last' }), original);
  assert.is(await first({ weights: 'last', epoch: 2 }), 128);
  const refused = async (params: object) => codeOf((await translate(networks, { images: file, ...params })).result);
  assert.is(await refused({ to: 'A' }), 'generator-missing');
  assert.is(await refused({ epoch: 3 }), 'generator-missing');
  assert.is(await refused({ overlap: 9 }), 'translate-tile-invalid');
  assert.is(await refused({ images: [file, file] }), 'translate-names-clash');
  await writeFile(join(folder, 'broken.jpg'), (await readFile(file)).subarray(0, 60));
  assert.is(await refused({ images: join(folder, 'broken.jpg') }), 'translate-image-unreadable');
  const infinite = await trainOutputs({ generatorAToB: await scaling(16, Infinity) });
  assert.is(codeOf((await translate(infinite, { images: file })).result), 'translate-not-finite');
});

test('a hundred images leave no tensor behind', async () => {
  const tf = await tensors();
  const networks = await identities(16);
  const file = join(folder, 'many.png');
  await drawn(40, 40).png().toFile(file);
  const before = tf.memory().numTensors;
  const listing = Array.from({ length: 100 }, (_, index) => `${index}.png`);
  for (const name of listing) await writeFile(join(folder, 'below', name), await readFile(file));
  done(await translate(networks, { images: join(folder, 'below') }, [{ name: 'images.0', digest: '', files: listing.map((path) => ({ path, digest: '' })) }]));
  assert.is(tf.memory().numTensors, before);
});

test.run();
