/** `giverny config validate|print|explain`: what a config says, without running it. */
import { explainAll, explainPath } from '../config/explain.ts';
import { readConfig } from '../config/read/extends.ts';
import { formatYaml } from '../config/format-yaml.ts';
import type { LoadedConfig } from '../config/load.ts';
import { resolveConfig } from '../config/load.ts';
import { didYouMean } from '../config/nearest-name.ts';
import type { Result } from '../failure.ts';
import { failed, ok } from '../failure.ts';
import { namedRuns } from '../run-folder/named-run.ts';
import type { CommandIo } from './command.ts';
import { findConfig } from './find-config.ts';
import { printFailure } from './print-failure.ts';

type ConfigIo = Pick<CommandIo, 'stdout' | 'stderr' | 'cwd' | 'color' | 'catalog' | 'root'>;

const verbs = {
  validate: { usage: 'giverny config validate CONFIG [path=value…]', run: validate },
  print: { usage: 'giverny config print CONFIG [path=value…]', run: print },
  explain: { usage: 'giverny config explain CONFIG [PATH] [path=value…]', run: explain },
} as const;

export async function configCommand(args: readonly string[], io: ConfigIo): Promise<number> {
  const done = await dispatch(args, io);
  return done.ok ? 0 : printFailure(done.failure, io);
}

async function dispatch(args: readonly string[], io: ConfigIo): Promise<Result<void>> {
  const [verb, file, ...rest] = args;
  if (verb === undefined || !Object.hasOwn(verbs, verb)) return unknownVerb(verb);
  const { usage, run } = verbs[verb as keyof typeof verbs];
  const overrides = rest.filter((arg) => arg.includes('='));
  const paths = rest.filter((arg) => !arg.includes('='));
  const flag = [file ?? '', ...rest].find((arg) => arg.startsWith('-'));
  if (flag !== undefined) return failed('usage', `giverny config ${verb} takes no ${flag}`, { expected: usage });
  if (file === undefined) return failed('usage', `giverny config ${verb} needs a config`, { expected: usage });
  if (paths.length > (verb === 'explain' ? 1 : 0)) return failed('usage', `giverny config ${verb} cannot use ${paths.at(-1)}`, { expected: usage });
  const found = findConfig(file, io, (line) => io.stderr(`${line}\n`));
  if (!found.ok) return found;
  const document = await readConfig(found.value);
  if (!document.ok) return document;
  const loaded = await resolveConfig(document.value, overrides, io.catalog, io.cwd, namedRuns(io.root, found.value).find);
  if (!loaded.ok) return loaded;
  for (const warning of loaded.value.config.warnings) io.stderr(`warning: ${warning}\n`);
  return run(loaded.value, io, paths[0]);
}

function unknownVerb(verb: string | undefined): Result<void> {
  const usages = Object.values(verbs).map(({ usage }) => usage);
  const hint = verb === undefined ? undefined : didYouMean(verb, Object.keys(verbs));
  const message = verb === undefined ? 'giverny config needs validate, print or explain' : `giverny config has no ${verb}`;
  return failed('usage', message, { expected: usages.join(', '), ...(hint === undefined ? {} : { hint }) });
}

function validate({ config }: LoadedConfig, io: ConfigIo): Result<void> {
  io.stdout(`${config.name}: ${config.stages.length} ${config.stages.length === 1 ? 'stage' : 'stages'}, valid\n`);
  return ok(undefined);
}

function print({ config }: LoadedConfig, io: ConfigIo): Result<void> {
  io.stdout(formatYaml(config.resolved));
  return ok(undefined);
}

function explain(loaded: LoadedConfig, io: ConfigIo, path: string | undefined): Result<void> {
  if (path === undefined) {
    const values = explainAll(loaded, io.cwd);
    const longest = Math.min(48, Math.max(...values.map((value) => value.path.length + value.value.length + 2)));
    for (const { path: name, value, origin } of values) io.stdout(`${`${name}: ${value}`.padEnd(longest)}  ${origin}\n`);
    return ok(undefined);
  }
  const lines = explainPath(loaded, path, io.cwd);
  if (!lines.ok) return lines;
  io.stdout(`${lines.value.join('\n')}\n`);
  return ok(undefined);
}
