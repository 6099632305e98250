/** What `init_from` means, before anything runs: which files, and whether they can be the networks that the config describes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../../../pipeline/failure.ts';
import type { FailureDetails, Result } from '../../../pipeline/failure.ts';
import type { FoundRun, OutsideInput, ParameterPlaces } from '../../../pipeline/stage.ts';
import type { ModelSpec } from '../../model/spec.ts';
import { compareWithSpec } from './compare.ts';
import { initFromFailed } from './failures.ts';
import { networkFiles, networkFolder, networksUsed } from './network-folder.ts';

export interface InitFrom {
  /** Absolute path of the folder with the networks: what `init_from` is from here on, in the run folder's config.yaml too. */
  readonly folder: string;
  /** The networks' files. Their digest is what enters identity, key and trajectory; the path must not. */
  readonly outside: readonly OutsideInput[];
}

const parameter = 'init_from';

/**
 * `value`: a folder (anything with a slash), the name of a run in runs/ or its beginning, or `latest`. Both generators
 * are needed; the discriminators are taken where both are there, else they begin as the seed draws them. The moving
 * averages (EMA) of a run are not taken, nor its optimizer: training begins with its plain networks and a fresh Adam.
 * Fails with `train-init-missing`, `train-init-mismatch`, `train-init-damaged`, or as the runner's search does.
 */
export function prepareInitFrom(value: string, model: ModelSpec, places: ParameterPlaces): Result<InitFrom> {
  const found = findNetworks(value, places);
  if (!found.ok) return found;
  const folder = found.value;
  const names = networksUsed(folder);
  const compared = compareWithSpec(folder, names, model);
  if (!compared.ok) return { ok: false, failure: { ...at(places), ...compared.failure } };
  const only = names.flatMap((name) => networkFiles.map((file) => `${name}/${file}`));
  return ok({ folder, outside: [{ name: parameter, path: folder, only, readAtStart: true, ...at(places) }] });
}

/** A name without a slash is a run's, as on the command line. */
function findNetworks(value: string, places: ParameterPlaces): Result<string> {
  const isFolder = /[/\\]/.test(value) || value === '.' || value === '..';
  if (isFolder || places.findRun === undefined) return networksAt(places.resolvePath(parameter, value), places);
  const run = places.findRun(parameter, value);
  if (!run.ok) return run;
  const folder = networkFolder(run.value.folder);
  return folder === undefined ? unfinished(run.value, places) : ok(folder);
}

function networksAt(folder: string, places: ParameterPlaces): Result<string> {
  const found = networkFolder(folder);
  if (found !== undefined) return ok(found);
  if (!existsSync(folder)) return missing(`init_from: ${folder} does not exist`, places);
  return missing(`init_from: ${folder} holds no trained networks`, places, keptNetworks(folder));
}

function unfinished(run: FoundRun, places: ParameterPlaces): Result<never> {
  const how = { running: 'is still running, or was killed', interrupted: 'was interrupted', failed: 'failed before its training ended', done: 'trains none, or they were removed' }[run.state];
  const hint = `giverny run ${join(run.folder, 'config.yaml')} ${run.state === 'done' ? 'puts back what was removed' : 'continues it'}; giverny ls lists the others`;
  return missing(`init_from: ${run.run} has no trained networks: it ${how}`, places, keptNetworks(run.folder) ?? hint);
}

/** The newest of those that keep_every has kept of a run that is not done: by number, as epoch-10000 comes after epoch-9999. */
function keptNetworks(folder: string): string | undefined {
  const kept = ['.', 'models'].flatMap((below) => foldersIn(join(folder, below)).map((name) => join(folder, below, name)));
  const newest = kept.filter((each) => networkFolder(each) !== undefined).sort(byNumber().compare).at(-1);
  return newest === undefined ? undefined : `those of an epoch are in ${newest}`;
}

/** Made when it is needed: that takes 10 ms. */
const byNumber = (): Intl.Collator => new Intl.Collator('en', { numeric: true });

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'models').map(({ name }) => name);
  } catch {
    return []; // no models folder yet
  }
}

function missing(message: string, places: ParameterPlaces, hint?: string): Result<never> {
  const details: FailureDetails = {
    ...at(places), expected: "a run's folder or name, latest, or a folder with generatorAToB/model.json and the others", ...(hint !== undefined && { hint }),
  };
  return initFromFailed('train-init-missing', message, details);
}

function at(places: ParameterPlaces): Pick<FailureDetails, 'where'> {
  const where = places.where(parameter);
  return where === undefined ? {} : { where };
}
