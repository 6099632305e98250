import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failed, ok, type Result } from '../../pipeline/failure.ts';
import type { Json, ParameterPlaces, PreparedParams } from '../../pipeline/stage.ts';
import { networkFiles } from './features/network-files.ts';
import type { EvaluateParams, FeatureParams } from './schema.ts';

/** Makes the path absolute and the network's folder; refuses a supervised stage that is not read and a range without extent. */
export function prepareEvaluate(raw: unknown, places: ParameterPlaces): Result<PreparedParams<EvaluateParams>> {
  const given = raw as EvaluateParams;
  const { features, supervised } = given;
  const { from } = places;
  if (supervised !== undefined && from?.includes(supervised) === false) {
    return refused(places, 'supervised', `supervised names ${supervised}, which evaluate does not read`, `one of from: ${from.join(', ')}`);
  }
  if (features && features.range[0] >= features.range[1]) {
    return refused(places, 'features.range', `features.range is [${features.range.join(', ')}]`, 'the value of black, then the greater value of white');
  }
  const folder = features && featureFolder(features, places);
  if (folder?.ok === false) return folder;
  const params = { ...given, ...(features && folder && { features: { ...features, path: folder.value } }) };
  const where = places.where('features.path');
  return ok({
    params,
    keyed: keyed(params, from),
    ...(params.features && { outside: [{ name: 'features', path: params.features.path, ...(where && { where }) }] }),
    random: false,
  });
}

/** The folder is what counts, its model.json named or not: the weights lie beside that. Whether it exists, the runner says. */
function featureFolder({ path }: FeatureParams, places: ParameterPlaces): Result<string> {
  const absolute = places.resolvePath('features.path', path);
  const folder = basename(absolute) === networkFiles.tfjs ? dirname(absolute) : absolute;
  if (!existsSync(folder) || Object.values(networkFiles).some((file) => existsSync(join(folder, file)))) return ok(folder);
  return refused(places, 'features.path', `features.path is ${path}, where no network lies`, 'a folder with a tfjs model.json and its weights, or with a TensorFlow saved_model.pb');
}

/** Names of stages and paths are in no key: the supervised stage is known by its place in `from`, the feature network by its content. */
function keyed({ supervised, features, ...rest }: EvaluateParams, from: readonly string[] = []): Json {
  const { path: _path, ...asFeatures } = features ?? { path: '' };
  return {
    ...rest,
    ...(supervised !== undefined && { supervised: from.indexOf(supervised) }),
    ...(features && { features: { ...asFeatures } as Json }),
  };
}

function refused(places: ParameterPlaces, path: string, message: string, expected: string) {
  const where = places.where(path);
  return failed('config-invalid-value', message, { ...(where && { where }), expected });
}
