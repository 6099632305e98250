/** The arguments of `giverny translate`. */
import { failed, ok, type Result } from '../failure.ts';
import { readCommandLine } from './command-line.ts';

export interface TranslateArguments {
  readonly run: string;
  /** Images and folders, as typed. */
  readonly named: readonly string[];
  readonly into: string;
  readonly overwrite: boolean;
  /** Of several trainings in one run. */
  readonly stage?: string;
  readonly backend: 'auto' | 'tensorflow' | 'wasm';
  readonly offline: boolean;
  /** As the stage's schema has them. */
  readonly params: {
    readonly to: 'A' | 'B';
    readonly weights: 'auto' | 'ema' | 'last';
    readonly epoch?: number;
    readonly size?: number;
    readonly tile: number;
    readonly overlap?: number;
  };
}

const flags = {
  'to': { type: 'string' },
  'output': { type: 'string', short: 'o' },
  'overwrite': { type: 'boolean' },
  'weights': { type: 'string' },
  'epoch': { type: 'string' },
  'size': { type: 'string' },
  'stage': { type: 'string' },
  'tile': { type: 'string' },
  'overlap': { type: 'string' },
  'engine': { type: 'string' },
  'offline': { type: 'boolean' },
} as const;

interface Rule {
  readonly fits: (given: string) => boolean;
  readonly words: string;
}

const oneOf = (...known: readonly string[]): Rule => ({ fits: (given) => known.includes(given), words: known.join(', ') });
const isWhole = (given: string): boolean => /^\d{1,6}$/.test(given);
const wholeNumber: Rule = { fits: isWhole, words: 'a whole number' };
const tileSize: Rule = { fits: (given) => isWhole(given) && Number(given) >= 32 && Number(given) <= 4096 && Number(given) % 4 === 0, words: 'a multiple of 4 from 32 to 4096' };

const rules: Readonly<Partial<Record<keyof typeof flags, Rule>>> = {
  'to': oneOf('B', 'A'), 'weights': oneOf('auto', 'ema', 'last'), 'engine': oneOf('auto', 'tensorflow', 'wasm'),
  'epoch': wholeNumber, 'size': { fits: (given) => isWhole(given) && Number(given) >= 8, words: 'pixels, from 8' }, 'overlap': wholeNumber, 'tile': tileSize,
};

export function readTranslateArguments(args: readonly string[]): Result<TranslateArguments> {
  const line = readCommandLine('translate', args, flags);
  if (!line.ok) return line;
  const { positionals: [run, ...named], flags: given } = line.value;
  if (run === undefined || named.length === 0) return misuse('giverny translate needs a run and an image', 'giverny translate RUN IMAGE|FOLDER…');
  for (const [flag, { fits, words }] of Object.entries(rules)) {
    const value = given[flag as keyof typeof rules];
    if (typeof value === 'string' && !fits(value)) return misuse(`--${flag} cannot be ${value}`, words);
  }
  return ok({
    run, named, into: given.output ?? 'translated', overwrite: given.overwrite === true, offline: given.offline === true,
    backend: (given.engine ?? 'auto') as TranslateArguments['backend'],
    ...(given.stage !== undefined && { stage: given.stage }),
    params: {
      to: given.to === 'A' ? 'A' : 'B', weights: (given.weights ?? 'auto') as TranslateArguments['params']['weights'], tile: Number(given.tile ?? 512),
      ...(given.epoch !== undefined && { epoch: Number(given.epoch) }), ...(given.size !== undefined && { size: Number(given.size) }), ...(given.overlap !== undefined && { overlap: Number(given.overlap) }),
    },
  });
}

const misuse = (message: string, expected: string) => failed('usage', message, { expected, hint: 'giverny translate --help' });
