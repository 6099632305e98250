/** Writes both generators in every format that is asked for, and the model card beside each. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation, StageInput } from '../../pipeline/stage.ts';
import { findTrainedGenerator, type TrainedGenerator } from '../model/trained-generator.ts';
import { exportedFiles } from './formats.ts';
import { modelCard, type CardFacts } from './model-card.ts';
import { readNetwork, type Network } from './network.ts';
import type { ExportParams } from './schema.ts';

export const implementation: StageImplementation<ExportParams> = { run: exportNetworks };

export interface ExportedGenerator {
  readonly network: Network;
  readonly saved: TrainedGenerator;
}

async function exportNetworks(context: StageContext<ExportParams>): Promise<Result<void>> {
  const { params, inputs, out, publish } = context;
  const generators: ExportedGenerator[] = [];
  for (const to of ['B', 'A'] as const) {
    const found = await findTrainedGenerator(inputs[0]!, { ...params, to });
    if (!found.ok) return found;
    generators.push({ network: readNetwork(found.value), saved: found.value });
  }
  for (const format of params.formats) {
    const card = modelCard({ format, generators, run: params.run, last: await lastMetrics(inputs), evaluation: await evaluationOf(inputs) });
    const files = { ...(await exportedFiles(format, generators)), 'MODEL.md': card };
    for (const [name, content] of Object.entries(files)) {
      const path = `${params.folder}/${format}/${name}`;
      await mkdir(dirname(join(out, path)), { recursive: true });
      await writeFile(join(out, path), content);
      await publish([path]);
    }
  }
  return ok(undefined);
}

const located = (inputs: readonly StageInput[], path: string): string | undefined => {
  const input = inputs.find(({ files }) => files.some((file) => file.path === path));
  return input?.locate(path);
};

async function lastMetrics(inputs: readonly StageInput[]): Promise<CardFacts['last']> {
  const file = located(inputs, 'metrics.jsonl');
  const lines = file === undefined ? [] : (await readFile(file, 'utf8')).split('\n');
  // Of a run that was killed the last line may be half.
  return lines.map(parsed).findLast((line) => line !== undefined) as CardFacts['last'];
}

async function evaluationOf(inputs: readonly StageInput[]): Promise<CardFacts['evaluation']> {
  const file = located(inputs, 'evaluation.json');
  return file === undefined ? undefined : parsed(await readFile(file, 'utf8')) as CardFacts['evaluation'];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
