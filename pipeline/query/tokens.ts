/** The words and signs of an expression. */
import { ok, type Result } from '../failure.ts';
import type { Span } from './expression.ts';
import { badQuery, type QueryText } from './query-failure.ts';

export interface Token extends Span {
  /** A sign is an operator, a bracket or a comma. Beyond the last token stands an end. */
  readonly kind: 'word' | 'quoted' | 'sign' | 'end';
  /** Of a quoted text what is in the quotes; of a sign its plain form (`==` is `=`, `&&` is `and`). */
  readonly text: string;
}

const signs = /&&|\|\||==|!=|<>|<=|>=|!~|=~|[=<>~!()[\],]/y;
const plainForms: Readonly<Record<string, string>> = { '==': '=', '<>': '!=', '=~': '~', '&&': 'and', '||': 'or', '!': 'not' };
/** Up to a space or a sign: names, numbers, dates, run names. */
const word = /[^\s=<>~!()[\],'"&|]+/y;
const quotedText = /'([^']*)'|"([^"]*)"/y;

export function tokensOf(query: QueryText): Result<readonly Token[]> {
  const { text } = query;
  const tokens: Token[] = [];
  for (let at = afterSpace(text, 0); at < text.length; at = afterSpace(text, at)) {
    const token = tokenAt(text, at);
    if (token === undefined) {
      const quote = text[at] === "'" || text[at] === '"';
      return badQuery(query, { start: at, end: quote ? text.length : at + 1 }, quote ? 'the quotes are not closed' : `${text[at]!} means nothing here`, quote ? `a ${text[at]!} at the end of the text` : 'and, or, not');
    }
    tokens.push(token);
    at = token.end;
  }
  return ok([...tokens, { kind: 'end', text: 'the end', start: text.length, end: text.length + 1 }]);
}

function tokenAt(text: string, start: number): Token | undefined {
  const quoted = matchAt(quotedText, text, start);
  if (quoted !== undefined) return { kind: 'quoted', text: quoted[1] ?? quoted[2] ?? '', start, end: start + quoted[0].length };
  const sign = matchAt(signs, text, start);
  if (sign !== undefined) return { kind: 'sign', text: plainForms[sign[0]] ?? sign[0], start, end: start + sign[0].length };
  const found = matchAt(word, text, start);
  return found && { kind: 'word', text: found[0], start, end: start + found[0].length };
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text) ?? undefined;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '.')) at += 1;
  return at;
}
