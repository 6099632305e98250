/** `npm run bench:step`: the training step and inference, ours beside PyTorch's and Keras's, in turn on one machine. See bench/README.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { startFileCommand, type Place } from './commands.ts';
import { readable, seconds } from './duration.ts';
import { measureTask } from './measure.ts';
import { help, readOptions, type Options } from './options.ts';
import { peers } from './peers.ts';
import { frameworkPython } from './python.ts';
import { merge, type Results } from './results.ts';
import { textTables } from './table.ts';
import type { Task } from './task.ts';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

const nothing: Results = { measurements: [], refusals: [] };

async function measureAll(options: Options, scratch: string): Promise<Results> {
  const run = new Date().toISOString();
  let results = nothing;
  for (const task of options.tasks) {
    const chosen = options.peers.filter(({ kinds }) => kinds.includes(task.kind));
    if (chosen.length === 0) continue;
    const place = placeFor(task, options, scratch);
    const reference = peers.find(({ name }) => name === 'ours-eager')!;
    const measured = await measureTask(task, place, { peers: chosen, reference, steps: options.steps, rounds: options.rounds, run, say });
    results = merge(results, measured);
    console.log(`${textTables(measured)}\n`);
    if (options.json !== undefined) save(options.json, measured);
  }
  return results;
}

function placeFor(task: Task, { python, device, peers: chosen }: Options, scratch: string): Place {
  const used = (framework: 'torch' | 'keras') => (chosen.some((peer) => peer.framework === framework) ? frameworkPython(framework, python[framework], say) : '');
  const place = { device, python: { torch: used('torch'), keras: used('keras') }, file: join(scratch, 'start.safetensors'), scratch };
  rmSync(place.file, { force: true });
  const { file, args } = startFileCommand(task, place);
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return place;
}

const read = (file: string): Results => JSON.parse(readFileSync(file, 'utf8')) as Results;

/** After each task, so that an interrupted night is not lost. */
function save(file: string, measured: Results): void {
  const earlier = existsSync(file) ? read(file) : nothing;
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version, platform: `${process.platform}-${process.arch}` };
  writeFileSync(file, `${JSON.stringify({ machine, ...merge(earlier, measured) }, null, 1)}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return console.log(help);
  if (options.show !== undefined) return console.log(textTables(read(options.show)));
  const total = options.tasks.reduce((sum, task) => sum + seconds(task, options.peers.filter(({ kinds }) => kinds.includes(task.kind)).length, options.steps * options.rounds), 0);
  say(`${options.tasks.length} ${options.tasks.length === 1 ? 'task' : 'tasks'}, about ${readable(total)}; nothing else should run meanwhile`);
  const scratch = mkdtempSync(join(tmpdir(), 'giverny-bench-'));
  try {
    await measureAll(options, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
