import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { environmentFor } from './environment.ts';
import { commandFailed } from './failures.ts';
import { fillPlaceholders, placeholdersIn } from './placeholders.ts';
import { runProgram } from './process-group.ts';
import type { Ending } from './process-group.ts';
import type { CommandParams } from './schema.ts';
import { collectOutputs, inputFolder, layOutFiles, layOutInput } from './workspace.ts';

export const implementation: StageImplementation<CommandParams> = {
  run: runCommand,
};

/** How much of what the program printed its failure shows. */
const lastLines = 10;

/** Milliseconds before the first retry, doubled for each further one, and the longest. */
const firstPause = 1000;
const longestPause = 60_000;

async function runCommand(context: StageContext<CommandParams>): Promise<Result<void>> {
  const { retries = 0 } = context.params;
  for (let attempt = 0; ; attempt += 1) {
    const result = await attemptCommand(context, join(context.scratch, `attempt-${attempt + 1}`));
    if (result.ok || attempt === retries || !worthTrying.has(result.failure.code)) return afterRetries(result, attempt);
    const pause = Math.min(longestPause, firstPause * 2 ** attempt);
    context.warn(`${firstLine(result.failure.message)}; retry ${attempt + 1} of ${retries} in ${pause / 1000} s`);
    await sleep(pause, undefined, { signal: context.stop }).catch(() => undefined);
    if (context.stop.aborted) return interrupted();
  }
}

const worthTrying: ReadonlySet<string> = new Set(['command-failed', 'command-killed', 'command-timeout', 'command-output-missing']);

const firstLine = (text: string): string => text.split('\n', 1)[0]!.replace(/; the last it printed:$/, '');

function afterRetries(result: Result<void>, retries: number): Result<void> {
  if (result.ok || retries === 0 || !worthTrying.has(result.failure.code)) return result;
  const { failure } = result;
  const tried = `it was tried ${retries + 1} times; each is in the stage’s log`;
  return { ok: false, failure: { ...failure, hint: failure.hint === undefined ? tried : `${failure.hint} (${tried})` } };
}

/** In a folder of its own: what a failed attempt left behind must not pass for the next one's output. */
async function attemptCommand(context: StageContext<CommandParams>, folder: string): Promise<Result<void>> {
  const { params, out } = context;
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  const files = await layOutFiles(params.inputs, work);
  if (!files.ok) return files;
  const run = await withPlaceholders(context, work);
  const lines: string[] = [];
  context.log(`$ ${shown(run)}`);
  const ending = await runProgram({
    run,
    folder: work,
    environment: environmentFor(params.environment),
    ...(params.timeout !== undefined && { timeoutSeconds: params.timeout }),
    stop: context.stop,
    onLine(line) {
      context.log(line);
      lines.push(line);
      if (lines.length > lastLines) lines.shift();
    },
  });
  if (ending.kind === 'stopped') return interrupted();
  if (ending.kind === 'exited' && ending.code === 0) return collectOutputs(params.outputs, work, out);
  return explain(ending, params, lines);
}

/** Fills `run`, and lays out those inputs of which it speaks. */
async function withPlaceholders({ params, inputs, seed, log }: StageContext<CommandParams>, work: string): Promise<CommandParams['run']> {
  const names = placeholdersIn(params.run);
  const folders = new Map<string, string>();
  for (const [index, input] of inputs.entries()) {
    if (!names.has(input.stage)) continue;
    await layOutInput(input, index, work);
    folders.set(input.stage, inputFolder(index));
  }
  folders.set('seed', String(seed));
  for (const name of names) if (!folders.has(name)) log(`{${name}} is no stage that this one reads from; it is left as it is`);
  return fillPlaceholders(params.run, (name) => folders.get(name));
}

function explain(ending: Exclude<Ending, { kind: 'stopped' }>, params: CommandParams, lines: readonly string[]) {
  const program = shown(params.run);
  const printed = lines.length > 0 ? `; the last it printed:\n${lines.map((line) => `  ${line}`).join('\n')}` : '; it printed nothing';
  switch (ending.kind) {
    case 'not started':
      return commandFailed('command-not-found', `${program} could not be started: ${ending.why}`, { hint: 'is the program installed, and on PATH?' });
    case 'timeout':
      return commandFailed('command-timeout', `${program} took longer than ${params.timeout} s and was ended${printed}`, { hint: 'raise timeout, or leave it out' });
    case 'killed':
      return commandFailed('command-killed', `${program} was ended by ${ending.signal}${printed}`, killedHint(ending.signal === 'SIGKILL'));
    case 'exited':
      if (ending.code === 127) return commandFailed('command-not-found', `${program}: the shell did not find a program${printed}`, { hint: 'is it installed, and on PATH?' });
      return commandFailed('command-failed', `${program} ended with exit code ${ending.code}${printed}`, killedHint(ending.code === 137));
  }
}

const killedHint = (killed: boolean) => (killed ? { hint: 'the system ends a program like this when memory runs out' } : {});

const shown = (run: CommandParams['run']): string => (typeof run === 'string' ? run.trim() : run.join(' '));
