/** `stages.evaluate: false` takes away a stage that another file, or the file itself before an override, has. */
import type { Failure, Result } from '../../failure.ts';
import { failed, ok } from '../../failure.ts';
import { didYouMean } from '../nearest-name.ts';
import type { MapEntry, MapNode } from '../tree/config-node.ts';
import { withEntry } from '../tree/config-node.ts';
import { whereOf } from '../tree/source.ts';

const isRemoval = ({ node }: MapEntry): boolean => node.kind === 'scalar' && node.value === false;

/** The config without them. Fails with `unknown-stage` where there is nothing to take away: then the name is a typo. */
export function withoutRemovedStages(root: MapNode): Result<MapNode> {
  const stages = root.entries.get('stages');
  if (stages?.node.kind !== 'map') return ok(root);
  const entries = [...stages.node.entries];
  const kept = entries.filter(([, entry]) => !isRemoval(entry));
  const idle = entries.find(([, entry]) => isRemoval(entry) && entry.node.overrode === undefined);
  if (idle !== undefined) return { ok: false, failure: nothingToRemove(idle[0], idle[1], kept.map(([name]) => name)) };
  return ok(kept.length === entries.length ? root : withEntry(root, 'stages', { ...stages, node: { ...stages.node, entries: new Map(kept) } }));
}

function nothingToRemove(name: string, { key, node }: MapEntry, others: readonly string[]): Failure {
  const source = key ?? node.source;
  const hint = didYouMean(name, others);
  return failed('unknown-stage', `stages.${name} is false, which removes a stage, and there is no ${name} to remove`, {
    ...(source === undefined ? {} : { where: whereOf(source) }),
    ...(others.length === 0 ? {} : { expected: `one of ${others.join(', ')}` }),
    ...(hint === undefined ? {} : { hint }),
  }).failure;
}
