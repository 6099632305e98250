/** What was learnt, as a table to read and as JSON to keep: every result beside the baselines and the supervised ceiling. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Learnt, Score } from './known-truth-run.ts';

const columns = [
  ['copy', 'copy'], ['mean', 'mean of B'], ['histogram_match', 'histogram match'], ['cyclegan', 'CycleGAN'], ['supervised', 'supervised'],
] as const;

/** `22.89 / 0.655 / 14.2`: PSNR in dB, SSIM, texture distance. */
const cell = (score: Score | undefined) => (score ? `${score.psnr.toFixed(2)} / ${score.ssim.toFixed(3)} / ${score.texture.toFixed(1)}` : '–');

/** A Markdown table, one row a run. */
export function resultsTable(runs: readonly Learnt[]): string {
  const header = ['config', 'seed', 'iterations', ...columns.map(([, title]) => title), 'floor', 'seconds'];
  const rows = runs.map(({ config, seed, iterations, methods, floor, seconds }) =>
    [config, seed, iterations, ...columns.map(([method]) => cell(methods[method])), floor.texture.toFixed(1), seconds]);
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return ['PSNR dB / SSIM / texture distance ×1000, A → B, 50 test pairs', '', ...lines].join('\n');
}

/** Prints the table and keeps the runs as `test/learning/results/<name>.json`. */
export function reportResults(name: string, runs: readonly Learnt[]): void {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileURLToPath(new URL(`${name}.json`, folder)), `${JSON.stringify(runs, null, 1)}\n`);
  console.log(resultsTable(runs));
}
