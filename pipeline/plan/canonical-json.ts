/**
 * One text for one value: what every digest is taken of. Keys are sorted by UTF-16 code unit and numbers written
 * as ECMAScript writes them (as RFC 8785 does), nothing is padded, and every string is delimited and escaped,
 * so that no two different values give the same text ("length-safe": `["ab","c"]` is not `["a","bc"]`).
 */

/** What can be written: JSON, where a key whose value is `undefined` counts as absent. */
export type CanonicalValue =
  | null
  | boolean
  | number
  | string
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue | undefined };

/** The canonical text of `value`. NaN, infinities, functions, dates, maps and `undefined` in a list are bugs and throw. */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return JSON.stringify(value); // escapes a lone surrogate, so it survives UTF-8
  if (Array.isArray(value)) return `[${value.map((item: CanonicalValue) => canonicalJson(item)).join(',')}]`;
  if (isPlainObject(value)) return canonicalObject(value);
  throw new TypeError(`not a JSON value: ${typeof value}`);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
  return JSON.stringify(value); // -0 becomes 0, as it would in a config that is written and read again
}

function canonicalObject(value: { readonly [key: string]: CanonicalValue | undefined }): string {
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** The same value with the members of every mapping in the order of the canonical text, which the order in a file is not. */
export function inCanonicalOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => inCanonicalOrder(item)) as T;
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, inCanonicalOrder(value[key])])) as T;
}

function isPlainObject(value: unknown): value is { readonly [key: string]: CanonicalValue | undefined } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
