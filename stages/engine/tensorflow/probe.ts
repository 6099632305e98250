/** Proves an engine by using it: a child process loads it and multiplies two matrices. */
import { join } from 'node:path';
import { ok, type Result } from '../../../pipeline/failure.ts';
import { engineFailed, engineInterrupted } from '../failures.ts';
import { bindingPackage } from './installation.ts';
import { restoreRemovedUtilSource } from './node-compatibility.ts';

const script = `
${restoreRemovedUtilSource}
process.noDeprecation = true;
const tf = require(process.argv[1]);
const product = tf.matMul([[1, 2], [3, 4]], [[5], [6]]).arraySync();
console.log('\\n' + JSON.stringify({ product, gpu: tf.backend().isUsingGpuDevice }));
`;

/** Loads the installation in `folder` in a process of its own. Fails with `engine-load-failed` and the system's words. */
export async function probeTensorFlow(folder: string, stop?: AbortSignal): Promise<Result<{ readonly gpu: boolean }>> {
  const { execa } = await import('execa');
  const ended = await execa(process.execPath, ['--input-type=commonjs', '-e', script, join(folder, bindingPackage)], {
    env: { TF_CPP_MIN_LOG_LEVEL: '3', NODE_OPTIONS: '' },
    reject: false,
    stdin: 'ignore',
    ...(stop ? { cancelSignal: stop } : {}),
  });
  const answer = ended.stdout.split('\n').at(-1) ?? '';
  if (!ended.failed && answer.startsWith('{"product":[[17],[39]]')) return ok({ gpu: answer.includes('"gpu":true') });
  if (stop?.aborted) return engineInterrupted('interrupted while trying the engine; the same command continues');
  const words = /^\s*(?:\w*Error: )(.*)$/m.exec(ended.stderr)?.[1] ?? (ended.signal ? `it was killed by ${ended.signal}` : 'it computed nothing');
  return engineFailed('engine-load-failed', `TensorFlow does not run on this machine: ${words}`, { where: { file: folder }, hint: 'Run `giverny engine remove`, then `giverny engine install`.' });
}
