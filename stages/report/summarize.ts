/** The evaluation as a table for the terminal, at most 80 columns. */
import { methods, type DistanceName, type Distances, type Evaluation, type MethodScore } from '../evaluate/evaluation.ts';
import { translations, type Translation } from '../translation.ts';
import { readRunFolder } from './run-folder.ts';
import { methodName, score, share, testSetName, translationName, withError } from './wording.ts';

const NAME = 26;
const GAP = 5;

interface Column {
  readonly name: DistanceName;
  readonly heading: string;
  readonly width: number;
  readonly text: (distances: Distances) => string;
}

const swd: Column = { name: 'swd', heading: 'SWD', width: 7, text: (found) => score(found.swd, 1) };
const kid: Column = { name: 'kid', heading: 'KID', width: 11, text: (found) => withError(found.kid, found.kid_error) };
const texture: Column = { name: 'texture_distance', heading: 'texture', width: 8, text: (found) => score(found.texture_distance, 1) };
const fid: Column = { name: 'fid', heading: 'FID', width: 8, text: (found) => score(found.fid, 1) };

/** One table a direction, and what its words mean; no line where the run folder has no evaluation. */
export async function summarize(runFolder: string): Promise<readonly string[]> {
  const { evaluation } = await readRunFolder(runFolder);
  return evaluation ? [...translations.flatMap((translation) => table(evaluation, translation)), ...explanation(evaluation)] : [];
}

function table(evaluation: Evaluation, translation: Translation): string[] {
  const { methods: scores, floor } = evaluation.translations[translation];
  const { paired } = evaluation.test;
  // FID takes the place of the texture distance: more does not fit.
  const columns = [swd, kid, scores.cyclegan?.fid === undefined ? texture : fid];
  const headings = columns.map(({ heading, width }) => heading.padStart(width) + 'gap'.padStart(GAP)).join('');
  const pair = (psnr: string, ssim: string) => (paired ? psnr.padStart(7) + ssim.padStart(6) : '');
  const row = (name: string, pairScore: string, distances: Distances, gap: (column: Column) => string) =>
    `  ${name}`.padEnd(NAME) + pairScore + columns.map((column) => column.text(distances).padStart(column.width) + gap(column).padStart(GAP)).join('');
  const methodRow = (name: string, found: MethodScore) =>
    row(name, pair(score(found.psnr, 2), score(found.ssim, 3)), found, (column) => share(found.gap_closed?.[column.name]));
  return [
    `${translationName(translation)}, ${testSetName(evaluation, translation)}${cycleText(scores.cyclegan)}`,
    ' '.repeat(NAME) + pair('PSNR', 'SSIM') + headings,
    ...methods.flatMap((method) => (scores[method] ? [methodRow(methodName(method, translation), scores[method])] : [])),
    row('real, half against half', pair('', ''), floor, () => ''),
  ].map((line) => line.trimEnd());
}

const cycleText = (found: MethodScore | undefined): string => (found?.cycle_l1 === undefined ? '' : `; cycle L1 of CycleGAN ${score(found.cycle_l1, 3)}`);

function explanation({ test, networks, features }: Evaluation): string[] {
  return [
    `${test.paired ? 'PSNR (dB), SSIM: more is better. ' : ''}SWD, KID, texture (distances): less is better.`,
    'gap: 0% as far from real images as the input is, 100% as near as they are.',
    ...(features?.network === 'random' ? ['KID is on random features: for comparing runs of giverny, not with papers.'] : []),
    ...(networks?.cyclegan === 'ema' ? ['The generators measured are the averaged ones (ema_decay).'] : []),
  ];
}
