/** One evaluation in a process of its own. Told what to do by one JSON argument; prints its result. */
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StageDefinition } from '../../../pipeline/stage.ts';
import { evaluateStage } from '../../../stages/evaluate/definition.ts';
import { implementation } from '../../../stages/evaluate/run.ts';
import { codeOf, createRig, filesBelow, inputFrom, messageOf } from '../stage-rig.ts';
import type { EvaluationOrder, EvaluationResult } from './evaluate-attempt.ts';

const order = JSON.parse(process.argv[2]!) as EvaluationOrder;
const rig = await createRig();
const withEngine = {
  ...(evaluateStage as unknown as StageDefinition<never>),
  load: async () => ({ run: (context: object) => implementation.run({ ...context, engine: order.engine } as never) }),
} as StageDefinition<never>;
const inputs = await Promise.all(order.inputs.map(({ folder, stage }) => inputFrom(folder, stage)));
const { result, out } = await rig.run(withEngine, order.params, { inputs });
for (const path of await filesBelow(out)) {
  await mkdir(dirname(join(order.out, path)), { recursive: true });
  await copyFile(join(out, path), join(order.out, path));
}
await rig.remove();
const answer: EvaluationResult = { code: codeOf(result), message: messageOf(result) };
process.stdout.write(`${JSON.stringify(answer)}\n`);
