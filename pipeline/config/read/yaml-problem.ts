/** Says what is wrong with a YAML text in words for people who do not know the YAML specification. */
import { Lexer } from 'yaml';
import type { YAMLError } from 'yaml';
import type { Failure } from '../../failure.ts';
import { failed } from '../../failure.ts';
import type { SourceText } from '../tree/source.ts';
import { sourceOf, whereOf } from '../tree/source.ts';

interface Explanation {
  readonly message: string;
  readonly expected?: string;
  readonly hint?: string;
}

export const tagRefused = 'this YAML tag (!…) has no meaning in a config';
export const tagHint = 'remove the tag, or quote a text that begins with !';

const explanations: Readonly<Partial<Record<YAMLError['code'], Explanation>>> = {
  TAB_AS_INDENT: { message: 'a tab cannot indent YAML', expected: 'spaces', hint: 'replace the tab by two spaces' },
  BAD_DQ_ESCAPE: {
    message: 'this escape does not exist inside "double quotes"',
    hint: "write the text in 'single quotes', or the backslash twice",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a mapping begins where a value already stands',
    hint: 'check the indentation, or quote a text that contains ": "',
  },
  MULTIPLE_DOCS: { message: 'the file holds more than one YAML document', expected: 'one config a file, no second ---' },
  NON_STRING_KEY: { message: 'a key must be a plain name', expected: 'name: value' },
  TAG_RESOLVE_FAILED: { message: tagRefused, hint: tagHint },
};

const closesNothing = (close: string): Explanation => ({ message: `this ${close} closes nothing`, hint: 'remove it' });

/** Where one code stands for several mistakes, the parser's own words tell which it is. */
const byWording: readonly (readonly [said: RegExp, explain: (found: string) => Explanation])[] = [
  [/^Missing closing (["'])/, (quote) => ({ message: `a text that begins with ${quote} has no closing ${quote}`, expected: quote })],
  [/^Implicit (?:map )?keys need/, () => ({ message: 'a name stands here without a colon', expected: 'name: value' })],
  [/must start at the same column/, () => ({ message: 'this line begins in another column than those that it belongs to', expected: 'all keys of a mapping in one column' })],
  [/^Plain value cannot start with .*?(\S)$/, (first) => ({ message: `a text without quotes cannot begin with ${first}`, hint: 'put the text in quotes' })],
  [/^Block collections are not allowed/, () => ({ message: 'a comma is missing before this', expected: 'inside { } and [ ], a comma after each' })],
  [/^Unexpected flow-(?:map|seq)-end.*"(.)"/, closesNothing],
  [/^Unexpected scalar at node end/, () => ({ message: 'something stands behind the end of a value', hint: 'put the whole text in quotes' })],
  [/^Comments must be separated/, () => ({ message: 'a comment needs a space before its #', hint: 'put a text that holds a # in quotes' })],
  [/^Not a YAML token/, () => ({ message: 'something stands where the line has to end', hint: 'a text behind | or > begins on the next line' })],
];

/** `at`: the character at which the parser stopped. */
function explain(error: YAMLError, at: string | undefined): Explanation {
  if (/end with a [}\]]/.test(error.message) && (at === '}' || at === ']')) return closesNothing(at);
  for (const [said, words] of byWording) {
    const found = said.exec(error.message.split('\n')[0]!);
    if (found !== null) return words(found[1] ?? '');
  }
  return explanations[error.code] ?? { message: plainMessage(error.message) };
}

/** The failure for what the YAML parser found. `offset` is where its text begins in `text`. */
export function yamlFailure(error: YAMLError, text: SourceText, offset: number): Failure {
  const [start, end] = [error.pos[0] + offset, error.pos[1] + offset];
  const reference = unquotedReference(text.text, start);
  if (reference !== undefined) return reference(text);
  if (error.code === 'DUPLICATE_KEY') return duplicateKey(text, start);
  const unclosed = neverClosed(error, text.text.slice(offset));
  if (unclosed !== undefined) return unclosedBracket(text, unclosed + offset);
  const { message, ...details } = explain(error, text.text[start]);
  return failed('config-not-yaml', message, { where: whereOf(sourceOf(text, start, end)), ...details }).failure;
}

/** The bracket which the parser, some lines further on, found not to be closed. */
function neverClosed(error: YAMLError, text: string): number | undefined {
  if (!/end with a [}\]]/.test(error.message) || /[}\]]/.test(text[error.pos[0]] ?? '')) return undefined;
  const open: number[] = [];
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (at >= error.pos[0]) break;
    if (token === '{' || token === '[') open.push(at);
    if (token === '}' || token === ']') open.pop();
    // The lexer's own marks are single control characters, which stand for nothing in the text.
    if (!/^[\u0002\u0018\u001f\ufeff]$/.test(token)) at += token.length;
  }
  return open.at(-1);
}

function unclosedBracket(text: SourceText, at: number): Failure {
  const bracket = text.text[at]!;
  const close = bracket === '{' ? '}' : ']';
  return failed('config-not-yaml', `this ${bracket} has no ${close}`, {
    where: whereOf(sourceOf(text, at, at + 1)), expected: close, hint: 'close it, or write each key on a line of its own',
  }).failure;
}

function duplicateKey(text: SourceText, start: number): Failure {
  const key = /^("[^"]*"|'[^']*'|[^:\s]+)/.exec(text.text.slice(start))?.[0] ?? '';
  const where = whereOf(sourceOf(text, start, start + key.length));
  return failed('config-not-yaml', `the key ${key} stands here for the second time`, { where, expected: 'each key once in a mapping' }).failure;
}

/** Inside `{ }` and `[ ]` the brace of an unquoted `${…}` opens a mapping, and the parser stumbles over it right there. */
function unquotedReference(text: string, at: number): ((source: SourceText) => Failure) | undefined {
  if (text[at] !== '{' || text[at - 1] !== '$') return undefined;
  const close = text.indexOf('}', at);
  const end = close < 0 ? at + 1 : close + 1;
  const quoted = `"${text.slice(at - 1, end)}"`;
  return (source) =>
    failed('config-not-yaml', 'an unquoted ${reference} inside { } or [ ] is not YAML', {
      where: whereOf(sourceOf(source, at - 1, end)),
      expected: quoted,
      hint: 'quote it, or write the mapping or list on lines of its own',
    }).failure;
}

const plainMessage = (message: string): string => (/call stack/.test(message) ? 'the values are nested too deeply' : lowered(message));

const lowered = (message: string): string => message.split('\n')[0]!.replace(/^./, (first) => first.toLowerCase());
