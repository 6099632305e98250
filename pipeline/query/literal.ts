/** What a written value may mean: a number, a duration, a date. */
import type { Literal, Span } from './expression.ts';

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const durationForm = /^(\d+(?:\.\d+)?(?:ms|s|min|m|h|d|w))+$/;
const durationPart = /(\d+(?:\.\d+)?)(ms|s|min|m|h|d|w)/g;
const unitSeconds: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60, m: 60, h: 3600, d: 86_400, w: 604_800 };

export const durationForms = '90s, 20min, 1h30min, 2d';
export const timeForms = '2026-11-23, 2026-11-23T14:30, today, yesterday';

/** `now` in milliseconds since 1970; dates are of the reader's time zone. */
export function literalOf(text: string, quoted: boolean, span: Span, now: number): Literal {
  const plain = { text, quoted, start: span.start, end: span.end };
  const time = timeOf(text, now);
  if (quoted) return time === undefined ? plain : { ...plain, time };
  const seconds = secondsOf(text);
  return {
    ...plain,
    ...(numberForm.test(text) ? { number: Number(text) } : {}),
    ...(seconds === undefined ? {} : { seconds }),
    ...(time === undefined ? {} : { time }),
  };
}

function secondsOf(text: string): number | undefined {
  if (!durationForm.test(text)) return undefined;
  return [...text.matchAll(durationPart)].reduce((sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit!]!, 0);
}

const timeForm = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z)?)?$/;

/** A day reaches from midnight to midnight, a minute through its seconds. */
function timeOf(text: string, now: number): Literal['time'] {
  if (text === 'now') return { from: now, to: now + 1 };
  if (text === 'today' || text === 'yesterday') return dayFrom(new Date(now), text === 'today' ? 0 : -1);
  const match = timeForm.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part)));
  const date = new Date(year!, month! - 1, day!);
  if (date.getMonth() !== month! - 1 || date.getDate() !== day!) return undefined;
  if (hour === undefined) return dayFrom(date, 0);
  const parts = [year!, month! - 1, day!, hour, minute!, second ?? 0] as const;
  const from = match[7] === undefined ? new Date(...parts).getTime() : Date.UTC(...parts);
  return { from, to: from + (second === undefined ? 60_000 : 1000) };
}

function dayFrom(date: Date, days: number): Literal['time'] {
  const midnight = (offset: number): number => new Date(date.getFullYear(), date.getMonth(), date.getDate() + offset).getTime();
  return { from: midnight(days), to: midnight(days + 1) };
}
