/** `giverny doctor`: what is there, what is missing, and the one command that mends it. */
import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { givernyVersion } from './version.ts';

type Examination = typeof import('../../stages/engine/examine.ts');

/** One thing that was looked at. `problem` stops something from working, `note` only costs time or convenience. */
export interface Finding {
  readonly name: string;
  readonly state: 'fine' | 'note' | 'problem';
  readonly detail: string;
  /** The command or action that mends it. */
  readonly mend?: string;
}

/** Exit code 0 where nothing is a problem (what a run will install by itself is none), else 1. `--json`: one object on stdout. */
export async function doctorCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('doctor', args, { json: { type: 'boolean' }, bench: { type: 'boolean' } } as const, 0);
  if (!line.ok) return printFailure(line.failure, io);
  const engine = await import('../../stages/engine/examine.ts');
  if (line.value.flags.bench === true) return bench(engine, line.value.flags.json === true, io);
  const findings = [...machine(io, engine), ...(await tools(engine)), ...(await engines(engine))];
  const healthy = findings.every(({ state }) => state !== 'problem');
  const mend = findings.find(({ state, mend: means }) => state === 'problem' && means !== undefined)?.mend ?? findings.find(({ mend: means }) => means !== undefined)?.mend;
  if (line.value.flags.json === true) io.stdout(`${JSON.stringify({ version: givernyVersion, healthy, findings, ...(mend === undefined ? {} : { mend }) })}\n`);
  else io.stdout(words(findings, mend));
  return healthy ? 0 : 1;
}

async function bench(engine: Examination, json: boolean, io: CommandIo): Promise<number> {
  const { benchCommand } = await import('./doctor-bench.ts');
  return benchCommand(io, { json, defaultThreads: engine.tensorFlowThreads({}, 'training').between, processors: engine.usableProcessors().count, gpu: engine.preferredDevice() !== 'cpu' });
}

function words(findings: readonly Finding[], mend: string | undefined): string {
  const mark = { fine: 'ok', note: 'note', problem: 'PROBLEM' };
  const wide = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(({ name, state, detail }) => `${mark[state].padEnd(7)}  ${name.padEnd(wide)}  ${detail}`);
  return `${[...lines, '', mend === undefined ? 'Everything that is needed is there.' : `To mend it: ${mend}`].join('\n')}\n`;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function machine(io: CommandIo, engine: Examination): Finding[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const recent = major > 20 || (major === 20 && minor >= 9);
  const { bavail, bsize } = statfsSync(engine.nearestFolder(io.root));
  const free = bavail * bsize;
  return [
    { name: 'giverny', state: 'fine', detail: givernyVersion },
    recent
      ? { name: 'Node', state: 'fine', detail: process.versions.node }
      : { name: 'Node', state: 'problem', detail: `${process.versions.node}; 20.9 or newer is needed`, mend: 'install Node 20.9 or newer' },
    { name: 'machine', state: 'fine', detail: `${process.platform}-${process.arch}, ${availableParallelism()} cores, ${gigabytes(totalmem())} memory` },
    { name: 'threads', state: 'fine', detail: engine.describeThreads() },
    free > 2e9
      ? { name: 'disk', state: 'fine', detail: `${gigabytes(free)} free in ${io.root}` }
      : { name: 'disk', state: 'note', detail: `only ${gigabytes(free)} free in ${io.root}`, mend: 'make room on the disk' },
    writable(engine, 'folder of runs', io.root, 'run giverny in a folder that can be written, or name one with --root'),
  ];
}

const writable = (engine: Examination, name: string, folder: string, mend: string): Finding =>
  engine.isWritable(folder) ? { name, state: 'fine', detail: folder } : { name, state: 'problem', detail: `${folder} cannot be written`, mend };

const wasmInstead = 'or set engine: wasm in the config';

/** What the installation of TensorFlow needs: a problem where that is still to be done, else none of it. */
async function tools(engine: Examination): Promise<Finding[]> {
  const state = engine.engineState(engine.preferredDevice());
  const needed = state.ok && state.value.state !== 'installed';
  const found = await engine.installationTools();
  const finding = (name: string, detail: string | undefined, mend: string): Finding => {
    if (detail !== undefined) return { name, state: 'fine', detail };
    return needed
      ? { name, state: 'problem', detail: 'none; TensorFlow cannot be installed without it', mend: `${mend}, ${wasmInstead}` }
      : { name, state: 'note', detail: 'none; only installing TensorFlow needs it' };
  };
  return [
    finding('npm', found.npm, 'install npm'),
    finding('pip', found.pip, 'install pip (Debian, Ubuntu: sudo apt install python3-pip)'),
    ...(needed ? [writable(engine, 'engine folder', engine.engineFolder(), `set GIVERNY_ENGINE_DIR to a folder that can be written, ${wasmInstead}`)] : []),
    { name: 'C++ compiler', state: 'fine', detail: found.compiler ?? 'none; one is downloaded when TensorFlow is installed (the ziglang wheel)' },
  ];
}

async function engines(engine: Examination): Promise<Finding[]> {
  const wasm = await engine.tryWasm();
  const device = engine.preferredDevice();
  return [
    wasm.ok
      ? { name: 'wasm', state: 'fine', detail: 'works (about ten times slower for training than TensorFlow)' }
      : { name: 'wasm', state: 'problem', detail: wasm.failure.message, mend: wasm.failure.hint ?? 'install giverny again' },
    await tensorflow(engine, device),
  ];
}

async function tensorflow(engine: Examination, device: ReturnType<Examination['preferredDevice']>): Promise<Finding> {
  const name = 'TensorFlow';
  const state = engine.engineState(device);
  if (!state.ok) return { name, state: 'note', detail: `${state.failure.message}; wasm is used` };
  const { value } = state;
  if (value.state === 'missing') {
    return { name, state: 'note', detail: `${value.unfinished ? 'half installed' : 'not installed yet'}; the first run that needs it ${value.unfinished ? 'finishes' : 'installs'} it` };
  }
  if (value.state === 'damaged') return { name, state: 'problem', detail: `damaged: ${value.reason}`, mend: 'giverny engine install' };
  const tried = await engine.tryTensorFlow(value.folder);
  if (!tried.ok) return { name, state: 'problem', detail: tried.failure.message, mend: 'giverny engine remove && giverny engine install' };
  return { name, state: 'fine', detail: `${value.stamp.tensorflow} on ${tried.value.gpu ? 'the GPU' : 'the CPU'} works, in ${value.folder}` };
}
