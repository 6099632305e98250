/** Runs npm, pip and compilers, and turns how they end into one of the engine's failures. */
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { engineFailed, engineInterrupted, type EngineFailureCode } from '../../failures.ts';
import { engineFolder } from '../location.ts';

export interface ToolCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stop?: AbortSignal;
}

/** What an unsuccessful end means, by the words of the program; the first that fits. */
const signs: readonly (readonly [RegExp, EngineFailureCode, string])[] = [
  [/ENOSPC|No space left on device|not enough space/i, 'engine-disk-full', 'the disk of the engine folder is full'],
  [/EACCES|EROFS|EPERM|Permission denied|Read-only file system/i, 'engine-folder-unwritable', 'the engine folder cannot be written'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError|ConnectTimeout|ReadTimeout|Connection refused|Max retries exceeded|Temporary failure in name resolution|Could not fetch URL|Network is unreachable|after connection broken/i,
    'engine-no-network',
    'the package index cannot be reached',
  ],
];

/**
 * Runs a program to its end; the value is what it wrote to stdout. Fails with `missing` if there is no such program, with
 * `interrupted` after `stop`, with what its words tell (disk, folder, network), else with `otherwise` and its last error line.
 */
export async function runTool(call: ToolCall, missing: EngineFailureCode, otherwise: EngineFailureCode): Promise<Result<string>> {
  const { execa } = await import('execa');
  const { stop } = call;
  const ended = await execa(call.command, [...call.args], {
    cwd: call.cwd,
    env: call.env ?? process.env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    ...(stop ? { cancelSignal: stop } : {}),
  });
  if (!ended.failed) return ok(ended.stdout);
  if (stop?.aborted || ended.signal === 'SIGINT') return engineInterrupted('interrupted while installing TensorFlow; the same command continues');
  if (ended.code === 'ENOENT') return engineFailed(missing, `${call.command} is not on the PATH`);
  return judge(call.command, `${ended.stderr}\n${ended.stdout}\n${ended.exitCode === undefined ? ended.shortMessage : ''}`, otherwise);
}

/** The failure that an unsuccessful program's words tell of. */
export function judge(command: string, words: string, otherwise: EngineFailureCode) {
  const sign = signs.find(([pattern]) => pattern.test(words));
  if (sign) return engineFailed(sign[1], sign[2], { ...(sign[1] !== 'engine-no-network' && { where: { file: engineFolder() } }), hint: hints[sign[1]]! });
  const lines = words.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const telling = lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return engineFailed(otherwise, `${command} failed: ${telling}`);
}

const hints: Partial<Record<EngineFailureCode, string>> = {
  'engine-disk-full': 'Make room (about 2 GB), or set GIVERNY_ENGINE_DIR to a folder on another disk.',
  'engine-folder-unwritable': 'Set GIVERNY_ENGINE_DIR to a folder that can be written.',
  'engine-no-network': 'Connect, then run `giverny engine install`; what is already here is kept.',
};

/** The failure of a file operation of our own: a full disk or a folder that cannot be written; anything else is a bug and is thrown. */
export function engineFolderFailure(error: unknown) {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const unwritable = /^(EACCES|EROFS|EPERM|ENOTDIR|EEXIST)$/.test(code) || (code === 'ENOENT' && syscall === 'mkdir');
  if (!unwritable && !/^(ENOSPC|EDQUOT)$/.test(code)) throw error;
  return judge('', unwritable ? 'EACCES' : 'ENOSPC', 'engine-folder-unwritable');
}
