/** How the report and the terminal name and write things. */
import type { Evaluation, Method } from '../evaluate/evaluation.ts';
import { sourceOf, targetOf } from '../translation.ts';
import type { Translation } from '../translation.ts';

export const methodName = (method: Method, translation: Translation): string =>
  ({
    copy: 'copy of the input',
    mean: `mean image of ${targetOf(translation)}`,
    histogram_match: 'unpaired histogram match',
    cyclegan: 'CycleGAN',
    supervised: 'supervised, on pairs',
  })[method];

export const translationName = (translation: Translation): string => `${sourceOf(translation)} → ${targetOf(translation)}`;

/** `50 test pairs`, or `100 of 6,287 test images`. */
export function testSetName({ test }: Evaluation, translation: Translation): string {
  const { evaluated, of } = test.images[sourceOf(translation)];
  const count = evaluated === of ? grouped(of) : `${grouped(evaluated)} of ${grouped(of)}`;
  return `${count} test ${test.paired ? 'pairs' : 'images'}`;
}

/** 6287 → 6,287. */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** A score; − where there is none, ∞ for the PSNR of equal pictures. */
export function score(value: number | null | undefined, digits: number): string {
  if (value === undefined) return '−';
  return value === null ? '∞' : value.toFixed(digits);
}

/** `3.31±0.42`, `12.3±0.4`; three digits or so. */
export function withError(value: number | undefined, error: number | undefined): string {
  const size = Math.max(Math.abs(value ?? 0), error ?? 0);
  const digits = size < 10 ? 2 : size < 1000 ? 1 : 0;
  return score(value, digits) + (error === undefined ? '' : `±${error.toFixed(digits)}`);
}

/** 0.824 → 82%; nothing where there is none. */
export function share(value: number | undefined): string {
  if (value === undefined) return '';
  const percent = Math.round(100 * value);
  // Far off the scale the number says nothing more.
  if (percent < -99) return '<0%';
  return percent > 199 ? '>199%' : `${percent === 0 ? 0 : percent}%`;
}

/** 3 significant digits, never in scientific notation unless it must. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** 4000 → 1 h 6 min 40 s. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [[Math.floor(whole / 3600), 'h'], [Math.floor(whole / 60) % 60, 'min'], [whole % 60, 's']];
  return parts.filter(([count], i) => count > 0 || (i === 2 && whole === 0)).map(([count, unit]) => `${count} ${unit}`).join(' ');
}
