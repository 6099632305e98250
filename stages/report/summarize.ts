/** The evaluation as a table for the terminal, at most 80 columns. */
import { methods, type Evaluation } from '../evaluate/evaluation.ts';
import { translations, type Translation } from '../translation.ts';
import { readRunFolder } from './run-folder.ts';
import { methodName, score, testSetName, translationName } from './wording.ts';

const NAME = 44;
const COLUMN = 10;

/** One table a direction; no line where the run folder has no evaluation. */
export async function summarize(runFolder: string): Promise<readonly string[]> {
  const { evaluation } = await readRunFolder(runFolder);
  return evaluation ? translations.flatMap((translation) => table(evaluation, translation)) : [];
}

function table(evaluation: Evaluation, translation: Translation): string[] {
  const { methods: scores, floor } = evaluation.translations[translation];
  const { paired } = evaluation.test;
  const columns = (psnr: string, ssim: string, texture: string) => (paired ? [psnr, ssim, texture] : [texture]);
  const rows = methods.flatMap((method) => {
    const found = scores[method];
    return found ? [row(`  ${methodName(method, translation)}`, columns(score(found.psnr, 2), score(found.ssim, 3), score(found.texture_distance, 2)))] : [];
  });
  return [
    row(`${translationName(translation)}, ${testSetName(evaluation, translation)}`, columns('PSNR dB', 'SSIM', 'texture')),
    ...rows,
    row('  real images among themselves', columns('', '', score(floor.texture_distance, 2))),
  ];
}

const row = (name: string, columns: readonly string[]) => (name.padEnd(NAME) + columns.map((column) => column.padStart(COLUMN)).join('')).trimEnd();
