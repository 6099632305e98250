/**
 * The language of `--where`, by recursive descent:
 *
 *     or    = and {"or" and}        and = not {"and" not}        not = "not" not | "(" or ")" | condition
 *     condition = name [operator value | ["not"] "in" list]      list = "(" value {"," value} ")", or in [ ]
 *
 * A library was looked for: jsep and filtrex parse JavaScript's expressions, in which `monet2photo-3f9a`, `2026-11-23` and
 * `2h` are subtractions and mistakes, and filtrex compiles what it reads into a function.
 */
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { Expression, FieldName, Literal, Operator } from './expression.ts';
import { literalOf } from './literal.ts';
import { badQuery, type QueryText } from './query-failure.ts';
import { tokensOf, type Token } from './tokens.ts';

const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>=', '~', '!~'] satisfies readonly Operator[];

/** Each level is a few calls within each other, and of those there may not be any number. */
const deepest = 200;

/** Fails with `query-invalid`. `now`: what durations and `today` are counted from, in milliseconds since 1970. */
export function parseQuery(query: QueryText, now: number): Result<Expression> {
  const tokens = tokensOf(query);
  if (!tokens.ok) return tokens;
  try {
    return ok(new Parser(query, tokens.value, now).parse());
  } catch (error) {
    if (error instanceof Misunderstood) return fail(error.failure);
    throw error;
  }
}

/** Leaves the descent; it never leaves this file. */
class Misunderstood extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

class Parser {
  readonly #query: QueryText;
  readonly #tokens: readonly Token[];
  readonly #now: number;
  #at = 0;
  #depth = 0;

  constructor(query: QueryText, tokens: readonly Token[], now: number) {
    this.#query = query;
    this.#tokens = tokens;
    this.#now = now;
  }

  parse(): Expression {
    const expression = this.#or();
    const rest = this.#next;
    if (rest.kind === 'end') return expression;
    const hint = rest.kind === 'quoted' || rest.kind === 'word' ? 'a value with spaces stands in quotes' : undefined;
    return this.#refuse(rest, `${shown(rest)} is not expected here`, 'and, or, or the end', hint);
  }

  #or(): Expression {
    const parts = [this.#and()];
    while (this.#takes('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Expression {
    const parts = [this.#not()];
    while (this.#takes('and')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #not(): Expression {
    const open = this.#next;
    if (this.#takes('not')) return { kind: 'not', of: this.#deeper(open, () => this.#not()) };
    if (!this.#takes('(')) return this.#condition();
    const inside = this.#deeper(open, () => this.#or());
    if (!this.#takes(')')) this.#refuse(this.#next.kind === 'end' ? open : this.#next, this.#next.kind === 'end' ? 'the bracket is not closed' : `${shown(this.#next)} is not expected here`, 'and, or, or a closing bracket');
    return inside;
  }

  /** What stands within `open`. */
  #deeper<Inside>(open: Token, read: () => Inside): Inside {
    if (this.#depth === deepest) this.#refuse(open, `${shown(open)} is nested too deep`, `at most ${deepest} brackets or nots within each other`);
    this.#depth += 1;
    const inside = read();
    this.#depth -= 1;
    return inside;
  }

  #condition(): Expression {
    const field = this.#field();
    const sign = this.#next;
    if (sign.kind === 'sign' && operators.includes(sign.text)) {
      this.#at += 1;
      return { kind: 'compare', field, operator: sign.text as Operator, value: this.#value(sign.text.endsWith('~')) };
    }
    if (isWord(sign, 'not') && isWord(this.#tokens[this.#at + 1]!, 'in')) {
      this.#at += 1;
      return { kind: 'not', of: this.#in(field) };
    }
    return isWord(sign, 'in') ? this.#in(field) : { kind: 'has', field };
  }

  #in(field: FieldName): Expression {
    this.#at += 1;
    const open = this.#next;
    if (open.text !== '(' && open.text !== '[') this.#refuse(open, `after in stands a list, not ${shown(open)}`, '(done, failed)');
    return { kind: 'in', field, values: this.#list() };
  }

  #field(): FieldName {
    const { kind, text, start, end } = this.#next;
    if (kind === 'quoted' || (kind === 'word' && !/^(and|or|in)$/i.test(text))) {
      this.#at += 1;
      return { name: text, start, end };
    }
    return this.#refuse(this.#next, kind === 'end' ? 'a condition is missing at the end' : `${text} is not a field of a run`, 'a condition, as in state=done or loss.weights.cycle>5');
  }

  #value(pattern: boolean): Literal {
    const token = this.#next;
    if (token.text === '[' && token.kind === 'sign') {
      const items = this.#list();
      return { text: this.#query.text.slice(token.start, this.#tokens[this.#at - 1]!.end), quoted: false, start: token.start, end: this.#tokens[this.#at - 1]!.end, items };
    }
    if (token.kind === 'sign' || token.kind === 'end') this.#refuse(token, token.kind === 'end' ? 'a value is missing at the end' : `${token.text} is not a value`, 'a number, a word, a text in quotes or a list in [ ]');
    this.#at += 1;
    const literal = literalOf(token.text, token.kind === 'quoted', token, this.#now);
    return pattern ? { ...literal, pattern: this.#pattern(token) } : literal;
  }

  #pattern(token: Token): RegExp {
    try {
      return new RegExp(token.text, 'u');
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '').toLowerCase() : '';
      return this.#refuse(token, `${token.text} is not a regular expression: ${reason}`, "a regular expression, in quotes where it has signs, as in run ~ '^monet'");
    }
  }

  /** From its opening bracket on. */
  #list(): readonly Literal[] {
    const open = this.#next;
    const closing = open.text === '(' ? ')' : ']';
    this.#at += 1;
    const items: Literal[] = [];
    while (!this.#takes(closing)) {
      if (items.length > 0 && !this.#takes(',')) this.#refuse(this.#next.kind === 'end' ? open : this.#next, this.#next.kind === 'end' ? 'the list is not closed' : `${shown(this.#next)} is not expected in a list`, `a comma or ${closing}`);
      items.push(this.#deeper(open, () => this.#value(false)));
    }
    return items;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  /** Goes on where the next token is this sign or this word (in any case, without quotes). */
  #takes(text: string): boolean {
    const token = this.#next;
    const is = token.kind === 'sign' ? token.text === text : isWord(token, text);
    if (is) this.#at += 1;
    return is;
  }

  #refuse(token: Token, message: string, expected: string, hint?: string): never {
    const refused = badQuery(this.#query, token, message, expected, hint);
    if (refused.ok) throw new Error('a refusal is a failure');
    throw new Misunderstood(refused.failure);
  }
}

const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toLowerCase() === word;

const shown = ({ kind, text }: Token): string => (kind === 'quoted' ? `"${text}"` : text);
