/** The generator of one direction among what training made. */
import { readFile } from 'node:fs/promises';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import { generatorName } from '../evaluate/generator.ts';
import type { SavedModelFiles } from '../model/saved-model.ts';
import { translateFailed } from './failures.ts';
import type { TranslateParams } from './schema.ts';

export interface TrainedGenerator extends SavedModelFiles {
  /** Relative to training's outputs: `models/generatorAToB_ema`. */
  readonly folder: string;
}

type GeneratorChoice = Pick<TranslateParams, 'to' | 'weights' | 'epoch'>;

/** Fails with `translate-no-generator`, naming what there is. */
export async function findTrainedGenerator(input: StageInput, choice: GeneratorChoice): Promise<Result<TrainedGenerator>> {
  const folder = choice.epoch === undefined ? 'models' : `models/epoch-${String(choice.epoch).padStart(4, '0')}`;
  const name = generatorName(choice.to === 'B' ? 'AtoB' : 'BtoA');
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
    if (weights === 'ema') return translateFailed('translate-no-generator', `${input.stage} kept no averaged generators`, { hint: 'leave weights out, or train with ema_decay' });
    return translateFailed('translate-no-generator', `${input.stage} has no trained generators`, { expected: 'a train stage that came to its end' });
  }
  const epochs = [...new Set(input.files.flatMap(({ path }) => /^models\/epoch-(\d+)\//.exec(path)?.[1] ?? []))].map(Number);
  return translateFailed('translate-no-generator', `${input.stage} did not keep the networks of epoch ${epoch}`, epochs.length === 0
    ? { hint: 'leave epoch out, or train with keep_every' }
    : { expected: `one of ${epochs.join(', ')}` });
}
