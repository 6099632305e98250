/** Numbers as people read them: durations, sizes, counts, losses. */
import type { Progress } from '../stage.ts';

/** Made when first needed: that takes 16 ms, a quarter of Node's own start. */
let grouped: Intl.NumberFormat | undefined;

export const countText = (count: number): string => (grouped ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })).format(count);

/** `40 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoParts(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return twoParts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return twoParts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const twoParts = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** Decimal units, as disks and downloads are labelled: `999 B`, `1.2 kB`, `305 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]!}`;
}

/** Four significant digits: what a loss needs on a terminal. */
export const figureText = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

export const figuresText = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures).map(([name, value]) => `${name} ${figureText(value)}`).join('  ');

/** `12 of 40 images`, `3.1 MB of 305 MB`, `12 iterations`. */
export function doneText({ done, total, unit }: Progress): string {
  if (unit === 'bytes') return total === undefined ? bytesText(done) : `${bytesText(done)} of ${bytesText(total)}`;
  return total === undefined ? `${countText(done)} ${unit}` : `${countText(done)} of ${countText(total)} ${unit}`;
}

const singular = { images: 'image', iterations: 'iteration', files: 'file' } as const;

/** `12.3 images/s`, `8.1 MB/s`; a slow one turned round: `39 s/iteration`. */
export function rateText(perSecond: number, unit: Progress['unit']): string {
  if (unit === 'bytes') return `${bytesText(perSecond)}/s`;
  if (perSecond < 0.5) return `${durationText(1 / perSecond)}/${singular[unit]}`;
  return `${perSecond < 99.5 ? Number(perSecond.toPrecision(3)) : countText(perSecond)} ${unit}/s`;
}
