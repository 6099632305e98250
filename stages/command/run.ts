import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
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

async function runCommand(context: StageContext<CommandParams>): Promise<Result<void>> {
  const { params, out } = context;
  const work = join(context.scratch, 'work');
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
