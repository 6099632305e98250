/** `giverny cache ls`: what lies in the cache, by stage and size, and what `cache gc` would free. */
import { bytesOf, planCollection, type Collection } from '../cache/collection.ts';
import { takeInventory, type Inventory } from '../cache/inventory.ts';
import { layoutUnder } from '../cache/layout.ts';
import { bytesText, countText } from '../progress/words.ts';
import { cacheNeeds } from './cache-needs.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { table } from './table.ts';

interface StageSpace {
  readonly stage: string;
  readonly uses: string;
  readonly entries: number;
  readonly files: number;
  /** Of its objects, each counted once. */
  readonly bytes: number;
  /** Of those that another stage's outputs hold too. */
  readonly shared: number;
  readonly checkpoints: number;
  /** What `cache gc` would free. */
  readonly free: number;
}

export async function cacheLsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('cache ls', args, { json: { type: 'boolean' } } as const, 0);
  if (!line.ok) return printFailure(line.failure, io);
  const needs = await cacheNeeds(io.root);
  if (!needs.ok) return printFailure(needs.failure, io);
  const inventory = await takeInventory(layoutUnder(io.root));
  const collection = planCollection(inventory, needs.value, { checkpoints: false });
  const stages = stageSpaces(inventory, collection);
  if (line.value.flags.json === true) for (const row of [...stages, totalOf(inventory, collection)]) io.stdout(`${JSON.stringify(row)}\n`);
  else print(stages, inventory, collection, io);
  return 0;
}

/** The largest first. A stage is a name and what it uses; checkpoints count to the stage that trained last. */
function stageSpaces(inventory: Inventory, { removals }: Collection): readonly StageSpace[] {
  const groups = new Map<string, { stage: string; uses: string; entries: number; files: number; objects: Set<string>; checkpoints: number; free: number }>();
  const group = (stage: string, uses: string) => {
    const name = JSON.stringify([stage, uses]);
    const found = groups.get(name) ?? { stage, uses, entries: 0, files: 0, objects: new Set<string>(), checkpoints: 0, free: 0 };
    groups.set(name, found);
    return found;
  };
  for (const { record, files, objects } of inventory.entries) {
    const space = group(record.stage, record.uses);
    space.entries += 1;
    space.files += files;
    for (const digest of objects) space.objects.add(digest);
  }
  for (const { record, bytes } of inventory.checkpoints) group(record?.stage ?? 'unknown', record?.manifest.uses ?? '').checkpoints += bytes;
  for (const removal of removals) {
    if (removal.kind === 'entry') group(removal.entry.record.stage, removal.entry.record.uses).free += removal.bytes;
    if (removal.kind === 'checkpoints') group(removal.checkpoints.record?.stage ?? 'unknown', removal.checkpoints.record?.manifest.uses ?? '').free += removal.bytes;
  }
  const holders = new Map<string, number>();
  for (const { objects } of groups.values()) for (const digest of objects) holders.set(digest, (holders.get(digest) ?? 0) + 1);
  const bytesIn = (digests: readonly string[]): number => digests.reduce((sum, digest) => sum + (inventory.objects.get(digest)?.bytes ?? 0), 0);
  return [...groups.values()].map(({ objects, ...space }) => ({
    ...space, bytes: bytesIn([...objects]), shared: bytesIn([...objects].filter((digest) => holders.get(digest)! > 1)),
  })).sort((left, right) => right.bytes + right.checkpoints - left.bytes - left.checkpoints);
}

function totalOf(inventory: Inventory, { before, after }: Collection) {
  const { entries, objects, checkpoints, quarantine, underway, unreadable } = inventory;
  return {
    total: true, bytes: before, entries: entries.length, objects: objects.size, checkpoints: checkpoints.reduce((sum, { bytes }) => sum + bytes, 0),
    quarantine, underway, unreadable: unreadable.length, free: before - after,
  };
}

function print(stages: readonly StageSpace[], inventory: Inventory, collection: Collection, io: CommandIo): void {
  if (bytesOf(inventory) === 0) return io.stderr('the cache is empty: giverny run CONFIG fills it\n');
  const { bytes, objects, entries, quarantine, underway, unreadable, free } = totalOf(inventory, collection);
  const size = (bytes: number): string => (bytes === 0 ? '' : bytesText(bytes));
  io.stdout(table(stages.map(({ stage, uses, entries, files, bytes, shared, checkpoints, free }) =>
    [stage, uses === stage ? '' : uses, countText(entries), countText(files), bytesText(bytes), size(shared), size(checkpoints), size(free)]),
  ['stage', stages.some(({ stage, uses }) => stage !== uses) ? 'uses' : '', 'entries', 'files', 'size', 'shared', 'checkpoints', free === 0 ? '' : 'gc frees']));
  io.stdout(`\n${bytesText(bytes)} in ${countText(objects)} objects of ${countText(entries)} entries${free === 0 ? '' : `; giverny cache gc frees ${bytesText(free)}`}\n`);
  if (quarantine > 0) io.stdout(`${bytesText(quarantine)} in quarantine, damaged\n`);
  if (underway > 0) io.stdout(`${bytesText(underway)} in work folders\n`);
  if (unreadable > 0) io.stdout(`${countText(unreadable)} key records that cannot be read: giverny cache verify\n`);
}
