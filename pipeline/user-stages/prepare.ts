/** What a stage of the user makes of its parameters, checked before the runner relies on it. */
import { basename } from 'node:path';
import { failed, ok, type Failure, type Result } from '../failure.ts';
import { canonicalJson, type CanonicalValue } from '../plan/canonical-json.ts';
import { staysInside } from '../plan/digest.ts';
import type { Json, OutputDeclaration, ParameterPlaces, PreparedParams, UserSource } from '../stage.ts';
import type { WrittenStage } from './contract.ts';
import { kindOf } from './kind-of.ts';
import { placeOfMember } from './places.ts';
import { threwBefore } from './thrown.ts';

type Prepared = PreparedParams<object>;

export interface PreparedStage {
  readonly prepared: Prepared;
  readonly outputs: readonly OutputDeclaration[];
}

/** Failures: the stage's own, `user-stage-threw`, `user-stage-invalid`. */
export function preparedBy(written: WrittenStage, params: unknown, places: ParameterPlaces, source: UserSource): Result<PreparedStage> {
  try {
    const prepared = written.prepare === undefined
      ? ok<Prepared>({ params: params as object, keyed: params as Json, random: written.random === true })
      : checkedPrepared(written.prepare(params, places), source);
    if (!prepared.ok) return prepared;
    const outputs = typeof written.outputs === 'function' ? written.outputs(prepared.value.params) : written.outputs;
    const wrong = wrongOutputs(outputs, source);
    return wrong === undefined ? ok({ prepared: prepared.value, outputs }) : { ok: false, failure: wrong };
  } catch (error) {
    return threwBefore(error, source, 'as it looked at its parameters');
  }
}

const expectedPrepared = 'ok({ params, keyed, random }), with keyed as plain JSON, or a failure';

function checkedPrepared(result: unknown, source: UserSource): Result<Prepared> {
  const invalid = (what: string) => failed('user-stage-invalid', `prepare of ${basename(source.file)} gives ${what}`, { where: placeOfMember(source.file, 'prepare'), expected: expectedPrepared });
  if (!isRecord(result) || result instanceof Promise) return invalid(kindOf(result));
  if (result['ok'] === false) return isFailure(result['failure']) ? { ok: false, failure: soundFailure(result['failure'], 64) } : invalid('a failure without code and message');
  const value = result['value'];
  if (result['ok'] !== true || !isRecord(value)) return invalid('no result');
  if (!isRecord(value['params'])) return invalid(`params that are ${kindOf(value['params'])}`);
  if (typeof value['random'] !== 'boolean') return invalid(`random as ${kindOf(value['random'])}`);
  for (const name of ['keyed', 'trajectory']) if ((name === 'keyed' || value[name] !== undefined) && !isJson(value[name])) return invalid(`${name} that is no plain JSON`);
  if (value['environment'] !== undefined && !isListOf(value['environment'], (item) => typeof item === 'string')) return invalid('an environment that is no list of names');
  if (value['outside'] !== undefined && !isListOf(value['outside'], (item) => isRecord(item) && typeof item['name'] === 'string' && typeof item['path'] === 'string')) return invalid('outside that is no list of { name, path }');
  // They travel to another process, and into config.yaml.
  return ok({ ...(value as unknown as Prepared), params: JSON.parse(JSON.stringify(value['params'])) as object });
}

function wrongOutputs(outputs: unknown, { file }: UserSource): Failure | undefined {
  const invalid = (what: string) => failed('user-stage-invalid', `outputs of ${basename(file)}: ${what}`, { where: placeOfMember(file, 'outputs'), expected: "a list of { path: 'name.json', kind: 'reproducible' or 'record' }; the path of a folder ends with a slash" }).failure;
  if (!Array.isArray(outputs)) return invalid(`${kindOf(outputs)} is no list`);
  if (outputs.length === 0) return invalid('the list is empty');
  for (const output of outputs as readonly unknown[]) {
    if (!isRecord(output)) return invalid(`${kindOf(output)} is no output`);
    const { path, kind } = output;
    if (typeof path !== 'string' || !staysInside(path.replace(/\/$/, ''))) return invalid(`the path ${kindOf(path)} is none inside the output folder`);
    if (kind !== 'reproducible' && kind !== 'record') return invalid(`the kind of ${path} is ${kindOf(kind)}`);
  }
  return undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = (value: unknown, fits: (item: unknown) => boolean): boolean => Array.isArray(value) && value.every(fits);

export const isFailure = (value: unknown): value is Failure => isRecord(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string';

/** With an exit code that giverny has. */
export const soundFailure = (failure: Failure, otherwise: Failure['exit']): Failure => ({ ...failure, exit: [1, 64, 130, 143].includes(failure.exit) ? failure.exit : otherwise });

function isJson(value: unknown): boolean {
  try {
    canonicalJson(value as CanonicalValue);
    return value !== undefined;
  } catch {
    return false;
  }
}
