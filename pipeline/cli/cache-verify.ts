/** `giverny cache verify [--repair]`: reads everything, names what is damaged. Exit code 1 where something is. */
import { layoutUnder } from '../cache/layout.ts';
import { repairCache, verifyCache, type DamagedObject, type Verification } from '../cache/verify.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { shortPath } from '../config/tree/source.ts';
import { bytesText, countText } from '../progress/words.ts';
import { readRunNeeds, type RunNeeds } from '../run-folder/needs.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

export async function cacheVerifyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('cache verify', args, { repair: { type: 'boolean' }, json: { type: 'boolean' } } as const, 0);
  if (!line.ok) return printFailure(line.failure, io);
  const repair = line.value.flags.repair === true;
  const layout = layoutUnder(io.root);
  const found = await verifyCache(layout, io.catalog.examineCheckpoint === undefined ? {} : { examineCheckpoint: io.catalog.examineCheckpoint });
  const needs = await readRunNeeds(io.root);
  try {
    if (repair) await repairCache(layout, found);
  } catch (error) {
    return printFailure(fileFailure(error, layout.quarantine).failure, io);
  }
  const again = runAgain(found, needs.ok ? needs.value : undefined);
  if (line.value.flags.json === true) for (const row of jsonOf(found, again, repair)) io.stdout(`${JSON.stringify(row)}\n`);
  else print(found, again, repair, io);
  return isSound(found) ? 0 : 1;
}

const isSound = ({ damagedObjects, damagedRecords, damagedCheckpoints }: Verification): boolean =>
  damagedObjects.length + damagedRecords.length + damagedCheckpoints.length === 0;

interface Again {
  readonly stage: string;
  readonly key: string;
  readonly runs: readonly string[];
}

/** Stages whose outputs are taken out of use, once each. */
function runAgain({ damagedObjects }: Verification, needs: RunNeeds | undefined): readonly Again[] {
  const records = new Map(damagedObjects.flatMap(({ uses }) => uses.map(({ record }) => [record.key, record] as const)));
  return [...records.values()].map((record) => ({ stage: record.stage, key: record.key, runs: needs?.ofEntry(record) ?? [] }));
}

const words = { gone: 'is gone', changed: 'is not what its digest says', unreadable: 'cannot be read' } as const;

function lineOf({ digest, what, uses }: DamagedObject): string {
  const [first, ...others] = uses;
  const name = first === undefined ? 'an object that no key names' : `${first.record.stage}: ${first.path ?? 'the list of its files'}`;
  const more = others.length === 0 ? '' : ` and ${countText(others.length)} more ${others.length === 1 ? 'use' : 'uses'} of it`;
  return `${name}${more} ${words[what]} (${digest.slice(0, 12)})`;
}

function print(found: Verification, again: readonly Again[], repair: boolean, io: CommandIo): void {
  for (const object of found.damagedObjects) io.stdout(`${lineOf(object)}\n`);
  for (const key of found.damagedRecords) io.stdout(`the record of key ${key.slice(0, 12)} cannot be read\n`);
  for (const { folder, stage, what } of found.damagedCheckpoints) io.stdout(`${stage ?? 'a stage'}: checkpoint ${shortPath(folder, io.cwd)}: ${what}\n`);
  const { entries, objects, bytes, checkpoints } = found;
  const read = `${countText(entries)} entries, ${countText(objects)} objects (${bytesText(bytes)}) and ${countText(checkpoints)} checkpoints read`;
  if (isSound(found)) return io.stdout(`${read}: all as their digests say\n`);
  const count = found.damagedObjects.length + found.damagedRecords.length + found.damagedCheckpoints.length;
  io.stdout(`\n${read}: ${countText(count)} damaged\n`);
  if (!repair) return io.stdout('giverny cache verify --repair takes them out of use, so that their stages run again; a run does so itself with what it reads\n');
  io.stdout('moved to .giverny/cache/quarantine; giverny cache gc removes it\n');
  for (const { stage, runs } of again) io.stdout(`${stage} runs again${runs.length === 0 ? ' where a config asks for it' : `: ${runs.map((run) => `giverny run runs/${run}/config.yaml`).join(', ')}`}\n`);
  if (found.damagedRecords.length > 0) io.stdout(`${found.damagedRecords.length === 1 ? 'the stage' : 'the stages'} whose key record could not be read ${found.damagedRecords.length === 1 ? 'runs' : 'run'} again where a config asks for it\n`);
  if (found.damagedCheckpoints.length > 0) io.stdout('a training continues from the newest checkpoint that is left\n');
}

function jsonOf(found: Verification, again: readonly Again[], repaired: boolean): readonly unknown[] {
  const { damagedObjects, damagedRecords, damagedCheckpoints, ...counts } = found;
  return [
    ...damagedObjects.map(({ digest, what, uses }) => ({ damaged: 'object', digest, what, uses: uses.map(({ record, path }) => ({ stage: record.stage, key: record.key, path: path ?? null })) })),
    ...damagedRecords.map((key) => ({ damaged: 'record', key })),
    ...damagedCheckpoints.map((checkpoint) => ({ damaged: 'checkpoint', ...checkpoint })),
    { total: true, sound: isSound(found), repaired, ...counts, runAgain: again },
  ];
}
