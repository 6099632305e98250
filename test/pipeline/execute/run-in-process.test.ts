import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess } from '../../../pipeline/execute/run-in-process.ts';
import { StageProcesses } from '../../../pipeline/execute/stage-processes.ts';

const unheard = () => assert.unreachable();

test('a process that cannot be tied to the run\'s lease is killed, and how that failed is how the stage ended', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  let pid = 0;
  const end = await runInProcess({ stage: 'train', uses: 'train', params: {}, seed: 1, inputs: [], out: '', scratch: '', offline: true }, {
    entry: { script: fileURLToPath(new URL('../cli/fixture-stage-process.ts', import.meta.url)), execArgv: ['--import', import.meta.resolve('tsx')] },
    hooks: { progress: unheard, log: unheard, warn: unheard, publish: async () => unheard() },
    stop: new AbortController().signal, processes: new StageProcesses(),
    async started(child) {
      pid = child;
      throw full;
    },
  });
  assert.is(end.kind === 'threw' && end.error.code, 'ENOSPC');
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test.run();
