import { basename, isAbsolute, posix } from 'node:path';
import { failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { ParameterPlaces, PreparedParams } from '../../pipeline/stage.ts';
import { fillPlaceholders, misspelledPlaceholder, placeholdersIn } from './placeholders.ts';
import type { CommandInput, CommandParams } from './schema.ts';

/** As the schema lets them through. */
type GivenParams = Omit<CommandParams, 'inputs'> & { readonly inputs: readonly (string | CommandInput)[] };

export function prepareCommand(raw: unknown, places: ParameterPlaces): Result<PreparedParams<CommandParams>> {
  const given = raw as GivenParams;
  const inputs = given.inputs.map((input, index) => preparedInput(input, index, places));
  const outputs = given.outputs.map(plainName);
  const wrong = wrongName([...inputs.map(({ as }) => as)], 'inputs', places) ?? wrongName(outputs, 'outputs', places);
  if (wrong) return wrong;
  const overlap = firstOverlap(inputs.map(({ as }) => as), outputs);
  if (overlap) return refused(places, overlap.place, overlap.message, 'names that neither repeat nor lie in each other');
  const slip = misspelledPlaceholder(given.run, [...(places.from ?? []), 'seed']);
  if (slip) return refusedPlaceholder(slip, places);
  const params: CommandParams = { ...given, inputs, outputs };
  return ok({
    params,
    keyed: { run: keyedRun(given.run, places.from), inputs: inputs.map(({ as }) => as), outputs },
    outside: inputs.map(({ path, as }, index) => ({ name: as, path, ...at(places, `inputs.${index}`) })),
    environment: given.environment,
    random: placeholdersIn(given.run).has('seed'),
  });
}

/**
 * Stage names are in no key, so the text that is keyed speaks of stages by their place in `from`: renaming a stage
 * changes nothing, and swapping two of them does.
 */
function keyedRun(run: CommandParams['run'], from: readonly string[] = []): CommandParams['run'] {
  return fillPlaceholders(run, (name) => (name !== 'seed' && from.includes(name) ? `{input ${from.indexOf(name) + 1}}` : undefined));
}

function preparedInput(input: string | CommandInput, index: number, places: ParameterPlaces): CommandInput {
  if (typeof input !== 'string') return { path: places.resolvePath(`inputs.${index}.path`, input.path), as: plainName(input.as) };
  const path = places.resolvePath(`inputs.${index}`, input);
  const elsewhere = isAbsolute(input) || input.startsWith('~') || leadsOut(plainName(input));
  return { path, as: elsewhere ? basename(path) : plainName(input).replace(/\/$/, '') };
}

/** Forward slashes, no `./`, no doubled slashes; a trailing slash stays. */
const plainName = (name: string): string => posix.normalize(name.replaceAll('\\', '/'));

const leadsOut = (name: string): boolean => name.split('/').includes('..');

function wrongName(names: readonly string[], parameter: 'inputs' | 'outputs', places: ParameterPlaces) {
  const index = names.findIndex((name) => isAbsolute(name) || leadsOut(name) || ['', '.', './'].includes(name));
  if (index < 0) return undefined;
  return refused(places, `${parameter}.${index}`, `${parameter} names ${JSON.stringify(names[index])}`, 'a relative path inside the working folder');
}

interface Overlap {
  readonly place: string;
  readonly message: string;
}

/** An output that is an input too would be there even if the program wrote nothing. */
function firstOverlap(inputs: readonly string[], outputs: readonly string[]): Overlap | undefined {
  const all = [...inputs.map((name, index) => ({ name, place: `inputs.${index}` })), ...outputs.map((name, index) => ({ name, place: `outputs.${index}` }))];
  for (const [index, { name, place }] of all.entries()) {
    const other = all.slice(0, index).find((earlier) => within(name, earlier.name) || within(earlier.name, name));
    if (other) return { place, message: name === other.name ? `${name} is named twice` : `${name} and ${other.name} lie in each other` };
  }
  return undefined;
}

const within = (name: string, folder: string): boolean => `${name}/`.startsWith(`${folder.replace(/\/$/, '')}/`);

function refused(places: ParameterPlaces, path: string, message: string, expected: string) {
  return failed('config-invalid-value', message, { ...at(places, path), expected });
}

function refusedPlaceholder({ written, meant }: { readonly written: string; readonly meant: string }, places: ParameterPlaces) {
  return failed('config-invalid-value', `run speaks of {${written}}, which is neither seed nor a stage that from names`, {
    ...at(places, 'run'),
    expected: `{${meant}}`,
    hint: `a brace of the program itself is left alone with a space after it: { ${written} }`,
  });
}

function at(places: ParameterPlaces, path: string) {
  const where = places.where(path);
  return where ? { where } : {};
}
