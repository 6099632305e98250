/** A value of a wrong kind, in a few words. */
export function kindOf(value: unknown): string {
  if (value === null || ['number', 'boolean', 'string'].includes(typeof value)) return JSON.stringify(value).slice(0, 40);
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return 'a list';
  return value instanceof Promise ? 'a promise' : typeof value === 'function' ? 'a function' : 'an object';
}
