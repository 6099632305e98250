/** Runs chosen, sorted and read by the names of their fields: what ls and rm are told on the command line. */
import { ok, type Result } from '../failure.ts';
import { checkNames, checkQuery } from './check.ts';
import { isGiven, orderOf, type FieldValue } from './compare.ts';
import { matches } from './evaluate.ts';
import type { FieldName } from './expression.ts';
import { parseQuery } from './parse.ts';
import { fieldOf, type QueriedRun } from './run-fields.ts';

/** The runs for which `text` holds, in their order. Fails with `query-invalid`. */
export function runsWhere(text: string, runs: readonly QueriedRun[], now: number): Result<readonly QueriedRun[]> {
  const query = { flag: '--where', text };
  const expression = parseQuery(query, now);
  if (!expression.ok) return expression;
  const sound = checkQuery(query, expression.value, runs, now);
  return sound.ok ? ok(runs.filter((run) => matches(expression.value, (name) => fieldOf(name, run, now)))) : sound;
}

/** `--columns run,state,psnr_AtoB`: the names, which some run must have. Fails with `query-invalid`. */
export function readNames(flag: string, text: string, runs: readonly QueriedRun[], now: number): Result<readonly string[]> {
  const names: FieldName[] = [];
  for (const match of text.matchAll(/[^\s,]+/g)) names.push({ name: match[0], start: match.index, end: match.index + match[0].length });
  const known = checkNames({ flag, text }, names, runs, now);
  return known.ok ? ok(names.map(({ name }) => name)) : known;
}

/** Smallest first, or largest; runs without the field last. Equal ones keep their order. */
export function sortRuns(runs: readonly QueriedRun[], name: string, descending: boolean, now: number): readonly QueriedRun[] {
  const read = runs.map((run) => ({ run, field: fieldOf(name, run, now) }));
  const rank = ({ field }: { readonly field: FieldValue }): number => Number(field.value === false ? false : !isGiven(field));
  return read.sort((left, right) => rank(left) - rank(right) || orderOf(left.field, right.field) * (descending ? -1 : 1)).map(({ run }) => run);
}
