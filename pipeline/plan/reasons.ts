/** Why a stage has to run, in words: its key's manifest against an earlier one, field by field. */
import { sayFileChanges } from './file-changes.ts';
import { sayDifference } from './json-differences.ts';
import type { Manifest } from './manifest.ts';
import { manifestDifferences, type KnownListings, type ManifestDifference, type SourceNames } from './manifest-differences.ts';

/** Every difference, one line each; the empty list means the manifests are equal. */
export function differences(before: Manifest, after: Manifest, sources: SourceNames, listings: KnownListings): readonly string[] {
  return manifestDifferences(before, after, sources, listings).map(sayManifestDifference);
}

const backends = { tensorflow: 'TensorFlow', wasm: 'wasm' } as const;

/** `loss.weights.cycle 10 → 5`, `resize version 2 → 3`, `TensorFlow 2.21.0 → 2.22.0`, `3 of 1,067 images changed (from resize): …`. */
export function sayManifestDifference(difference: ManifestDifference): string {
  const { before, after } = difference;
  switch (difference.of) {
    case 'schema': return `key schema ${before} → ${after}`;
    case 'uses': return `uses ${before} → ${after}`;
    case 'version': return `${difference.uses} version ${before} → ${after}`;
    case 'source': return saySource(difference);
    case 'parameter': return sayDifference(difference);
    case 'seed': return `seed ${before ?? 'unused'} → ${after ?? 'unused'}`;
    case 'engine': return sayEngine(difference);
    case 'environment': return `$${difference.name} ${sayVariable(difference.before)} → ${sayVariable(difference.after)}`;
    case 'outside': return sayOutside(difference);
    case 'input': return difference.files === undefined ? `the output of ${difference.stage} changed` : sayFileChanges(difference.files, `from ${difference.stage}`);
    case 'inputs': return `reads ${difference.after} stages instead of ${difference.before}`;
  }
}

function sayEngine({ part, backend, before, after }: Extract<ManifestDifference, { readonly of: 'engine' }>): string {
  const name = (value: string | undefined): string => (value === 'tensorflow' || value === 'wasm' ? backends[value] : 'none');
  if (part === 'backend') return `engine ${name(before)} → ${name(after)}`;
  return `${part === 'version' ? backends[backend] : part} ${before} → ${after}`;
}

/** A module is told by its path, which begins with a dot. */
function saySource({ name, before, after }: Extract<ManifestDifference, { readonly of: 'source' }>): string {
  if (before === undefined) return `${name} is new`;
  if (after === undefined) return `${name} is no longer imported`;
  return name.startsWith('.') ? `${name} changed` : `package ${name} ${before} → ${after}`;
}

function sayOutside({ name, before, after, files }: Extract<ManifestDifference, { readonly of: 'outside' }>): string {
  if (before === undefined) return `${name} is new`;
  if (after === undefined) return `${name} is no longer read`;
  return files === undefined ? `${name} changed` : sayFileChanges(files, `of ${name}`);
}

function sayVariable(value: string | null | undefined): string {
  if (value === undefined) return 'not declared';
  return value ?? 'not set';
}
