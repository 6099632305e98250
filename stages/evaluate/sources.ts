/** Finds, among the stages that evaluate reads, the generators and the images, in any order. */
import { readFile } from 'node:fs/promises';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import { isImageSet, partOf, type ArraySetPart } from '../image-set/input.ts';
import { domains, type Domain, type Split } from '../image-set/image-set.ts';
import { readNetworkImages } from '../image-set/network-images.ts';
import type { GeneratorWeights, TrainedMethod } from './evaluation.ts';
import { evaluateFailed } from './failures.ts';
import { hasGenerators } from './generator.ts';
import type { EvaluateParams } from './schema.ts';

export interface ImageSource {
  readonly paired: boolean;
  readonly parts: Readonly<Record<Split, Readonly<Record<Domain, ArraySetPart>>>>;
}

/** A stage with generators, and which of them are measured. */
export interface GeneratorSource {
  readonly input: StageInput;
  readonly weights: GeneratorWeights;
}

export type GeneratorSources = Readonly<Partial<Record<TrainedMethod, GeneratorSource>>>;

/**
 * The stages that hold generators, by what they were trained for: the one that is evaluated and, where `supervised` names
 * it, the one beside it. A stage that was trained on pairs can also be evaluated alone.
 */
export async function findGenerators(inputs: readonly StageInput[], { supervised, weights }: Pick<EvaluateParams, 'supervised' | 'weights'>): Promise<Result<GeneratorSources>> {
  const trained = inputs.filter((input) => hasGenerators(input, 'last') || hasGenerators(input, 'ema'));
  const told = supervised === undefined ? ok(undefined) : await toldTheAnswers(trained, supervised);
  if (!told.ok) return told;
  const [main = told.value, another] = trained.filter((input) => input !== told.value);
  if (!main) return noGenerators(`no trained generators in what evaluate reads (${namesOf(inputs)})`, 'write from: [train, normalize]');
  const method = await trainedFor(main);
  if (another || (told.value && told.value !== main && method === 'supervised')) return twoGenerators(main, another ?? told.value!);
  const chosen = choose(main, weights);
  if (!chosen) return noGenerators(`stage ${main.stage} has no averaged generators`, 'set ema_decay in train, or weights: last in evaluate');
  if (!told.value || told.value === main) return ok({ [method]: chosen });
  // A supervised stage that kept no average is shown as it is.
  return ok({ cyclegan: chosen, supervised: choose(told.value, weights === 'last' ? 'last' : 'auto')! });
}

async function toldTheAnswers(trained: readonly StageInput[], name: string): Promise<Result<StageInput>> {
  const found = trained.find(({ stage }) => stage === name);
  if (!found) return noGenerators(`stage ${name}, which supervised names, has no trained generators`, 'name a train stage with objective: supervised');
  if ((await trainedFor(found)) === 'supervised') return ok(found);
  return evaluateFailed('evaluate-not-supervised', `supervised names ${name}, which was trained as a CycleGAN`, {
    expected: 'a train stage with objective: supervised', hint: 'name the other one, or leave supervised out',
  });
}

const twoGenerators = (one: StageInput, other: StageInput) =>
  evaluateFailed('evaluate-two-generators', `both ${one.stage} and ${other.stage} have trained generators`, {
    expected: 'supervised: and the name of that which was trained with objective: supervised',
    hint: 'to compare two CycleGANs, give each an evaluate stage of its own',
  });

/** Told by the terms of its losses: the stage's place in `from` says nothing. */
async function trainedFor(input: StageInput): Promise<TrainedMethod> {
  if (!input.files.some(({ path }) => path === metricsFile)) return 'cyclegan';
  const [first] = (await readFile(input.locate(metricsFile), 'utf8')).split('\n', 1);
  const { terms = {} } = JSON.parse(first || '{}') as { readonly terms?: Readonly<Record<string, number>> };
  return supervisedTerm in terms ? 'supervised' : 'cyclegan';
}

const metricsFile = 'metrics.jsonl';
const supervisedTerm = 'supervised_AToB';

function choose(input: StageInput, weights: EvaluateParams['weights']): GeneratorSource | undefined {
  const wanted = weights === 'auto' ? (['ema', 'last'] as const) : [weights];
  const found = wanted.find((one) => hasGenerators(input, one));
  return found && { input, weights: found };
}

const noGenerators = (message: string, hint: string) => evaluateFailed('evaluate-no-generators', message, { expected: 'a train stage among from', hint });

/** The training and test arrays of both domains. */
export async function findImages(inputs: readonly StageInput[]): Promise<Result<ImageSource>> {
  const input = inputs.find(isImageSet);
  if (!input) return noImages(`no images in what evaluate reads (${namesOf(inputs)})`, 'write from: [train, normalize]');
  const set = await readNetworkImages(input);
  if (!set.ok) return set;
  const { parts, description } = set.value;
  const domainsOf = (split: Split) => domains.map((domain) => partOf(parts, split, domain));
  const [trainA, trainB, testA, testB] = [...domainsOf('train'), ...domainsOf('test')];
  if (!trainA || !trainB || !testA || !testB) {
    const lacks = trainA && trainB ? 'test' : 'train';
    return noImages(`the images of stage ${input.stage} have no ${lacks} split`, `give them one (fetch: splits.${lacks}; synthesize: ${lacks}), or remove evaluate`);
  }
  return ok({
    paired: description.splits.test?.paired === true,
    parts: { train: { A: trainA, B: trainB }, test: { A: testA, B: testB } },
  });
}

const namesOf = (inputs: readonly StageInput[]) => inputs.map((input) => input.stage).join(', ');

const noImages = (message: string, hint: string) =>
  evaluateFailed('evaluate-no-images', message, { expected: 'a normalize stage with a train and a test split', hint });
