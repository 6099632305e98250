/** Why a stage has to run: its key's manifest against an earlier one, field by field. */
import type { ListedFile } from './digest.ts';
import { jsonDifferences, sayDifference } from './json-differences.ts';
import type { JsonDifference } from './json-differences.ts';
import type { EngineIdentity, Manifest } from './manifest.ts';

/** The listing of a digest in `outside` or `from`, where it is known: then files can be counted and named. */
export type KnownListings = ReadonlyMap<string, readonly ListedFile[]>;

/** Names for the digests in `from`: the stages that the later manifest reads, in its order. */
export type SourceNames = readonly string[];

/** Every difference, one line each; the empty list means the manifests are equal. */
export function differences(before: Manifest, after: Manifest, sources: SourceNames, listings: KnownListings): readonly string[] {
  const parameters = jsonDifferences(before.params, after.params);
  return [
    ...(before.schema === after.schema ? [] : [`key schema ${before.schema} → ${after.schema}`]),
    ...(before.version === after.version ? [] : [`${after.uses} version ${before.version} → ${after.version}`]),
    ...parameters.map(sayDifference),
    ...(before.seed === after.seed ? [] : [`seed ${before.seed ?? 'unused'} → ${after.seed ?? 'unused'}`]),
    ...engineDifferences(before.engine, after.engine),
    ...jsonDifferences(before.environment, after.environment).map((each) => sayDifference({ ...each, path: `$${each.path}` })),
    ...outsideDifferences(withoutSaid(before.outside, after.outside, parameters), withoutSaid(after.outside, before.outside, parameters), listings),
    ...sourceDifferences(before.from, after.from, sources, listings),
  ];
}

function engineDifferences(before: EngineIdentity | undefined, after: EngineIdentity | undefined): readonly string[] {
  if (before === undefined || after === undefined) return before === after ? [] : ['engine'];
  if (before.backend !== after.backend) return [`engine ${before.backend} → ${after.backend}`];
  return [
    ...(before.version === after.version ? [] : [`${after.backend} ${before.version} → ${after.version}`]),
    ...(before.device === after.device ? [] : [`device ${before.device} → ${after.device}`]),
  ];
}

type Digests = Readonly<Record<string, string>>;

/** Without what only this side has and its parameter only this side has too: `features absent → …` says that it is new. */
function withoutSaid(outside: Digests, other: Digests, parameters: readonly JsonDifference[]): Digests {
  const said = new Set(parameters.filter((each) => each.before === undefined || each.after === undefined).map(({ path }) => path));
  return Object.fromEntries(Object.entries(outside).filter(([name]) => name in other || !said.has(name)));
}

function outsideDifferences(before: Digests, after: Digests, listings: KnownListings): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [earlier, later] = [before[name], after[name]];
    if (earlier === later) return [];
    if (earlier === undefined) return [`${name} is new`];
    if (later === undefined) return [`${name} is no longer read`];
    return [fileDifferences(earlier, later, listings, `of ${name}`) ?? `${name} changed`];
  });
}

function sourceDifferences(
  before: readonly string[],
  after: readonly string[],
  sources: SourceNames,
  listings: KnownListings,
): readonly string[] {
  if (before.length !== after.length) return [`reads ${after.length} stages instead of ${before.length}`];
  return after.flatMap((later, index) => {
    const earlier = before[index]!;
    if (earlier === later) return [];
    const source = sources[index] ?? `input ${index + 1}`;
    return [fileDifferences(earlier, later, listings, `from ${source}`) ?? `the output of ${source} changed`];
  });
}

const namedAtMost = 3;

/** `3 of 1,067 input files changed (from resize): train/A/1.png, …`; undefined where a listing is not known. */
function fileDifferences(earlier: string, later: string, listings: KnownListings, which: string): string | undefined {
  const [before, after] = [listings.get(earlier), listings.get(later)];
  if (before === undefined || after === undefined) return undefined;
  const changed = changedPaths(before, after);
  const named = changed.slice(0, namedAtMost).join(', ') + (changed.length > namedAtMost ? ', …' : '');
  const total = new Set([...before, ...after].map((file) => file.path)).size.toLocaleString('en-US');
  const files = total === '1' ? 'file' : 'files';
  return `${changed.length.toLocaleString('en-US')} of ${total} input ${files} changed (${which}): ${named}`;
}

function changedPaths(before: readonly ListedFile[], after: readonly ListedFile[]): readonly string[] {
  const earlier = new Map(before.map((file) => [file.path, file.digest]));
  const changed = after.filter((file) => earlier.get(file.path) !== file.digest).map((file) => file.path);
  const later = new Set(after.map((file) => file.path));
  return [...changed, ...before.map((file) => file.path).filter((path) => !later.has(path))].sort();
}
