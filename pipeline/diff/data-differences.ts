/** Which files the runs did not have alike: those outside that they read, and those that their stages made of them. */
import { fileChanges, sayFileChanges } from '../plan/file-changes.ts';
import type { ListedFile } from '../plan/digest.ts';
import type { DataDifference } from './comparison.ts';
import type { GatheredRun, GatheredStage } from './gather.ts';

/** The files of a listing, if a cache has kept it. */
export type FindListing = (digest: string) => Promise<readonly ListedFile[] | undefined>;

/** Of `run`, under `letter`, against `reference`. Only where the data parts ways: what later stages make of it follows. */
export async function dataDifferences(reference: GatheredRun, run: GatheredRun, letter: string, listing: FindListing): Promise<readonly DataDifference[]> {
  const differences: DataDifference[] = [];
  const following: string[] = [];
  const parted = new Set<string>();
  for (const stage of run.stages) {
    const before = reference.stages.find(({ name }) => name === stage.name);
    if (before === undefined) continue;
    differences.push(...await outsideDifferences(before, stage, letter, listing));
    const [was, is] = [outputsOf(reference, stage.name), outputsOf(run, stage.name)];
    // Of what runs tensors only the numbers say something, and they are said elsewhere.
    if (was === undefined || is === undefined || was === is || stage.manifest.engine !== undefined) continue;
    parted.add(stage.name);
    if (stage.from.some((source) => parted.has(source))) following.push(stage.name);
    else differences.push({ letter, stage: stage.name, text: await filesText(was, is, `made by ${stage.name}`, listing) });
  }
  return following.length === 0 ? differences : [...differences, { letter, stage: following[0]!, text: `and so ${following.join(', ')}` }];
}

const outputsOf = ({ listed }: GatheredRun, stage: string): string | undefined => listed.record.stages[stage]?.outputs;

async function outsideDifferences(before: GatheredStage, after: GatheredStage, letter: string, listing: FindListing): Promise<readonly DataDifference[]> {
  const differences: DataDifference[] = [];
  for (const name of new Set([...Object.keys(before.manifest.outside), ...Object.keys(after.manifest.outside)])) {
    const [was, is] = [before.manifest.outside[name], after.manifest.outside[name]];
    if (was === is) continue;
    const text = was === undefined || is === undefined ? `${name} is read only by ${was === undefined ? letter : 'A'}` : await filesText(was, is, `${name} of ${after.name}`, listing);
    differences.push({ letter, stage: after.name, text });
  }
  return differences;
}

async function filesText(before: string, after: string, which: string, listing: FindListing): Promise<string> {
  const [was, is] = await Promise.all([listing(before), listing(after)]);
  if (was !== undefined && is !== undefined) return sayFileChanges(fileChanges(was, is), which);
  return `${which}: not the same (which files is not known: ${was === undefined && is === undefined ? 'their lists are' : 'a list of them is'} not in the cache)`;
}
