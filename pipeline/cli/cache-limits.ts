/** What `cache gc` is told: a size (`10GB`) and an age (`30d`). */
import { failed, ok, type Result } from '../failure.ts';

const decimal = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 } as const;
const binary = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 } as const;

/** In bytes: `500MB`, `1.5 GB`, `2GiB`, `1000`. Decimal units, as disks are labelled; `i` makes them binary. */
export function readSize(written: string): Result<number> {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(written.trim());
  const unit = match?.[2]!.toLowerCase() as keyof typeof decimal | undefined;
  if (match === null || unit === undefined || (match[3] !== '' && unit === '')) {
    return failed('usage', `--max-size ${written} is not a size`, { expected: '10GB, 500MB, 2GiB', hint: 'giverny cache --help' });
  }
  const factor = match[3] === '' || unit === '' ? decimal[unit] : binary[unit];
  return ok(Math.round(Number(match[1]) * factor));
}

const milliseconds = { s: 1e3, min: 6e4, h: 36e5, d: 864e5, w: 7 * 864e5 } as const;

/** In milliseconds: `30d`, `12h`, `2w`, `90min`. */
export function readAge(written: string): Result<number> {
  const match = /^(\d+(?:\.\d+)?)\s*(s|min|h|d|w)$/.exec(written.trim());
  if (match === null) return failed('usage', `--older-than ${written} is not an age`, { expected: '30d, 12h, 2w, 90min', hint: 'giverny cache --help' });
  return ok(Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds]);
}
