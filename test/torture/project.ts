/** A small project of real stages in a temporary folder, the built command in it, and what it has made. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareCheckout } from '../../bin/install.js';
import { builds } from '../../bin/builds.js';
import type { Finished } from '../helpers/rig.ts';
import { jpegFolders } from '../helpers/jpeg-folders.ts';
import { environmentOf, nodeArguments } from './injection.ts';

const entry = fileURLToPath(new URL('giverny.js', import.meta.url));
let program: Promise<string> | undefined;

/** The folder of the current build; it stays while this process lives. */
function builtProgram(): Promise<string> {
  program ??= prepareCheckout().then((folder) => {
    builds.markInUse(folder);
    return folder;
  });
  return program;
}

export interface Command {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A process group of its own; with an order for inject.js where one is given. */
export async function startCommand(root: string, args: readonly string[], order?: object): Promise<Command> {
  const folder = await builtProgram();
  const { NODE_OPTIONS: _none, ...plain } = process.env;
  const env = { ...plain, FORCE_COLOR: '0', GIVERNY_TORTURE_PROGRAM: folder, ...(order === undefined ? {} : environmentOf(order, root)) };
  const child = spawn(process.execPath, [...(order === undefined ? [] : nodeArguments), entry, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream]!.setEncoding('utf8').on('data', (data: string) => { text[stream] += data; });
  const finished = new Promise<Finished>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...text })));
  return { process: child, finished };
}

/** How a command is run: in a process of its own, or in this one (inside.ts). */
export type RunCommand = (root: string, args: readonly string[], order?: object) => Promise<Finished>;

export const runCommand: RunCommand = async (root, args, order) => (await startCommand(root, args, order)).finished;

export const config = 'study.yaml';
export const runArguments: readonly string[] = ['run', config, '-j', '1'];

/** Removed when the process ends, however the tests went. */
const made = new Set<string>();
process.once('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })));

export function temporaryFolder(within = tmpdir()): string {
  const folder = mkdtempSync(join(within, 'giverny-torture-'));
  made.add(folder);
  return folder;
}

const makeFiles = `const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('files');
for (let index = 0; index < Number(process.argv[2]); index += 1) writeFileSync('files/' + index + '.txt', 'file ' + index + '\\n');
writeFileSync('list.txt', 'made\\n');
`;
const readFiles = `const { createHash } = require('node:crypto');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const hash = createHash('sha256');
const names = readdirSync(process.argv[2] + '/files').sort();
for (const name of names) hash.update(name).update(readFileSync(process.argv[2] + '/files/' + name));
writeFileSync('sum.txt', names.length + ' ' + hash.digest('hex') + '\\n');
`;

/** make writes many small files, sum reads them all. */
export function fileStages(files: number): string {
  return [
    `  make: { uses: command, run: [${JSON.stringify(process.execPath)}, make.js, '${files}'], inputs: [make.js], outputs: [files/, list.txt] }`,
    `  sum: { uses: command, from: make, run: '"${process.execPath}" sum.js {make}', inputs: [sum.js], outputs: [sum.txt] }`,
  ].join('\n');
}

export function writeProject(root: string, stages: string, more = ''): void {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'make.js'), makeFiles);
  writeFileSync(join(root, 'make.sh'), makeFewFiles);
  writeFileSync(join(root, 'sum.js'), readFiles);
  writeFileSync(join(root, config), `name: study\nseed: 1\n${more}stages:\n${stages}\n`);
}

/** As {@link fileStages}, by the shell, which starts quickly. */
const fewFileStages = (files: number): string => `  make: { uses: command, run: [sh, make.sh, '${files}'], inputs: [make.sh], outputs: [files/, list.txt] }
  sum: { uses: command, from: make, run: 'cat {make}/files/* > sum.txt', outputs: [sum.txt] }`;

const makeFewFiles = `mkdir files
i=0
while [ $i -lt $1 ]; do
  echo "file $i" > files/$i.txt
  i=$((i + 1))
done
echo made > list.txt
`;

/** Small files by a program, read by another; images fetched from a folder and resized. */
export async function dataWorkload(files: number): Promise<string> {
  const root = join(temporaryFolder(), 'data');
  writeProject(root, `${fewFileStages(files)}\n  fetch: { url: photos }\n  resize: { from: fetch, size: 8 }`);
  await jpegFolders(join(root, 'photos'), { trainA: 2, trainB: 2, testA: 1, testB: 1 }, 12);
  return root;
}

const trainStages = `  synthesize: { task: colour-permutation, size: 16, train: 2, test: 1 }
  normalize: { from: synthesize }
  train: { from: normalize, epochs: 2, sample_every: 1, samples: 1, model: { generator: { filters: 2, residual_blocks: 1 }, discriminator: { filters: 2, strides: [2, 1] } } }`;

/** The real training, as small as it can be, on wasm. */
export function trainWorkload(): string {
  const root = join(temporaryFolder(), 'train');
  writeProject(root, trainStages, 'engine: wasm\n');
  return root;
}

/** A fresh copy. Where `elsewhere` is given the cache is a link to a folder there, on another file system. */
export function copyProject(prepared: string, elsewhere?: string, within?: string): string {
  const root = join(temporaryFolder(within), 'project');
  cpSync(prepared, root, { recursive: true, verbatimSymlinks: true });
  if (elsewhere !== undefined) {
    const cache = temporaryFolder(elsewhere);
    mkdirSync(join(root, '.giverny'), { recursive: true });
    symlinkSync(cache, join(root, '.giverny/cache'), 'dir');
  }
  return root;
}

export function removeProject(root: string): void {
  const cache = join(root, '.giverny/cache');
  if (existsSync(cache) && lstatSync(cache).isSymbolicLink()) remove(readlinkSync(cache));
  remove(join(root, '..'));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  made.delete(folder);
}

export const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Paths of files (and of empty folders, with a slash) below a folder, sorted; empty where there is none. */
export function filesBelow(folder: string, prefix = ''): string[] {
  if (!existsSync(join(folder, prefix))) return [];
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [prefix + entry.name];
    const inside = filesBelow(folder, `${prefix}${entry.name}/`);
    return inside.length === 0 ? [`${prefix}${entry.name}/`] : inside;
  }).sort();
}
