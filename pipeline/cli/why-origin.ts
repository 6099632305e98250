/** Where the new values of a comparison come from: the line of the config, the command line, a default. */
import type { Config } from '../config/config.ts';
import { resolveConfig } from '../config/load.ts';
import { readConfig } from '../config/read/extends.ts';
import { nodeAt, pathOf, type ConfigNode, type MapNode } from '../config/tree/config-node.ts';
import { commandLine, placeName } from '../config/tree/source.ts';
import type { ManifestDifference } from '../plan/manifest-differences.ts';
import type { PlannedStage } from '../plan/plan.ts';
import { sayManifestDifference } from '../plan/reasons.ts';
import { namedRuns } from '../run-folder/named-run.ts';
import { formatWhere } from './print-failure.ts';
import type { CommandIo } from './command.ts';
import type { SaidDifference } from './why-answer.ts';

/** Says a difference of a stage with where it comes from. */
export type SayWithOrigin = (stage: PlannedStage, difference: ManifestDifference) => SaidDifference;

/** Reads the config once more, for the places: a plan keeps only values. */
export async function withOrigins({ file }: Config, overrides: readonly string[], { catalog, cwd, root }: CommandIo): Promise<SayWithOrigin> {
  const document = await readConfig(file);
  const loaded = document.ok ? await resolveConfig(document.value, overrides, catalog, cwd, namedRuns(root, file).find) : document;
  const tree = loaded.ok ? loaded.value.root : undefined;
  return (stage, difference) => {
    const origin = tree === undefined ? undefined : originOf(tree, stage, difference, cwd);
    return { ...difference, text: sayManifestDifference(difference), ...(origin === undefined ? {} : { origin }) };
  };
}

function originOf(root: MapNode, { name, prepared }: PlannedStage, difference: ManifestDifference, cwd: string): string | undefined {
  const written = (...path: readonly string[]): string | undefined => {
    const source = nodeAt(root, path)?.source;
    return source && placeName(source, cwd);
  };
  switch (difference.of) {
    case 'parameter': return originOfParameter(root, ['stages', name], difference, cwd);
    case 'seed': return difference.after === undefined ? undefined : written('seed') ?? 'default';
    case 'engine': return difference.part === 'version' ? undefined : written('engine', difference.part) ?? written('engine');
    case 'inputs': return written('stages', name, 'from');
    case 'environment': return difference.before === undefined ? written('stages', name, 'environment') : undefined;
    case 'outside': {
      const where = prepared.outside?.find((input) => input.name === difference.name)?.where;
      return where && (where.file === commandLine ? `${commandLine}: ${where.text ?? ''}` : formatWhere(where, cwd));
    }
    default: return undefined;
  }
}

/** A default where neither the value itself is written nor a text or list that it was given in; nothing where there is no value any more. */
function originOfParameter(root: MapNode, stage: readonly string[], { path, after }: Extract<ManifestDifference, { readonly of: 'parameter' }>, cwd: string): string | undefined {
  const names = pathOf(path);
  for (let depth = names.length; depth > 0; depth -= 1) {
    const node: ConfigNode | undefined = nodeAt(root, [...stage, ...names.slice(0, depth)]);
    if (node === undefined) continue;
    if (node.kind === 'map' && depth < names.length) break;
    return placeName(node.source, cwd);
  }
  return after === undefined ? undefined : 'default';
}
