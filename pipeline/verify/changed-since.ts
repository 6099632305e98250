/** What of a plan is no longer what the run was made of: a stage's version, a source, an engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentityManifest } from '../plan/identity.ts';
import type { KeyManifest } from '../plan/key.ts';
import type { Plan } from '../plan/plan.ts';
import { differences } from '../plan/reasons.ts';

/** One line a stage, for people. What plan.json does not say counts as unchanged. */
export async function changedSince(runFolder: string, plan: Plan): Promise<readonly string[]> {
  const planned = await readManifests(runFolder);
  return plan.stages.flatMap(({ name, manifest, from }) => {
    const before = planned.get(name);
    if (before === undefined) return [];
    // What it reads is said at the stage that makes it.
    const asKey = (of: IdentityManifest): KeyManifest => ({ ...of, of: 'key', from: [] });
    const lines = differences(asKey(before), asKey(manifest), from, new Map());
    return lines.length === 0 ? [] : [`${name}: ${lines.join(', ')}`];
  });
}

async function readManifests(runFolder: string): Promise<ReadonlyMap<string, IdentityManifest>> {
  try {
    const { stages } = JSON.parse(await readFile(join(runFolder, 'plan.json'), 'utf8')) as { readonly stages: readonly { readonly name: string; readonly manifest: IdentityManifest }[] };
    return new Map(stages.map(({ name, manifest }) => [name, manifest]));
  } catch {
    return new Map();
  }
}
