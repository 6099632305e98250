/** Finds, among the stages that evaluate reads, the generators and the images, in any order. */
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

export type GeneratorSources = { readonly cyclegan: GeneratorSource } & Readonly<Partial<Record<TrainedMethod, GeneratorSource>>>;

/** The stages that hold generators: that which is evaluated and, where `ceiling` names it, the supervised one. */
export function findGenerators(inputs: readonly StageInput[], { ceiling, weights }: Pick<EvaluateParams, 'ceiling' | 'weights'>): Result<GeneratorSources> {
  const trained = inputs.filter((input) => hasGenerators(input, 'last') || hasGenerators(input, 'ema'));
  const supervised = trained.find(({ stage }) => stage === ceiling);
  const [cyclegan, another] = trained.filter((input) => input !== supervised);
  if (ceiling !== undefined && !supervised) return noGenerators(`stage ${ceiling}, which ceiling names, has no trained generators`, 'name a train stage with objective: supervised');
  if (!cyclegan) return noGenerators(`no trained generators in what evaluate reads (${namesOf(inputs)})`, 'write from: [train, normalize]');
  if (another) {
    return evaluateFailed('evaluate-two-generators', `both ${cyclegan.stage} and ${another.stage} have trained generators`, {
      expected: 'ceiling: and the name of that which was trained with objective: supervised',
      hint: 'to compare two CycleGANs, give each an evaluate stage of its own',
    });
  }
  const chosen = choose(cyclegan, weights);
  if (!chosen) return noGenerators(`stage ${cyclegan.stage} has no averaged generators`, 'set ema_decay in train, or weights: last in evaluate');
  // A supervised stage that kept no average is shown as it is.
  return ok({ cyclegan: chosen, ...(supervised && { supervised: choose(supervised, weights === 'last' ? 'last' : 'auto')! }) });
}

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
