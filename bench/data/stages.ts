/** The stages' side of the benchmark, run from a bundle as people run them: `node stages.js IMAGES WORK` prints rates as JSON. */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext, StageDefinition, StageInput, StoredFile } from '../../pipeline/stage.ts';
import { ok } from '../../pipeline/failure.ts';
import { forEachBounded } from '../../stages/bounded.ts';
import { flipStage } from '../../stages/flip/definition.ts';
import { normalizeStage } from '../../stages/normalize/definition.ts';
import { resizeStage } from '../../stages/resize/definition.ts';
import { synthesizeStage } from '../../stages/synthesize/definition.ts';
import { manyAMessage, Threads, threadsFor } from '../../stages/threads.ts';

export interface Rate {
  readonly what: string;
  readonly imagesPerSecond: number;
  readonly cpuMilliseconds?: number;
}

/** A stage's outputs as the next one's input. */
async function inputFrom(folder: string): Promise<StageInput> {
  const files: StoredFile[] = [];
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const stats = await stat(join(folder, path));
    if (stats.isFile()) files.push({ path, bytes: stats.size, digest: '', kind: 'reproducible' });
  }
  return { stage: 'before', uses: 'before', files, locate: (path) => join(folder, path) };
}

async function timeStage<P>(definition: StageDefinition<P>, params: unknown, inputs: readonly StageInput[], out: string): Promise<Rate> {
  await mkdir(out, { recursive: true });
  const prepared = definition.prepare(params, { where: () => undefined, resolvePath: (_, path) => path, writtenTogether: () => true });
  if (!prepared.ok) throw new Error(prepared.failure.message);
  let images = 0;
  const nothing = () => undefined;
  const context: StageContext<P> = {
    stage: definition.uses, params: prepared.value.params, seed: 1, inputs, out, scratch: out, stop: new AbortController().signal,
    offline: true, progress: ({ done }) => void (images = done), log: nothing, warn: nothing, publish: async () => undefined,
  };
  const [before, began] = [process.cpuUsage(), performance.now()];
  const result = await (await definition.load()).run(context);
  const [{ user, system }, ended] = [process.cpuUsage(before), performance.now()];
  if (!result.ok) throw new Error(result.failure.message);
  return { what: definition.uses, imagesPerSecond: (images * 1000) / (ended - began), cpuMilliseconds: (user + system) / 1000 / images };
}

/** What torchvision's loader does, in the stage's own threads: each image's pixels come back to this one, and nothing is written. */
async function timeDecoding(input: StageInput): Promise<Rate> {
  const { decodeThreads } = await import('./decode.ts');
  const files = input.files.filter(({ path }) => path.endsWith('.jpg')).map(({ path }) => input.locate(path));
  const [before, began] = [process.cpuUsage(), performance.now()];
  const threads = new Threads<string, Uint8Array>(decodeThreads.script, decodeThreads.name, Math.max(1, threadsFor(files.length)), manyAMessage);
  await forEachBounded(files, new AbortController().signal, async (file) => {
    if ((await threads.run(file)).length !== 128 * 128 * 3) throw new Error(`${file} was not decoded`);
    return ok(undefined);
  }, threads.atOnce);
  const [{ user, system }, ended] = [process.cpuUsage(before), performance.now()];
  await threads.close();
  return { what: 'decode and resize, nothing written', imagesPerSecond: (files.length * 1000) / (ended - began), cpuMilliseconds: (user + system) / 1000 / files.length };
}

async function round(input: StageInput, work: string): Promise<Rate[]> {
  const at = (name: string) => join(work, name);
  const rates = [await timeDecoding(input)];
  rates.push(await timeStage(resizeStage, { size: 128 }, [input], at('resize')));
  rates.push(await timeStage(flipStage, { probability: 0.5 }, [await inputFrom(at('resize'))], at('flip')));
  rates.push(await timeStage(normalizeStage, { range: [-1, 1] }, [await inputFrom(at('flip'))], at('normalize')));
  rates.push(await timeStage(synthesizeStage, { task: 'painterly', size: 64, train: 100, test: 20, pairs: 'test' }, [], at('synthesize')));
  return rates;
}

const [images, work] = process.argv.slice(2);
console.log(JSON.stringify(await round(await inputFrom(images!), work!)));
