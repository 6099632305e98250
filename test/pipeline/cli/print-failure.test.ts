import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFailure, formatWhere, printFailure } from '../../../pipeline/cli/print-failure.ts';
import type { Failure } from '../../../pipeline/failure.ts';

const cwd = join('/', 'home', 'claude', 'paintings');
const style = { color: false, cwd };
const base: Failure = { code: 'config-invalid-value', exit: 64, message: 'seed is -1' };
const line = '  seed: -1';
const where = { file: join(cwd, 'configs', 'a.yaml'), line: 3, column: 9, length: 2, text: line };

test('what, where, the line underlined, what was expected, what to do', () => {
  const text = formatFailure({ ...base, where, expected: 'an integer, 0 or more', hint: 'leave it out' }, style);
  assert.is(text, ['error: seed is -1', `${join('configs', 'a.yaml')}:3:9`, '    seed: -1', '          ~~', 'expected: an integer, 0 or more', 'hint: leave it out'].join('\n'));
});

test('the squiggle stands below its place, also after tabs, and in a long line the place is kept in view', () => {
  for (const before of ['', '   ', '\t', '\t\tkey: ', 'x'.repeat(70), 'x'.repeat(500)]) {
    for (const after of ['', ' y'.repeat(200)]) {
      const text = formatFailure({ ...base, where: { ...where, column: before.length + 1, length: 4, text: `${before}HERE${after}` } }, style);
      const [shown, squiggle] = text.split('\n').slice(2) as [string, string];
      assert.is(shown.indexOf('HERE'), squiggle.indexOf('~~~~'));
      assert.is(shown.slice(0, shown.indexOf('HERE')).replaceAll(/[^\t]/g, ' '), squiggle.slice(0, squiggle.indexOf('~')));
      assert.ok(shown.length <= 80 && squiggle.length <= 80, `${shown.length}`);
    }
  }
});

test('sentences break at 80 columns between words, and no word is lost', () => {
  const message = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
  const text = formatFailure({ ...base, message, expected: message, hint: message }, style);
  assert.ok(text.split('\n').every(({ length }) => length <= 80));
  assert.is(text.replaceAll(/\n {2}/g, ' '), `error: ${message}\nexpected: ${message}\nhint: ${message}`);
  const url = `https://example.org/${'a'.repeat(100)}`;
  assert.ok(formatFailure({ ...base, message: `no answer from ${url} today` }, style).includes(url), 'a URL stays whole');
  assert.is(formatFailure({ ...base, message: `${url} is gone` }, style).split('\n', 1)[0], `error: ${url}`, 'what fits in no line leaves none empty before it');
});

test('the stage is named, and further mistakes get a line each', () => {
  const other: Failure = { code: 'config-unknown-key', exit: 64, message: 'unknown key "a"', where: { ...where, line: 9 }, hint: 'did you mean "b"?' };
  const text = formatFailure({ ...base, stage: 'train', also: [other] }, style);
  assert.is(text, ['error in train: seed is -1', 'also:', `  ${join('configs', 'a.yaml')}:9:9: unknown key "a" (did you mean "b"?)`].join('\n'));
});

test('colour changes nothing but colour', () => {
  const failure = { ...base, where, stage: 'train', expected: 'x', hint: 'y' };
  const coloured = formatFailure(failure, { ...style, color: true });
  assert.ok(coloured.includes('\u001B['));
  assert.is(coloured.replaceAll(/\u001B\[\d+m/g, ''), formatFailure(failure, style));
});

test('printed with its exit code; who pressed Ctrl-C met no error', () => {
  let printed = '';
  const io = { ...style, stderr: (text: string) => { printed += text; } };
  assert.is(printFailure(base, io), 64);
  assert.is(printFailure({ code: 'interrupted', exit: 130, message: 'interrupted; go on', hint: 'x' }, io), 130);
  assert.is(printed, 'error: seed is -1\ninterrupted; go on\n');
});

test('paths are relative where that is shorter', () => {
  assert.is(formatWhere({ file: join('/', 'x.yaml') }, cwd), join('/', 'x.yaml'));
  assert.is(formatWhere({ file: 'command line', column: 3 }, cwd), 'command line');
  assert.is(formatWhere({ file: join(cwd, 'a.yaml'), line: 2 }, cwd), 'a.yaml:2');
});

test.run();
