/** We as a process that answers as worker.py does: `ours.ts TASK`. Without a peer in the task it writes the start file and ends. */
import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { engineUse, loadEngine, selectEngine } from '../../stages/engine/index.ts';
import type { Tf } from '../../stages/engine/tf.ts';
import { ourStep } from './our-step.ts';
import { ourTranslation } from './our-translation.ts';
import type { OurTask } from './commands.ts';
import { writeStartFile } from './start-file.ts';
import type { Turn } from './worker.ts';
import type { Work } from './work.ts';

async function engine(device: 'cpu' | 'gpu:0'): Promise<Tf> {
  const selected = await selectEngine({ backend: 'tensorflow', device }, {
    provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined,
  });
  if (!selected.ok) throw new Error(`${selected.failure.message}: ${selected.failure.hint ?? ''}`);
  const loaded = await loadEngine(selected.value, engineUse(selected.value));
  if (!loaded.ok) throw new Error(loaded.failure.message);
  return loaded.value.tf;
}

async function turn(work: Work, first: number, count: number): Promise<Turn> {
  const [wall, cpu]: [number[], number[]] = [[], []];
  let values: Turn['values'] = {};
  for (let iteration = first; iteration < first + count; iteration += 1) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    values = await work(iteration);
    const { user, system } = process.cpuUsage(used);
    wall.push(performance.now() - start);
    cpu.push((user + system) / 1000);
  }
  return { wall, cpu, values, peak: process.resourceUsage().maxRSS / 1024 };
}

async function answer(work: Work): Promise<void> {
  let done = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const { count } = JSON.parse(line) as { readonly count: number };
    writeSync(answers, `${JSON.stringify(await turn(work, done, count))}\n`);
    done += count;
  }
}

/** The file descriptor. */
const answers = 3;

const task = JSON.parse(process.argv[2]!) as OurTask;
const device = task.device === 'gpu' ? 'gpu:0' : 'cpu';
if (task.peer === undefined) {
  await writeStartFile(await engine('cpu'), task, task.file);
} else {
  await answer((task.kind === 'step' ? ourStep : ourTranslation)(await engine(device), task, task.peer, task.scratch));
}
