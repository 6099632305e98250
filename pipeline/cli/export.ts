/** `giverny export [RUN] --format …`: the stage `export` on a run's networks, its files into a folder of the user's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shortPath } from '../config/tree/source.ts';
import { failed, ok, type Result } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { StageDefinition } from '../stage.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { folderFor, onRun, runStageOnRun, type StageOnRun } from './stage-on-run.ts';
import { trainedNetworks } from './trained-networks.ts';

const flags = {
  'format': { type: 'string' },
  'output': { type: 'string', short: 'o' },
  'overwrite': { type: 'boolean' },
  'weights': { type: 'string' },
  'epoch': { type: 'string' },
  'stage': { type: 'string' },
} as const;

export async function exportCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const stage = await asked(args, io);
  if (!stage.ok) return printFailure(stage.failure, io);
  const written = await onRun(io, (around) => runStageOnRun(stage.value, around));
  if (!written.ok) return printFailure(written.failure, io);
  for (const file of written.value) io.stdout(`${shortPath(file, io.cwd)}\n`);
  return 0;
}

async function asked(args: readonly string[], io: CommandIo): Promise<Result<StageOnRun>> {
  const line = readCommandLine('export', args, flags, 1);
  if (!line.ok) return line;
  const { positionals: [run = 'latest'], flags: given } = line.value;
  const formats = readFormats(given.format, io.catalog.stages.get('export')!);
  if (!formats.ok) return formats;
  const { weights = 'auto', epoch } = given;
  if (!['auto', 'ema', 'last'].includes(weights)) return misuse(`--weights cannot be ${weights}`, 'auto, ema, last');
  if (epoch !== undefined && !/^[1-9]\d{0,5}$/.test(epoch)) return misuse(`--epoch cannot be ${epoch}`, 'a whole number from 1');
  const into = folderFor(given.output ?? 'exported', io.cwd);
  if (!into.ok) return into;
  const there = given.overwrite === true ? undefined : formats.value.find((format) => existsSync(join(into.value, format)));
  if (there !== undefined) return failed('usage', `${shortPath(join(into.value, there), io.cwd)} is there already`, { hint: '--overwrite, or another folder with -o' });
  const found = await findRun(run, io.root, io.cwd);
  if (!found.ok) return found;
  const networks = trainedNetworks(found.value, given.stage);
  if (!networks.ok) return networks;
  return ok({ uses: 'export', into: into.value, networks: networks.value, offline: true, params: { formats: formats.value, weights, run: found.value.run, ...(epoch !== undefined && { epoch: Number(epoch) }) } });
}

/** Those that the stage's schema knows. */
function readFormats(written: string | undefined, { schema }: StageDefinition): Result<readonly string[]> {
  const { formats } = schema['properties'] as { formats: { items: { enum: readonly string[] } } };
  const known = formats.items.enum;
  if (written === undefined) return misuse('giverny export needs --format', `${known.join(', ')}, or all`);
  if (written === 'all') return ok(known);
  const wanted = [...new Set(written.split(','))];
  const unknown = wanted.find((format) => !known.includes(format));
  return unknown === undefined ? ok(wanted) : misuse(`--format cannot be ${unknown}`, `${known.join(', ')}, or all`);
}

const misuse = (message: string, expected: string) => failed('usage', message, { expected, hint: 'giverny export --help' });
