/**
 * The data stages, images a second: `npm run bench:data -- FOLDER [rounds]`, where FOLDER holds JPEGs of 256×256 (at any
 * depth). resize is a whole stage: it reads files, decodes, resizes to 128 and writes PNG files. Its peer, torchvision's
 * loader with as many worker processes as there are cores, hands on tensors in memory and writes nothing; so does ours where
 * nothing is written.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compiledKernels } from '../../bin/kernels.js';
import { usableProcessors } from '../../stages/processors.ts';
import { pythonWith } from '../step/python.ts';
import type { Rate } from './stages.ts';

/** Smaller sets are copied so often: what counts is how fast it goes once it goes. */
const imagesAtLeast = 2800;

const usage = `npm run bench:data -- FOLDER [ROUNDS]: images a second of the data stages, resize beside torchvision's loader

  FOLDER    JPEGs of 256×256, at any depth
  ROUNDS    turns of each, 3 unless given
  GIVERNY_BENCH_PYTHON names a Python with torchvision, in the place of the one that is installed into bench/.venv`;

const [source, rounds = '3', ...more] = process.argv.slice(2);
if (source === undefined || source.startsWith('-') || more.length > 0 || !/^[1-9]\d*$/.test(rounds)) {
  console.error(usage);
  process.exit(source === '--help' ? 0 : 64);
}

/** As many as the stages use. */
const cores = usableProcessors().count;

/** `GIVERNY_BENCH_PYTHON` names one that has torchvision already. */
const torchvisionPython = (): string =>
  process.env['GIVERNY_BENCH_PYTHON'] ?? pythonWith('data', fileURLToPath(new URL('requirements.txt', import.meta.url)), (line) => process.stderr.write(`${line}\n`));

/** The JPEGs below `from` as an image set, half of them in each domain; the number of images. */
async function writeImageSet(from: string, folder: string): Promise<number> {
  const files = (await readdir(from, { recursive: true })).filter((name) => /\.jpe?g$/i.test(name)).sort();
  const count = files.length * Math.max(1, Math.ceil(imagesAtLeast / files.length));
  for (const domain of ['A', 'B']) await mkdir(join(folder, 'train', domain), { recursive: true });
  for (let index = 0; index < count; index++) {
    await copyFile(join(from, files[index % files.length]!), join(folder, 'train', index % 2 === 0 ? 'A' : 'B', `${index}.jpg`));
  }
  await writeFile(join(folder, 'image-set.json'), JSON.stringify({ format: 'images', splits: { train: { paired: false } } }));
  return count;
}

/** Bundled as bin/build.js bundles the command, inside the checkout, where its packages are found. */
async function bundleStages(): Promise<string> {
  const folder = fileURLToPath(new URL('../../dist/bench-data/', import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL('stages.ts', import.meta.url))], outdir: folder, bundle: true, splitting: true,
    platform: 'node', format: 'esm', target: 'node20', external: ['sharp', '@tensorflow/*'], logLevel: 'warning', plugins: [compiledKernels],
    banner: { js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);" },
  });
  return join(folder, 'stages.js');
}

function rates(command: string, args: readonly string[]): Rate[] {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Rate[];
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const home = await mkdtemp(join(tmpdir(), 'giverny-bench-data-'));
try {
  const [images, python, stages] = [join(home, 'images'), torchvisionPython(), await bundleStages()];
  const loader = fileURLToPath(new URL('torchvision_loader.py', import.meta.url));
  const count = await writeImageSet(source, images);
  const all: Rate[] = [];
  for (let turn = 0; turn < Number(rounds); turn++) {
    const work = join(home, `${turn}`);
    all.push(...rates(process.execPath, [stages, images, work]), ...rates(python, [loader, images, `${cores}`]));
    await rm(work, { recursive: true, force: true });
  }
  const table = [...new Set(all.map(({ what }) => what))].map((what) => {
    const of = all.filter((rate) => rate.what === what);
    const cpu = of.flatMap(({ cpuMilliseconds }) => cpuMilliseconds ?? []);
    return { what, imagesPerSecond: Math.round(median(of.map((rate) => rate.imagesPerSecond))), ...(cpu.length > 0 && { cpuMilliseconds: Number(median(cpu).toFixed(2)) }) };
  });
  console.table(table);
  console.log(JSON.stringify({ images: count, cores, rounds: Number(rounds), table }));
} finally {
  await rm(home, { recursive: true, force: true });
}
