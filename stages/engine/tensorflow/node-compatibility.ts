/** What tfjs-node 4.22 still takes from `node:util` although Node 23 removed it. */
import { createRequire } from 'node:module';

const removed = {
  isArray: (value: unknown) => Array.isArray(value),
  isBoolean: (value: unknown) => typeof value === 'boolean',
  isFunction: (value: unknown) => typeof value === 'function',
  isNull: (value: unknown) => value === null,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isNumber: (value: unknown) => typeof value === 'number',
  isObject: (value: unknown) => value !== null && typeof value === 'object',
  isString: (value: unknown) => typeof value === 'string',
  isUndefined: (value: unknown) => value === undefined,
};

/** Puts the removed predicates back where they are gone; a Node that has them is left alone. */
export function restoreRemovedUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  for (const [name, predicate] of Object.entries(removed)) {
    if (!(name in util)) util[name] = predicate;
  }
}

/** The same as a line of CommonJS, for a process that has none of our code. */
export const restoreRemovedUtilSource = Object.entries(removed)
  .map(([name, predicate]) => `require('node:util').${name} ??= ${predicate.toString()};`)
  .join('\n');
