/** Reading a verb's arguments: node:util's parseArgs, its errors turned into one that names the nearest flag. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearestName } from '../config/nearest-name.ts';
import { failed, ok, type Result } from '../failure.ts';

export type FlagDefinitions = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;

type FlagValues<F extends FlagDefinitions> = { readonly [Name in keyof F]?: F[Name]['type'] extends 'boolean' ? boolean : string };

export interface CommandLine<F extends FlagDefinitions> {
  readonly positionals: readonly string[];
  readonly flags: FlagValues<F>;
}

/** Fails with `usage`: an unknown flag, a flag without its value, a value where none is taken, or more than `most` arguments. */
export function readCommandLine<F extends FlagDefinitions>(verb: string, args: readonly string[], definitions: F, most = Infinity): Result<CommandLine<F>> {
  const options = Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, { ...definition }]));
  try {
    const parsed = parseArgs({ args: [...args], options: options as NonNullable<ParseArgsConfig['options']>, allowPositionals: true, strict: true });
    const extra = parsed.positionals[most];
    if (extra !== undefined) return failed('usage', `giverny ${verb} takes ${most === 0 ? 'no arguments' : most === 1 ? 'one argument' : `${most} arguments`}, and cannot use ${extra}`, { hint: `giverny ${verb} --help` });
    return ok({ positionals: parsed.positionals, flags: { ...parsed.values } as FlagValues<F> });
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    return misuse(verb, error, args, definitions);
  }
}

function misuse(verb: string, error: TypeError, args: readonly string[], definitions: FlagDefinitions) {
  const unknown = /Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  const hint = `giverny ${verb} --help`;
  if (unknown === undefined) return failed('usage', `giverny ${verb}: ${error.message.split('. ', 1)[0]!}`, { hint });
  const known = Object.keys(definitions).map((name) => `--${name}`);
  const near = nearestName(unknown, known);
  const written = args.find((argument) => argument.startsWith(unknown)) ?? unknown;
  return failed('usage', `giverny ${verb} has no flag ${written.split('=', 1)[0]!}`, {
    ...(near === undefined ? {} : { expected: `did you mean ${near}?` }), hint,
  });
}
