// uvu's `test` and `suite`, each test counted when registered and when it ran, and refused when it asserts nothing.
import { suite as uvuSuite } from 'uvu';
import { record } from './guarded-record.js';

export { exec } from 'uvu';

function guard(name, handler) {
  record.registered++;
  return async (state) => {
    record.current = name;
    record.assertions = 0;
    try {
      await handler(state);
      if (record.assertions === 0) throw new Error('this test asserts nothing');
      record.passed++;
    } catch (error) {
      record.failed++;
      throw error;
    } finally {
      record.current = undefined;
    }
  };
}

/** A hook's failure must fail the file: uvu forgets what `before` threw. */
function guardHook(add, kind) {
  return (handler) => add(async (state) => {
    try {
      record.current = `a ${kind} hook`;
      await handler(state);
    } catch (error) {
      record.problems.push(`a ${kind} hook threw: ${error?.stack ?? error}`);
      throw error;
    } finally {
      record.current = undefined;
    }
  });
}

export function suite(name, state) {
  const uvu = uvuSuite(name, state);
  const test = (title, handler) => uvu(title, guard(title, handler));
  test.only = (title, handler) => {
    record.problems.push(`"${title}" is marked only(): the others would not run`);
    uvu.only(title, guard(title, handler));
  };
  test.skip = (...args) => {
    record.skipped++;
    uvu.skip(...args);
  };
  for (const kind of ['before', 'after']) {
    test[kind] = guardHook(uvu[kind], kind);
    test[kind].each = guardHook(uvu[kind].each, `${kind}.each`);
  }
  test.run = () => uvu.run();
  return test;
}

export const test = suite();
