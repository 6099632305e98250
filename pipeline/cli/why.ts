/** `giverny why CONFIG|RUN [STAGE]`: what makes a stage run, field by field, or who made what is cached. Loads no engine. */
import { resolve } from 'node:path';
import { shortPath } from '../config/tree/source.ts';
import { failed, ok, type Result } from '../failure.ts';
import { didYouMean } from '../config/nearest-name.ts';
import type { CommandIo } from './command.ts';
import { makePlan } from './make-plan.ts';
import { printFailure } from './print-failure.ts';
import { Makers, type StageAnswer } from './why-answer.ts';
import { readWhyArguments, type WhyArguments } from './why-arguments.ts';
import { withOrigins } from './why-origin.ts';
import { whyStages } from './why-plan.ts';
import { whyRun } from './why-run.ts';
import { answerLines } from './why-words.ts';

export async function whyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = await readWhyArguments(args, io);
  if (!given.ok) return printFailure(given.failure, io);
  const answered = given.value.about === 'config' ? await aboutConfig(given.value, io) : await aboutRun(given.value);
  if (!answered.ok) return printFailure(answered.failure, io);
  if (given.value.json) printJson(answered.value, io);
  else print(answered.value, io);
  return 0;
}

interface Answered {
  /** The name of the run's folder. */
  readonly run: string;
  readonly title: string;
  readonly answers: readonly StageAnswer[];
  /** Stages of which no more is to be said, and that in a line. */
  readonly cached: readonly string[];
  readonly nothing: string;
}

async function aboutConfig({ config, overrides, stage }: Extract<WhyArguments, { readonly about: 'config' }>, io: CommandIo): Promise<Result<Answered>> {
  const asked = { config, overrides, force: 'nothing', refetch: false, offline: true, jobs: 1, dryRun: true, json: false } as const;
  const made = await makePlan(asked, io, {
    provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: (line) => io.stderr(`${line}\n`),
  });
  if (!made.ok) return made;
  const { plan, cache } = made.value;
  const known = knownStage(stage, plan.stages.map(({ name }) => name), plan.config.name);
  if (!known.ok) return known;
  const say = await withOrigins(plan.config, overrides, io);
  const answers = await whyStages({ plan, cache, say, makers: new Makers(io.root), shown: (path) => shortPath(path, io.cwd) });
  const engine = plan.engine === undefined ? '' : `  (${plan.engine.backend} ${plan.engine.version}, ${plan.engine.device})`;
  return ok({ run: plan.runName, title: `${plan.runName}${engine}`, ...chosen(answers, stage), nothing: 'nothing to run: every stage is cached' });
}

async function aboutRun({ run, stage }: Extract<WhyArguments, { readonly about: 'run' }>): Promise<Result<Answered>> {
  const known = knownStage(stage, Object.keys(run.record.stages), run.run);
  if (!known.ok) return known;
  const answers = await whyRun(run, resolve(run.folder, '../..'));
  return answers.ok ? ok({ run: run.run, title: `${run.run}  (${run.state})`, ...chosen(answers.value, stage), nothing: 'nothing ran: every stage was cached' }) : answers;
}

function knownStage(stage: string | undefined, known: readonly string[], where: string): Result<void> {
  if (stage === undefined || known.includes(stage)) return ok(undefined);
  const hint = didYouMean(stage, known);
  return failed('unknown-stage', `${where} has no stage ${stage}`, { expected: `one of ${known.join(', ')}`, ...(hint === undefined ? {} : { hint }) });
}

/** The stage that was asked for, or all that do not come from the cache. */
function chosen(answers: readonly StageAnswer[], stage: string | undefined): Pick<Answered, 'answers' | 'cached'> {
  if (stage !== undefined) return { answers: answers.filter((each) => each.stage === stage), cached: [] };
  const isCached = ({ kind }: StageAnswer): boolean => kind === 'hit';
  return { answers: answers.filter((each) => !isCached(each)), cached: answers.filter(isCached).map((each) => each.stage) };
}

function printJson({ run, answers }: Answered, io: CommandIo): void {
  for (const answer of answers) io.stdout(`${JSON.stringify({ run, ...answer })}\n`);
}

function print({ title, answers, cached, nothing }: Answered, io: CommandIo): void {
  const parts = answers.map((answer) => `${answerLines(answer).join('\n')}\n`);
  const rest = cached.length === 0 ? [] : [answers.length === 0 ? `${nothing} (name one to see what made it: ${cached.join(', ')})\n` : `cached: ${cached.join(', ')}\n`];
  io.stdout(`${title}\n\n${[...parts, ...rest].join('\n')}`);
}
