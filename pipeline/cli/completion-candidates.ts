/** What may stand next on a command line. */
import { resolve } from 'node:path';
import type { CommandIo } from './command.ts';
import { configFiles, fieldNames, pathsOf, runNames, stagesOfConfig, stagesOfRun, sweepNames, tagNames } from './completion-names.ts';
import { verbs } from './verbs.ts';

/** Words after `giverny`, the last being the one to complete: those that it may become. One that ends with =, . or / goes on. */
export async function candidates(words: readonly string[], io: CommandIo): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const { root, before } = withoutRoot(words.slice(0, -1), io);
  if (before === undefined) return [];
  const found = await after(before, current, { ...io, root });
  return [...new Set(found)].filter((each) => each.startsWith(current));
}

/** Undefined where the folder itself is being written: that is the shell's to complete. */
function withoutRoot(words: readonly string[], { cwd, root }: CommandIo): { readonly root: string; readonly before: readonly string[] | undefined } {
  const at = words.findIndex((word) => word === '--root' || word.startsWith('--root='));
  if (at < 0) return { root, before: words };
  const inOne = words[at]!.startsWith('--root=');
  const folder = inOne ? words[at]!.slice('--root='.length) : words[at + 1];
  if (folder === undefined) return { root, before: undefined };
  return { root: resolve(cwd, folder), before: [...words.slice(0, at), ...words.slice(at + (inOne ? 1 : 2))] };
}

const subverbs: Readonly<Record<string, readonly string[]>> = {
  cache: ['ls', 'gc', 'verify', 'push', 'pull'], config: ['validate', 'print', 'explain'], engine: ['install', 'status', 'remove'], completion: ['bash', 'zsh', 'fish'],
};

async function after([verb, ...rest]: readonly string[], current: string, io: CommandIo): Promise<readonly string[]> {
  const known = Object.keys(verbs).filter((name) => verbs[name]!.hidden !== true);
  if (verb === undefined) return current.startsWith('-') ? ['--help', '--version', '--root'] : [...known, 'help'];
  if (verb === 'help') return known;
  if (!Object.hasOwn(verbs, verb)) return [];
  const flags = flagsOf(verb);
  const open = flags.find(({ names, takes }) => takes === 'value' && names.includes(rest.at(-1) ?? ''));
  if (open !== undefined) return flagValues(open.names.at(-1)!, rest, io);
  if (current.startsWith('-')) return flagsFor(current, flags, rest, io);
  const positionals = rest.filter((word, index) => !word.startsWith('-') && !flags.some(({ names, takes }) => takes === 'value' && names.includes(rest[index - 1] ?? '')));
  const subs = subverbs[verb];
  if (subs === undefined) return positionalsOf(verb, positionals, current, io);
  return positionals.length === 0 ? subs : positionalsOf(`${verb} ${positionals[0]!}`, positionals.slice(1), current, io);
}

interface Flag {
  /** `-a`, `--all`: the long one last. */
  readonly names: readonly string[];
  readonly takes: 'nothing' | 'value' | 'optional value';
}

/** As the help writes them: `-j, --jobs N`, `--force[=STAGE]`. */
function flagsOf(verb: string): readonly Flag[] {
  // In a table of flags a row may also say how a value is written.
  const flags = Object.keys(verbs[verb]!.flags).filter((each) => each.startsWith('-'));
  return [...flags, '--root DIR', '-h, --help'].map((written) => {
    const names = written.split(', ').map((form) => /^-[-\w]*/.exec(form)![0]);
    return { names, takes: written.includes('[=') ? 'optional value' : / [A-Z[']/.test(written.replaceAll(', ', ',')) ? 'value' : 'nothing' };
  });
}

async function flagsFor(current: string, flags: readonly Flag[], rest: readonly string[], io: CommandIo): Promise<readonly string[]> {
  const equals = current.indexOf('=');
  if (equals < 0) return flags.map(({ names }) => names.at(-1)!);
  const flag = current.slice(0, equals);
  return (await flagValues(flag, rest, io)).map((value) => `${flag}=${value}`);
}

async function flagValues(flag: string, rest: readonly string[], io: CommandIo): Promise<readonly string[]> {
  switch (flag) {
    case '--where': case '--sort': case '--columns': return fieldNames(io);
    case '--sweep': return sweepNames(io);
    case '--force': return stagesOfConfig(rest[0], io);
    case '--stage': return stagesOfRun(rest[0] ?? 'latest', io);
    case '--device': return ['cpu', 'gpu:0'];
    case '--engine': return ['auto', 'tensorflow', 'wasm'];
    default: return [];
  }
}

/** What `giverny sweep` does with a sweep that is there. */
const ofSweep: readonly string[] = ['status', 'cancel', 'resume', 'logs'];

/** `given`: the arguments before this one. */
async function positionalsOf(verb: string, given: readonly string[], current: string, io: CommandIo): Promise<readonly string[]> {
  const [first, ...more] = given;
  const overrides = (): Promise<readonly string[]> => pathsOf(first!, current, io);
  switch (verb) {
    case 'sweep':
      if (first === undefined) return [...ofSweep, ...configFiles(current, io)];
      return ofSweep.includes(first) ? sweepNames(io) : overrides();
    case 'run': case 'plan': case 'config validate': case 'config print':
      return first === undefined ? configFiles(current, io) : overrides();
    case 'config explain': return first === undefined ? configFiles(current, io) : (await overrides()).map((path) => (current.includes('=') ? path : path.replace(/=$/, '')));
    case 'why': return first === undefined ? [...configFiles(current, io), ...(await runNames(io))] : [...(await stagesOfConfig(first, io)), ...(await stagesOfRun(first, io)), ...(await overrides())];
    case 'show': return first === undefined ? runNames(io) : more.length === 0 ? stagesOfRun(first, io) : [];
    case 'tag': return first === undefined ? runNames(io) : tagNames(io);
    case 'rm': case 'diff': return runNames(io);
    case 'report': case 'verify': case 'note': case 'translate': case 'export': return first === undefined ? runNames(io) : [];
    case 'cache push': case 'cache pull': return given.length === 1 ? [...(await runNames(io)), ...configFiles(current, io)] : [];
    default: return [];
  }
}
