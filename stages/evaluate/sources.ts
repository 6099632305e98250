/** Finds, among the stages that evaluate reads, the generators and the images, in either order. */
import { ok, type Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import { isImageSet, partOf, type ArraySetPart } from '../image-set/input.ts';
import { domains, type Domain, type Split } from '../image-set/image-set.ts';
import { readNetworkImages } from '../image-set/network-images.ts';
import { evaluateFailed } from './failures.ts';

export interface ImageSource {
  readonly paired: boolean;
  readonly parts: Readonly<Record<Split, Readonly<Record<Domain, ArraySetPart>>>>;
}

/** The stage that holds `models/generatorAToB/` and `models/generatorBToA/`. */
export function findGenerators(inputs: readonly StageInput[]): Result<StageInput> {
  const needed = ['models/generatorAToB/model.json', 'models/generatorBToA/model.json'];
  const found = inputs.find((input) => needed.every((path) => input.files.some((file) => file.path === path)));
  if (found) return ok(found);
  return evaluateFailed('evaluate-no-generators', `no trained generators in what evaluate reads (${namesOf(inputs)})`, {
    expected: 'a train stage among from',
    hint: 'write from: [train, normalize]',
  });
}

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
