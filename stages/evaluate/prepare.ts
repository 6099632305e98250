import { failed, ok, type Result } from '../../pipeline/failure.ts';
import type { Json, ParameterPlaces, PreparedParams } from '../../pipeline/stage.ts';
import type { EvaluateParams } from './schema.ts';

/** Makes the path absolute; refuses a ceiling that is not read and a range without extent. */
export function prepareEvaluate(raw: unknown, places: ParameterPlaces): Result<PreparedParams<EvaluateParams>> {
  const given = raw as EvaluateParams;
  const { features, ceiling } = given;
  const { from } = places;
  if (ceiling !== undefined && from?.includes(ceiling) === false) {
    return refused(places, 'ceiling', `ceiling names ${ceiling}, which evaluate does not read`, `one of from: ${from.join(', ')}`);
  }
  if (features && features.range[0] >= features.range[1]) {
    return refused(places, 'features.range', `features.range is [${features.range.join(', ')}]`, 'the value of black, then the greater value of white');
  }
  const params = { ...given, ...(features && { features: { ...features, path: places.resolvePath('features.path', features.path) } }) };
  const where = places.where('features.path');
  return ok({
    params,
    keyed: keyed(params, from),
    ...(params.features && { outside: [{ name: 'features', path: params.features.path, ...(where && { where }) }] }),
    random: true,
  });
}

/** Names of stages and paths are in no key: the ceiling is known by its place in `from`, the feature network by its content. */
function keyed({ ceiling, features, ...rest }: EvaluateParams, from: readonly string[] = []): Json {
  const { path: _path, ...asFeatures } = features ?? { path: '' };
  return {
    ...rest,
    ...(ceiling !== undefined && { ceiling: from.indexOf(ceiling) }),
    ...(features && { features: { ...asFeatures } as Json }),
  };
}

function refused(places: ParameterPlaces, path: string, message: string, expected: string) {
  const where = places.where(path);
  return failed('config-invalid-value', message, { ...(where && { where }), expected });
}
