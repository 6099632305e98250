/** The command: finds the verb, imports it, runs it. */
import { resolve } from 'node:path';
import { failed, type Failure, type Result, ok } from '../failure.ts';
import type { CommandHost, CommandIo } from './command.ts';
import { verbs, type Verb } from './verbs.ts';

/** `argv` without Node and script. Returns the exit code; an exception is a bug. */
export async function main(argv: readonly string[], host: CommandHost): Promise<number> {
  const root = takeRoot(argv, host.cwd);
  if (!root.ok) return refuse(root.failure, host);
  const [name, ...args] = root.value.args;
  if (name === '--version' || name === '-V' || name === '-v' || name === 'version') {
    host.stdout(`${(await import('./version.ts')).givernyVersion}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(args[0], host);
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) return unknownVerb(name, host);
  if (args.includes('--help') || args.includes('-h')) return help(name, host);
  return runVerb(verb, args, root.value.root, host);
}

async function runVerb(verb: Verb, args: readonly string[], root: string, host: CommandHost): Promise<number> {
  const [command, catalog] = await Promise.all([verb.load(), host.loadCatalog()]);
  const io: CommandIo = {
    stdout: host.stdout, stderr: host.stderr, cwd: host.cwd, color: host.color, terminal: host.terminal,
    stageProcess: host.stageProcess, catalog, root,
  };
  return command(args, io).catch(async (error: unknown) => refuse((await import('./refused-by-system.ts')).failureOfSystem(error), host));
}

async function help(name: string | undefined, host: CommandHost): Promise<number> {
  const { generalHelp, verbHelp } = await import('./help.ts');
  if (name === undefined || name.startsWith('-')) {
    host.stdout(generalHelp());
    return 0;
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) return unknownVerb(name, host);
  host.stdout(verbHelp(verb));
  return 0;
}

async function unknownVerb(name: string, host: CommandHost): Promise<number> {
  const { nearestName } = await import('../config/nearest-name.ts');
  const known = Object.keys(verbs).filter((verb) => verbs[verb]!.hidden !== true);
  const near = nearestName(name, known);
  const { failure } = failed('usage', `giverny has no verb ${name}`, {
    expected: near === undefined ? `one of ${known.join(', ')}` : `did you mean giverny ${near}?`,
    hint: 'giverny --help',
  });
  return refuse(failure, host);
}

async function refuse(failure: Failure, host: CommandHost): Promise<number> {
  return (await import('./print-failure.ts')).printFailure(failure, host);
}

/** `--root DIR` may stand anywhere; the verbs never see it. */
function takeRoot(argv: readonly string[], cwd: string): Result<{ readonly root: string; readonly args: readonly string[] }> {
  const args: string[] = [];
  let root = cwd;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]!;
    if (argument === '--') { args.push(...argv.slice(index)); break; }
    if (argument !== '--root' && !argument.startsWith('--root=')) { args.push(argument); continue; }
    const folder = argument === '--root' ? argv[(index += 1)] : argument.slice('--root='.length);
    if (folder === undefined || folder === '') return failed('usage', '--root needs a folder', { hint: 'giverny --help' });
    root = resolve(cwd, folder);
  }
  return ok({ root, args });
}
