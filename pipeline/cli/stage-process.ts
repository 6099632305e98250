/** The program of a stage's own process: see pipeline/execute/stage-host.ts. With `measure REQUEST` it times a step of training for `giverny doctor --bench`. */
import { hostStage } from '../execute/stage-host.ts';

const [task, request] = process.argv.slice(2);
if (task === 'measure') await measure(request!);
else hostStage(async () => (await import('../../stages/index.ts')).catalog);

/** The result as one line of JSON, the last on stdout. */
async function measure(json: string): Promise<void> {
  const { measureStep } = await import('../../stages/train/measure-step.ts');
  const { guardAgainstOrphaning } = await import('../execute/orphan-guard.ts');
  guardAgainstOrphaning(process.ppid);
  const result = await measureStep(JSON.parse(json));
  process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
}
