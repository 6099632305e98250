/** What evaluate writes: evaluation.json, and in evaluation/ a table and a strip of pictures a direction. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPicture, mapValues, toBytes, type Picture } from '../image/picture.ts';
import { encodePng } from '../image/pixels.ts';
import { translations, type Translation } from '../translation.ts';
import { comparisonStrip, type StripOptions } from './comparison-strip.ts';
import { evaluationFile, type Evaluation } from './evaluation.ts';
import { imageTable } from './image-table.ts';

const folder = 'evaluation';

export async function writeEvaluation(out: string, evaluation: Evaluation): Promise<void> {
  await writeFile(join(out, evaluationFile), JSON.stringify(evaluation, null, 1) + '\n');
  await mkdir(join(out, folder), { recursive: true });
  for (const translation of translations) {
    await writeFile(join(out, folder, `${translation}.csv`), imageTable(evaluation.translations[translation]));
  }
}

/** PNGs have three channels: of one, three equal ones; of more than three, the first. */
function inColour({ height, width, channels, data }: Picture): Picture {
  const picture = createPicture(height, width);
  return mapValues(picture, (_, i) => data[Math.floor(i / 3) * channels + Math.min(i % 3, channels - 1)]!);
}

/** `rows` 0 draws none. */
export async function writeStrip(out: string, translation: Translation, options: StripOptions): Promise<void> {
  if (options.rows === 0) return;
  const strip = inColour(await comparisonStrip(options));
  const png = await encodePng({ data: toBytes(strip), height: strip.height, width: strip.width });
  await writeFile(join(out, folder, `${translation}.png`), png);
}
