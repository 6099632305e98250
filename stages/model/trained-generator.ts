/** The generator of one direction among what training made. */
import { readFile } from 'node:fs/promises';
import { failures, ok, type FailureTable, type Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import type { NetworkName } from './networks.ts';
import type { SavedModelFiles } from './saved-model.ts';

export const trainedGeneratorFailures = {
  'generator-missing': { exit: 64, when: 'A run that is to translate, or to be exported, has no trained generators, or not those of that epoch, or no averaged ones.' },
} as const satisfies FailureTable;

const generatorFailed = failures(trainedGeneratorFailures);

export interface TrainedGenerator extends SavedModelFiles {
  /** Relative to training's outputs: `models/generatorAToB_ema`. */
  readonly folder: string;
}

export interface GeneratorChoice {
  /** The domain that it makes images of. */
  readonly to: 'A' | 'B';
  /** auto: the average of the weights where training kept one. */
  readonly weights: 'auto' | 'ema' | 'last';
  /** One that `keep_every` kept. Absent: the end. */
  readonly epoch?: number;
}

/** Fails with `generator-missing`, naming what there is. */
export async function findTrainedGenerator(input: StageInput, choice: GeneratorChoice): Promise<Result<TrainedGenerator>> {
  const folder = choice.epoch === undefined ? 'models' : `models/epoch-${String(choice.epoch).padStart(4, '0')}`;
  const name: NetworkName = choice.to === 'B' ? 'generatorAToB' : 'generatorBToA';
  const names = { auto: [`${name}_ema`, name], ema: [`${name}_ema`], last: [name] }[choice.weights];
  const paths = new Set(input.files.map(({ path }) => path));
  const found = names.map((each) => `${folder}/${each}`).find((each) => paths.has(`${each}/model.json`));
  return found === undefined ? noSuch(input, choice, folder) : ok(await read(input, found));
}

async function read(input: StageInput, folder: string): Promise<TrainedGenerator> {
  return { folder, modelJson: await readFile(input.locate(`${folder}/model.json`), 'utf8'), weights: await readFile(input.locate(`${folder}/weights.bin`)) };
}

function noSuch(input: StageInput, { epoch, weights }: GeneratorChoice, folder: string) {
  const missing = !input.files.some(({ path }) => path.startsWith(`${folder}/`));
  if (epoch === undefined || !missing) {
    if (weights === 'ema') return generatorFailed('generator-missing', `${input.stage} kept no averaged generators`, { hint: 'leave weights out, or train with ema_decay' });
    return generatorFailed('generator-missing', `${input.stage} has no trained generators`, { expected: 'a train stage that came to its end' });
  }
  const epochs = [...new Set(input.files.flatMap(({ path }) => /^models\/epoch-(\d+)\//.exec(path)?.[1] ?? []))].map(Number);
  return generatorFailed('generator-missing', `${input.stage} did not keep the networks of epoch ${epoch}`, epochs.length === 0
    ? { hint: 'leave epoch out, or train with keep_every' }
    : { expected: `one of ${epochs.join(', ')}` });
}
