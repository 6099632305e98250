import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SubmittedJob } from '../../../pipeline/sweep/executor.ts';
import { turnsBefore } from '../../../pipeline/sweep/turns.ts';

const jobOf = (job: string, more: Partial<SubmittedJob> = {}): SubmittedJob => ({ job, kind: 'trial', after: [], needs: { engine: true, gpus: 0 }, ...more });

test('who trains the same networks takes turns, and nobody waits in a circle', () => {
  const turn = (of: string, place: number) => ({ of, place });
  const jobs = [jobOf('long', { turns: [turn('x', 2)] }), jobOf('short', { turns: [turn('x', 0)] }), jobOf('middle', { turns: [turn('x', 1)] }), jobOf('alone')];
  assert.equal([...turnsBefore(jobs)], [['middle', ['short']], ['long', ['middle']]]);
  const crossed = [jobOf('a', { turns: [turn('x', 0), turn('y', 1)] }), jobOf('b', { turns: [turn('x', 1), turn('y', 0)] })];
  assert.equal([...turnsBefore(crossed)], [['b', ['a']]]);
  assert.equal([...turnsBefore([jobOf('a', { after: ['b'], turns: [turn('x', 0)] }), jobOf('b', { turns: [turn('x', 1)] })])], []);
});

test.run();
