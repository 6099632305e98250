/** One attempt of a tiny training in a process of its own. Told what to do by one JSON argument; prints its result. */
import { implementation } from '../../../stages/train/run.ts';
import { stopFileCalls } from './checkpoint/stop-file-calls.ts';
import { TinyProject, chapter, paper, valueOf } from './tiny-training.ts';
import type { AttemptOrder, AttemptResult } from './attempt.ts';

const order = JSON.parse(process.argv[2]!) as AttemptOrder;
const params = valueOf({ chapter, paper }[order.recipe](order.overrides)).params;
const project = TinyProject.open(order.folder, order.attempt);
const context = await project.context(params, { engine: order.engine, seed: order.seed, ...(order.stopAfter !== undefined && { stopAfter: order.stopAfter }) });
const fileCalls = await stopFileCalls(project.checkpoints, order.killAtFileCall ?? Infinity, () => process.kill(process.pid, 'SIGKILL'));
const run = await implementation.run(context);
const result: AttemptResult = { code: run.ok ? 'ok' : run.failure.code, out: context.out, fileCalls: fileCalls.calls };
process.stdout.write(`${JSON.stringify(result)}\n`);
