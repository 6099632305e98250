import { join } from 'node:path';
import { failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { Json, OutsideInput, ParameterPlaces, PreparedParams, StageDefinition } from '../../pipeline/stage.ts';
import { imageSetOutputs } from '../image-set/output.ts';
import { fetchFailures } from './failures.ts';
import { namedFolders } from './layout.ts';
import { localRoot } from './local-folder.ts';
import { fetchSchema } from './schema.ts';
import type { FetchParams } from './schema.ts';
import { sourceOf } from './source.ts';
import type { Source } from './source.ts';

/**
 * Brings the data: downloads and unpacks a zip, or reads a local zip or folder. Files are kept as they came.
 *
 * Its "trajectory" (in the sense of checkpoints) is the download: named by the sha256, or else by the URL. So a broken
 * download outlives the attempt and is resumed, also from a mirror, and other `splits` of the same zip need no second one.
 */
export const fetchStage: StageDefinition<FetchParams> = {
  uses: 'fetch',
  version: 2,
  summary: 'Bring the images: a zip from a URL (checked, resumed), or a local zip or folder.',
  schema: fetchSchema,
  inputs: { min: 0, max: 0 },
  makes: 'images',
  engine: false,
  failures: fetchFailures,
  outputs: () => imageSetOutputs,
  prepare,
  load: async () => (await import('./run.ts')).implementation,
};

function prepare(raw: unknown, places: ParameterPlaces): Result<PreparedParams<FetchParams>> {
  const given = raw as FetchParams;
  const source = sourceOf(given.url, (path) => places.resolvePath('url', path));
  if (!source) {
    return refused(places, 'url', `url is ${JSON.stringify(given.url)}`, 'a URL that begins with http:// or https://, or the path of a zip or a folder');
  }
  const escaping = namedFolders(given.splits).find((folder) => folder === '' || folder.split('/').includes('..'));
  if (escaping !== undefined) {
    return refused(places, 'splits', 'splits names a folder outside the data', 'folders inside the zip or folder that url names');
  }
  if (source.kind === 'folder' && given.sha256 !== undefined) {
    return refused(places, 'sha256', 'url is a folder, and a folder has no sha256', 'sha256 only beside a zip; a folder is known by its files');
  }
  return ok(prepared(given, source, places));
}

function prepared(given: FetchParams, source: Source, places: ParameterPlaces): PreparedParams<FetchParams> {
  const sha256 = given.sha256?.toLowerCase();
  const content = sha256 === undefined ? {} : { sha256 };
  const params = { ...given, ...content, url: source.kind === 'remote' ? given.url : source.path };
  const chosen = { splits: given.splits as Json, paired: [...given.paired].sort() };
  if (source.kind !== 'remote') {
    const outside = sha256 === undefined ? outsideInputs(params, source, places) : [];
    return { params, keyed: { ...content, ...chosen }, outside, random: false };
  }
  const named = sha256 === undefined ? { url: source.address } : content;
  return { params, keyed: { ...named, ...chosen }, trajectory: named, random: false, network: true };
}

/** A zip whole; of a folder only what `splits` names. */
function outsideInputs(params: FetchParams, source: Exclude<Source, { kind: 'remote' }>, places: ParameterPlaces): OutsideInput[] {
  const where = places.where('url');
  const at = where ? { where } : {};
  const root = source.kind === 'folder' ? localRoot(params.splits, source.path) : undefined;
  if (root === undefined) return [{ name: 'url', path: source.path, ...at }];
  return namedFolders(params.splits).map((folder) => ({ name: folder, path: join(root, folder), ...at }));
}

function refused(places: ParameterPlaces, parameter: string, message: string, expected: string) {
  const where = places.where(parameter);
  return failed('config-invalid-value', message, { ...(where && { where }), expected });
}
