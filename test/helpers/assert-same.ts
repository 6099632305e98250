/** uvu's `equal` takes no notice of prototypes and of -0; random values have keys like `__proto__`. */
import { inspect, isDeepStrictEqual } from 'node:util';
import * as assert from 'uvu/assert';

export function assertSame(actual: unknown, expected: unknown, message = 'values'): void {
  const same = isDeepStrictEqual(actual, expected);
  assert.ok(same, same ? message : `${message}: ${inspect(actual, { depth: 9 })} is not ${inspect(expected, { depth: 9 })}`);
}
