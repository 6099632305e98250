/** Mistakes that the grammar does not see: a field that no run has, a value that the field cannot have. */
import { nearestName } from '../config/nearest-name.ts';
import { ok, type Result } from '../failure.ts';
import type { RunState } from '../progress/events.ts';
import { comparisonsIn, type Expression, type FieldName, type Literal, type Operator } from './expression.ts';
import { durationForms, timeForms } from './literal.ts';
import { badQuery, type QueryText } from './query-failure.ts';
import { fieldNamesOf, fieldOf, isOwn, runFields, type QueriedRun } from './run-fields.ts';

const states: readonly RunState[] = ['running', 'done', 'failed', 'interrupted'];

const times: readonly string[] = ['started', 'ended'];
const durations: readonly string[] = ['took', 'seconds', 'age'];

/** Where it is asked for names alone (`--columns`, `--sort`) there are no values. */
export function checkNames(query: QueryText, names: readonly FieldName[], runs: readonly QueriedRun[], now: number): Result<void> {
  if (runs.length === 0) return ok(undefined);
  for (const field of names) {
    if (isOwn(field.name) || runs.some((run) => fieldOf(field.name, run, now).value !== undefined)) continue;
    const near = nearestName(field.name, knownNames(runs));
    const hint = near === undefined ? `a run has ${runFields.slice(0, 6).join(', ')}, …, its figures and the paths of its config: giverny show RUN` : `did you mean ${near}?`;
    return badQuery(query, field, `no run has ${field.name}`, 'a field, a figure or a path of the config', hint);
  }
  return ok(undefined);
}

/** Of the newest, which is enough for a hint. */
const askedForNames = 100;

const knownNames = (runs: readonly QueriedRun[]): ReadonlySet<string> => new Set([...runFields, ...runs.slice(0, askedForNames).flatMap(fieldNamesOf)]);

/** Fails with `query-invalid`. Without runs no name can be wrong. */
export function checkQuery(query: QueryText, expression: Expression, runs: readonly QueriedRun[], now: number): Result<void> {
  for (const part of comparisonsIn(expression)) {
    const known = checkNames(query, [part.field], runs, now);
    if (!known.ok) return known;
    if (part.kind === 'has') continue;
    const operator = part.kind === 'compare' ? part.operator : '=';
    for (const literal of part.kind === 'compare' ? [part.value] : part.values) {
      const sound = checkValue(query, part.field.name, operator, literal);
      if (!sound.ok) return sound;
    }
  }
  return ok(undefined);
}

function checkValue(query: QueryText, field: string, operator: Operator, literal: Literal): Result<void> {
  if (operator.endsWith('~')) return ok(undefined);
  const { text, number, seconds, time, quoted } = literal;
  if (times.includes(field)) return time === undefined ? badQuery(query, literal, `${text} is not a time`, timeForms, seconds === undefined ? undefined : `age<${text} asks for the runs of the last ${text}`) : ok(undefined);
  if (durations.includes(field)) return number === undefined && seconds === undefined ? badQuery(query, literal, `${text} is not a duration`, `${durationForms}, or seconds`) : ok(undefined);
  if (field === 'state' && !states.some((state) => state === text)) {
    const near = nearestName(text, states);
    return badQuery(query, literal, `no run is ever ${text}`, states.join(', '), near === undefined ? undefined : `did you mean ${near}?`);
  }
  const comparable = operator === '=' || operator === '!=' || number !== undefined || seconds !== undefined || time !== undefined || quoted;
  return comparable ? ok(undefined) : badQuery(query, literal, `${text} is not a number`, `a number after ${operator}`, 'in quotes it is compared as text');
}

