// uvu/assert, each assertion counted, and noted as a problem when it runs after its test is over.
import * as assert from 'uvu/assert';
import { record } from './guarded-record.js';

function counted(name, assertion) {
  return (...args) => {
    record.assertions++;
    if (!record.current) record.problems.push(`an assertion (${name}) ran outside any test: is a promise not awaited?`);
    return assertion(...args);
  };
}

/** An assertion with its variants (`not.equal`, `is.not`). */
function guarded(name, assertion) {
  const variants = Object.entries(assertion).map(([property, variant]) => [property, counted(`${name}.${property}`, variant)]);
  return Object.assign(counted(name, assertion), Object.fromEntries(variants));
}

export const { Assertion } = assert;
export const ok = guarded('ok', assert.ok);
export const is = guarded('is', assert.is);
export const equal = guarded('equal', assert.equal);
export const unreachable = guarded('unreachable', assert.unreachable);
export const type = guarded('type', assert.type);
export const instance = guarded('instance', assert.instance);
export const match = guarded('match', assert.match);
export const snapshot = guarded('snapshot', assert.snapshot);
export const fixture = guarded('fixture', assert.fixture);
export const throws = guarded('throws', assert.throws);
export const not = guarded('not', assert.not);
