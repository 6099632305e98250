/**
 * Runs commands in this process instead of one of their own, which takes a tenth of the time, so that every file-system call
 * of a command can be tried. A stage that has a process of its own runs here, too. What a process leaves when it ends is made
 * to look like a dead process's; what SIGKILL leaves at a call is a copy of the project as it is before that call: see snapshots.ts.
 */
import childProcess, { type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { lstatSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextOf, type JobHooks, type StageJob } from '../../pipeline/execute/job.ts';
import type { FromStage, ToStage } from '../../pipeline/execute/messages.ts';
import { thrownError } from '../../pipeline/execute/thrown.ts';
import { catalog } from '../../stages/index.ts';
import { beginOrder, endOrder } from './inject.js';
import { reachedFile } from './injection.ts';
import type { RunCommand } from './project.ts';

const temporary = tmpdir();

/** Seconds of this process's own time, not of the clock: it may be stopped meanwhile. */
const patience = 120;

export const runInside: RunCommand = async (root, args, order) => {
  stagesRunHere();
  const { main } = await import('../../pipeline/cli/main.ts');
  const text = { stdout: '', stderr: '' };
  const crashes: unknown[] = [];
  const onCrash = (error: unknown): void => void crashes.push(error);
  process.on('unhandledRejection', onCrash);
  process.on('uncaughtException', onCrash);
  const before = new Set(process.rawListeners('exit'));
  process.chdir(root);
  await beginOrder(order === undefined ? null : { ...order, root, reached: reachedFile(root) });
  let code: number | null = null;
  const watch = lookWhetherItHangs(`${args.join(' ')} ${JSON.stringify(order)}`, text);
  try {
    code = await main(args, {
      stdout: (part) => { text.stdout += part; }, stderr: (part) => { text.stderr += part; },
      cwd: root, color: false, terminal: false, stageProcess: { script: 'here', execArgv: [] }, loadCatalog: async () => catalog,
    });
  } catch (error) {
    crashes.push(error);
  }
  process.rawListeners('exit').filter((listener) => !before.has(listener)).forEach((listener) => atExit.add(listener as () => void));
  for (const listener of atExit) tryTo(listener, onCrash);
  await new Promise((resolve) => { setImmediate(resolve); });
  endOrder();
  clearInterval(watch);
  process.off('unhandledRejection', onCrash);
  process.off('uncaughtException', onCrash);
  process.chdir(temporary);
  buryAll(root);
  for (const error of crashes) text.stderr += `${error instanceof Error ? error.stack ?? error.message : String(error)}\n    at a crash:`;
  return { code: crashes.length > 0 ? 7 : code, signal: null, ...text };
};

/** What the command does when its process ends. */
const atExit = new Set<() => void>();

function tryTo(act: () => void, onError: (error: unknown) => void): void {
  try {
    act();
  } catch (error) {
    onError(error);
  }
}

/** A command that never ends cannot be ended here: the torture ends, and says where. */
function lookWhetherItHangs(what: string, text: { readonly stderr: string }): NodeJS.Timeout {
  let ticks = 0;
  return setInterval(() => {
    if ((ticks += 1) < patience) return;
    console.error(`hangs: ${what}\n${text.stderr}`);
    process.exit(3);
  }, 1000);
}

const [pid, started] = [process.pid, readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ')[19]!];
const [living, dead] = [`-${pid}-${started}-`, `-${pid}-${Number(started) + 1}-`];
/** What a checkpoint is called while it is written; no process has so high a number. */
const [unfinished, abandoned] = [`.unfinished-${pid}-`, '.unfinished-4194305-'];

/** The process that ran the command has ended: another of its number lives. Also in a cache that is a link to a folder elsewhere. */
export function buryAll(root: string): void {
  bury(root);
  const cache = lstatSync(join(root, '.giverny/cache'), { throwIfNoEntry: false });
  if (cache?.isSymbolicLink() === true) bury(realpathSync(join(root, '.giverny/cache')));
}

function bury(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = entry.name.replace(living, dead).replace(unfinished, abandoned);
    if (name !== entry.name) renameSync(join(folder, entry.name), join(folder, name));
    if (entry.isDirectory()) bury(join(folder, name));
    else if (entry.isFile() && (name === 'run.json' || name.endsWith('.partial'))) rewrite(join(folder, name));
  }
}

function rewrite(file: string): void {
  const text = readFileSync(file, 'utf8');
  if (text.includes(living)) writeFileSync(file, text.replaceAll(living, dead));
}

/** A stage's process, played by this one: pipeline/execute/stage-host.ts without what ends a process. */
class StageHere extends EventEmitter {
  readonly connected = true;
  readonly stdout = null;
  readonly stderr = null;
  readonly #stop = new AbortController();
  readonly #publications: { resolve(): void; reject(error: unknown): void }[] = [];

  send(message: ToStage): boolean {
    if (message.type === 'stop') this.#stop.abort();
    else if (message.type === 'run') void this.#run(structuredClone(message.job));
    else if (message.error === undefined) this.#publications[message.request]!.resolve();
    else this.#publications[message.request]!.reject(Object.assign(new Error(message.error.message), message.error));
    return true;
  }

  kill(): boolean {
    return false;
  }

  async #run(job: StageJob): Promise<void> {
    try {
      const { run } = await catalog.stages.get(job.uses)!.load();
      this.#tell({ type: 'returned', result: await run(contextOf(job, this.#hooks(), this.#stop.signal)) });
    } catch (error) {
      this.#tell({ type: 'threw', error: thrownError(error) });
    }
    this.emit('close', 0, null);
  }

  #tell(message: FromStage): void {
    this.emit('message', structuredClone(message));
  }

  #hooks(): JobHooks {
    return {
      progress: (progress) => this.#tell({ type: 'progress', progress }),
      log: (line) => this.#tell({ type: 'log', line }),
      warn: (line) => this.#tell({ type: 'warn', line }),
      publish: (paths) => new Promise((resolve, reject) => {
        const request = this.#publications.push({ resolve, reject }) - 1;
        this.#tell({ type: 'publish', request, paths });
      }),
    };
  }
}

const fork = childProcess.fork;

function stagesRunHere(): void {
  if (childProcess.fork !== fork) return;
  childProcess.fork = (() => new StageHere() as unknown as ChildProcess) as typeof fork;
  syncBuiltinESMExports();
}
