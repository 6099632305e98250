/** What a kill leaves: a process's file-system calls in one folder, cut off before the n-th; a write is cut off half way. */
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { sep } from 'node:path';

type Call = (...args: never[]) => Promise<unknown>;

export interface StoppedCalls {
  /** How many calls there were, the one that was cut off included. */
  readonly calls: number;
  /** Later calls do again what they did. */
  restore(): Promise<void>;
}

const pathCalls = ['mkdir', 'open', 'rename', 'rm', 'readdir', 'readFile'] as const;
const handleCalls = ['write', 'writeFile', 'sync', 'close'] as const;

/**
 * From call `last` on (counted from 1) no call below `folder` does anything, nor ever answers; `stop` is told when it
 * comes. Reads count like writes: what matters is every place between two changes.
 */
export async function stopFileCalls(folder: string, last: number, stop: () => void): Promise<StoppedCalls> {
  const prototype = await handlePrototype();
  const own = new Set<FileHandle>();
  let calls = 0;
  const undo: (() => void)[] = [];
  const replace = <T extends object>(target: T, name: keyof T & string, make: (original: Call) => (this: unknown, ...args: unknown[]) => unknown) => {
    const original = target[name] as Call;
    Object.assign(target, { [name]: make(original) });
    undo.push(() => Object.assign(target, { [name]: original }));
  };
  const halt = () => {
    if (calls === last) stop();
    return new Promise(() => undefined);
  };
  for (const name of pathCalls) {
    replace(fsPromises, name, (original) => async function (this: unknown, ...args) {
      const within = typeof args[0] === 'string' && (args[0] === folder || args[0].startsWith(folder + sep));
      if (within && ++calls >= last) return halt();
      const result = await original.apply(this, args as never[]);
      if (within && name === 'open') own.add(result as FileHandle);
      return result;
    });
  }
  for (const name of handleCalls) {
    replace(prototype, name, (original) => function (this: unknown, ...args) {
      if (!own.has(this as FileHandle)) return original.apply(this, args as never[]);
      if (++calls < last) {
        if (name === 'close') own.delete(this as FileHandle);
        return original.apply(this, args as never[]);
      }
      if (name.startsWith('write') && calls === last) writeHalf(this as FileHandle, args[0] as string | Uint8Array);
      return halt();
    });
  }
  syncBuiltinESMExports();
  return {
    get calls() {
      return Math.min(calls, last);
    },
    async restore() {
      for (const back of undo) back();
      syncBuiltinESMExports();
      for (const handle of own) await handle.close();
    },
  };
}

function writeHalf(handle: FileHandle, content: string | Uint8Array): void {
  const bytes = Buffer.from(content as string);
  fs.writeSync(handle.fd, bytes, 0, Math.floor(bytes.length / 2));
}

async function handlePrototype(): Promise<FileHandle> {
  const handle = await fsPromises.open(process.execPath);
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
