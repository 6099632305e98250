/** One attempt of a tiny training in a process of its own. Told what to do by one JSON argument; prints a line an iteration, then its result. */
import { implementation } from '../../../stages/train/run.ts';
import { TinyProject, chapter, paper, valueOf } from './tiny-training.ts';
import type { AttemptOrder } from './attempt.ts';

const order = JSON.parse(process.argv[2]!) as AttemptOrder;
const params = valueOf({ chapter, paper }[order.recipe](order.overrides)).params;
const project = TinyProject.open(order.folder, order.attempt);
const context = await project.context(params, { engine: order.engine, seed: order.seed, ...(order.stopAfter !== undefined && { stopAfter: order.stopAfter }) });
const progress = context.progress.bind(context);
const result = await implementation.run({
  ...context,
  progress(report) {
    process.stdout.write('iteration\n');
    progress(report);
  },
});
process.stdout.write(`${JSON.stringify({ code: result.ok ? 'ok' : result.failure.code, out: context.out })}\n`);
