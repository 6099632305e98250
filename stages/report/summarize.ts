/** The evaluation as a table for the terminal, at most 80 columns. */
import { methods, type DistanceName, type Distances, type Evaluation, type MethodScore, type TranslationScore } from '../evaluate/evaluation.ts';
import { translations, type Translation } from '../translation.ts';
import { readRunFolder } from './run-folder.ts';
import { methodName, score, share, testSetName, translationName, withError } from './wording.ts';

/** Of the narrowest terminal. */
const WIDTH = 80;

interface Column {
  readonly name: DistanceName;
  readonly heading: string;
  readonly text: (distances: Distances) => string;
  /** What it sees, for the legend. */
  readonly sees: string;
}

const swd: Column = { name: 'swd', heading: 'SWD', text: (found) => short(found.swd), sees: 'patches at every scale, colours normalised' };
const kid: Column = { name: 'kid', heading: 'KID', text: (found) => withError(found.kid, found.kid_error), sees: 'features of a network, colours most' };
const texture: Column = { name: 'texture_distance', heading: 'texture', text: (found) => short(found.texture_distance), sees: 'fine structure, no colour' };
const fid: Column = { name: 'fid', heading: 'FID', text: (found) => short(found.fid), sees: 'the same features as Gaussians' };

/** One table a direction, and what its words mean; no line where the run folder has no evaluation. */
export async function summarize(runFolder: string): Promise<readonly string[]> {
  const { evaluation } = await readRunFolder(runFolder);
  return evaluation ? [...translations.flatMap((translation) => table(evaluation, translation)), ...explanation(evaluation)] : [];
}

/** FID takes the place of the texture distance: more does not fit. */
function columnsOf({ translations: { AtoB } }: Evaluation): readonly Column[] {
  return [swd, kid, Object.values(AtoB.methods).some((found) => found.fid !== undefined) ? fid : texture];
}

function table(evaluation: Evaluation, translation: Translation): string[] {
  const { methods: scores, floor } = evaluation.translations[translation];
  const { paired } = evaluation.test;
  const columns = columnsOf(evaluation);
  const pair = (psnr: string, ssim: string) => (paired ? [psnr, ssim] : []);
  const row = (name: string, [psnr, ssim]: readonly [string, string], distances: Distances, gap: (column: Column) => string) =>
    [name, ...pair(psnr, ssim), ...columns.flatMap((column) => [column.text(distances), gap(column)])];
  const methodRow = (name: string, found: MethodScore) =>
    row(name, [score(found.psnr, 2), likeness(found.ssim)], found, (column) => share(found.gap_closed?.[column.name]));
  return [
    `${translationName(translation)}, ${testSetName(evaluation, translation)}${cycleText(scores)}`,
    ...aligned([
      ['', ...pair('PSNR', 'SSIM'), ...columns.flatMap(({ heading }) => [heading, 'gap'])],
      ...methods.flatMap((method) => (scores[method] ? [methodRow(methodName(method, translation), scores[method])] : [])),
      row('real, half against half', ['', ''], floor, () => ''),
    ]),
  ];
}

/** SSIM; below 0 a digit less: the sign takes its place. */
const likeness = (ssim: number | undefined): string => (ssim !== undefined && ssim < -0.005 ? score(ssim, 2) : score(ssim && Math.max(0, ssim), 3));

/** Five characters or fewer for any distance that occurs. */
const short = (distance: number | undefined): string => score(distance, distance !== undefined && distance >= 1000 ? 0 : 1);

/** Cells in columns as wide as their widest, the first to the left; as much space before each as the terminal's width allows, at least one. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)));
  const taken = widths.reduce((sum, width) => sum + width, 0);
  const spaces = Math.max(1, Math.min(2, Math.floor((WIDTH - taken) / widths.length)));
  const indent = Math.max(0, Math.min(2, WIDTH - taken - spaces * (widths.length - 1)));
  return rows.map((cells) => (' '.repeat(indent) + cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' '.repeat(spaces))).trimEnd());
}

/** Of the generators that the evaluation was made for. */
function cycleText({ cyclegan, supervised }: TranslationScore['methods']): string {
  const [name, found] = cyclegan ? ['CycleGAN', cyclegan] : ['supervised', supervised];
  return found?.cycle_l1 === undefined ? '' : `; cycle L1 of ${name} ${score(found.cycle_l1, 3)}`;
}

function explanation(evaluation: Evaluation): string[] {
  const { test, networks, features } = evaluation;
  const columns = columnsOf(evaluation);
  return [
    ...(test.paired ? ['PSNR (dB), SSIM: likeness to the truth, more is better.'] : []),
    `${columns.map(({ heading }) => heading).join(', ')}: distance to real images, less is better; what each sees:`,
    ...columns.map(({ heading, sees }) => `  ${heading}: ${sees}`),
    'gap: 0% as far from real images as the input is, 100% as near as they are;',
    '  left out where the input is no farther than chance.',
    ...(features?.network === 'random' ? ['KID is on random features: for comparing runs of giverny, not with papers.'] : []),
    ...(Object.values(networks ?? {})[0] === 'ema' ? ['The generators measured are the averaged ones (ema_decay).'] : []),
  ];
}
