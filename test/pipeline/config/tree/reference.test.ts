import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeReferences, isReference, partsOf } from '../../../../pipeline/config/tree/reference.ts';
import { randomJson } from '../random-json.ts';

const partsIn = (text: string) => {
  const parts = partsOf(text);
  if (!parts.ok) throw new Error(parts.failure.message);
  return parts.value;
};

test('an escaped text is read as that text, whatever it holds', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = randomJson(seed);
    const text = Array.from({ length: random.integer(1, 6) }, () => random.pick(['\\', '$', '{', '}', '${', '\\${', 'a', '.', random.text()])).join('');
    const read = partsIn(escapeReferences(text)).map((part) => ('text' in part ? part.text : assert.unreachable(`${text} has no reference`))).join('');
    assert.is(read, text);
  }
});

test('backslashes before a reference: two are one, an odd one makes it literal', () => {
  assert.equal(partsIn('a${b.c}d'), [{ text: 'a' }, { path: 'b.c' }, { text: 'd' }]);
  assert.equal(partsIn('\\${b}').map((part) => Object.values(part)[0]).join(''), '${b}');
  assert.equal(partsIn('\\\\${b}'), [{ text: '\\' }, { path: 'b' }]);
  assert.equal(partsIn('C:\\x'), [{ text: 'C:\\x' }]);
});

test('what is no reference fails', () => {
  for (const text of ['${', '${}', '${a..b}', '${a b}', 'x${.a}', '${a']) assert.not(partsOf(text).ok, text);
});

test('only a reference and nothing else takes over a whole value', () => {
  assert.equal(['${a}', '${a.b.0}', 'x${a}', '${a}${b}', '\\${a}', 5, null].map(isReference), [true, true, false, false, false, false, false]);
});

test.run();
