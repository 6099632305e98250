/** What two manifests differ in, field by field, and how far that sets them apart. */
import type { EngineSelection, Json } from '../stage.ts';
import type { ListedFile } from './digest.ts';
import { fileChanges, type FileChanges } from './file-changes.ts';
import { jsonDifferences } from './json-differences.ts';
import type { EngineIdentity, Manifest } from './manifest.ts';

/** The listing of a digest in `outside` or `from`, where it is known: then files can be counted and named. */
export type KnownListings = ReadonlyMap<string, readonly ListedFile[]>;

/** Names for the digests in `from`: the stages that the later manifest reads, in its order. */
export type SourceNames = readonly string[];

interface Changed<T> {
  /** Undefined where it is absent on that side. */
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** `of` names the field of the manifest. `files`: where both listings are known. */
export type ManifestDifference =
  | ({ readonly of: 'schema' } & Changed<number>)
  | ({ readonly of: 'uses' } & Changed<string>)
  | ({ readonly of: 'version'; readonly uses: string } & Changed<number>)
  /** Of a stage of the user: a module, by its path (`./my-stage.ts`), or a package, by its name. */
  | ({ readonly of: 'source'; readonly name: string } & Changed<string>)
  | ({ readonly of: 'parameter'; /** As in `loss.weights.cycle`. */ readonly path: string } & Changed<Json>)
  | ({ readonly of: 'seed' } & Changed<number>)
  | ({ readonly of: 'engine'; readonly part: keyof EngineIdentity; readonly backend: EngineSelection['backend'] } & Changed<string>)
  /** null: declared, and not set. */
  | ({ readonly of: 'environment'; readonly name: string } & Changed<string | null>)
  /** Digests. */
  | ({ readonly of: 'outside'; readonly name: string; readonly files?: FileChanges } & Changed<string>)
  | ({ readonly of: 'input'; readonly stage: string; readonly files?: FileChanges } & Changed<string>)
  /** How many stages it reads. */
  | ({ readonly of: 'inputs' } & Changed<number>);

/** In the manifest's order; the empty list means that the manifests are equal. */
export function manifestDifferences(before: Manifest, after: Manifest, sources: SourceNames, listings: KnownListings): readonly ManifestDifference[] {
  const parameters = jsonDifferences(before.params, after.params).map((each) => ({ of: 'parameter' as const, ...each }));
  const isNewOrGone = new Set(parameters.filter((each) => each.before === undefined || each.after === undefined).map(({ path }) => path));
  return [
    ...changed({ of: 'schema' as const }, before.schema, after.schema),
    ...changed({ of: 'uses' as const }, before.uses, after.uses),
    ...changed({ of: 'version' as const, uses: after.uses }, before.version, after.version),
    ...eachName(before.source ?? {}, after.source ?? {}, (name, was, is) => changed({ of: 'source' as const, name }, was, is)),
    ...parameters,
    ...changed({ of: 'seed' as const }, before.seed, after.seed),
    ...engineDifferences(before.engine, after.engine),
    ...eachName(before.environment, after.environment, (name, was, is) => changed({ of: 'environment' as const, name }, was, is)),
    ...eachName(before.outside, after.outside, (name, was, is) => {
      // `features absent → …` has said that it is new.
      const isSaid = (was === undefined || is === undefined) && isNewOrGone.has(name);
      return isSaid ? [] : changed({ of: 'outside' as const, name, ...filesOf(was, is, listings) }, was, is);
    }),
    ...inputDifferences(before.from, after.from, sources, listings),
  ];
}

function changed<T extends object, V>(what: T, before: V, after: V): readonly (T & { readonly before: V; readonly after: V })[] {
  return before === after ? [] : [{ ...what, before, after }];
}

type Named<V> = Readonly<Record<string, V>>;

function eachName<V, D>(before: Named<V>, after: Named<V>, compare: (name: string, before: V | undefined, after: V | undefined) => readonly D[]): readonly D[] {
  const member = (values: Named<V>, name: string): V | undefined => (Object.hasOwn(values, name) ? values[name] : undefined);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => compare(name, member(before, name), member(after, name)));
}

/** Of another backend neither version nor device can be compared. */
function engineDifferences(before: EngineIdentity | undefined, after: EngineIdentity | undefined): readonly ManifestDifference[] {
  const backend = (after ?? before)?.backend;
  if (backend === undefined) return [];
  const part = (name: keyof EngineIdentity) => changed({ of: 'engine' as const, part: name, backend }, before?.[name], after?.[name]);
  return before?.backend === after?.backend ? [...part('version'), ...part('device')] : part('backend');
}

function inputDifferences(before: readonly string[], after: readonly string[], sources: SourceNames, listings: KnownListings): readonly ManifestDifference[] {
  if (before.length !== after.length) return [{ of: 'inputs', before: before.length, after: after.length }];
  return after.flatMap((is, index) => {
    const was = before[index]!;
    return was === is ? [] : [{ of: 'input' as const, stage: sources[index] ?? `input ${index + 1}`, before: was, after: is, ...filesOf(was, is, listings) }];
  });
}

function filesOf(before: string | undefined, after: string | undefined, listings: KnownListings): { readonly files?: FileChanges } {
  if (before === undefined || after === undefined || before === after) return {};
  const [earlier, later] = [listings.get(before), listings.get(after)];
  return earlier === undefined || later === undefined ? {} : { files: fileChanges(earlier, later) };
}

/** Other data, or another backend, are other work: more than a turned knob. */
const weights: Readonly<Record<ManifestDifference['of'], number>> = {
  schema: 1, uses: 9, version: 1, source: 1, parameter: 1, seed: 1, engine: 1, environment: 1, outside: 3, input: 3, inputs: 3,
};

/** How far apart differences set two manifests: the sum of their weights. */
export function distanceOf(differences: readonly ManifestDifference[]): number {
  return differences.reduce((sum, each) => sum + (each.of === 'engine' && each.part === 'backend' ? 3 : weights[each.of]), 0);
}
