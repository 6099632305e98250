/**
 * Where a value fits none of the alternatives of an anyOf or oneOf, a validator reports the mistakes of every one.
 * People need one: those of the alternative that they meant, or that none fits.
 */
import type { SchemaError } from './validator.ts';

export function meantErrors(errors: readonly SchemaError[]): readonly SchemaError[] {
  const composites = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  if (composites.length === 0) return errors;
  const outermost = composites.reduce((a, b) => (b.schemaPath.length < a.schemaPath.length ? b : a));
  const inside = errors.filter((error) => isInside(error, outermost));
  const others = errors.filter((error) => error !== outermost && !inside.includes(error));
  return [...meantErrors(others), ...meantAlternative(outermost, inside)];
}

function isInside(error: SchemaError, composite: SchemaError): boolean {
  const below = error.instancePath === composite.instancePath || error.instancePath.startsWith(`${composite.instancePath}/`);
  // An alternative behind a $ref has a schema path of its own; what is wrong with the same value at another path belongs to it.
  const behindReference = error.instancePath === composite.instancePath && error.schemaPath.startsWith('#/$defs/');
  return error !== composite && below && (error.schemaPath.startsWith(`${composite.schemaPath}/`) || behindReference);
}

function meantAlternative(composite: SchemaError, inside: readonly SchemaError[]): readonly SchemaError[] {
  const byAlternative = group(composite, inside);
  const fitting = [...byAlternative.values()].filter((errors) => !errors.some((error) => misfits(error, composite)));
  if (fitting.length === 0) return [composite];
  const meant = fitting.reduce((a, b) => (weight(b) < weight(a) ? b : a));
  const unclear = fitting.some((errors) => errors !== meant && weight(errors) === weight(meant));
  return unclear || meant.every((error) => isSimple(error, composite)) ? [composite] : meantErrors(meant);
}

function group(composite: SchemaError, errors: readonly SchemaError[]): Map<string, SchemaError[]> {
  const groups = new Map<string, SchemaError[]>();
  for (const error of errors) {
    const name = alternativeOf(composite, error);
    groups.set(name, [...(groups.get(name) ?? []), error]);
  }
  return groups;
}

const alternativeOf = (composite: SchemaError, error: SchemaError): string =>
  error.schemaPath.startsWith(composite.schemaPath) ? error.schemaPath.slice(composite.schemaPath.length + 1).split('/')[0]! : error.schemaPath;

/** The value is of another kind altogether than this alternative wants. */
const misfits = (error: SchemaError, composite: SchemaError): boolean =>
  error.instancePath === composite.instancePath && ['type', 'const', 'enum'].includes(error.keyword);

/** The value itself is out of range, too long or misspelt: then all that it could have been is worth saying. */
const isSimple = (error: SchemaError, composite: SchemaError): boolean =>
  error.instancePath === composite.instancePath && !['required', 'additionalProperties', 'unevaluatedProperties', 'uniqueItems'].includes(error.keyword);

/** A wrong constant inside (`kind: linear`) says more against an alternative than any number of other mistakes. */
const weight = (errors: readonly SchemaError[]): number => errors.length + 1000 * errors.filter(({ keyword }) => keyword === 'const').length;
