/** `giverny sweep CONFIG path=a,b,c…`, and what there is to do with a sweep: status, cancel, resume, logs. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearestName } from '../config/nearest-name.ts';
import { failed } from '../failure.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

const parts = {
  status: async () => (await import('./sweep-status.ts')).sweepStatus,
  cancel: async () => (await import('./sweep-cancel.ts')).sweepCancel,
  resume: async () => (await import('./sweep-resume.ts')).sweepResume,
  logs: async () => (await import('./sweep-logs.ts')).sweepLogs,
} as const;

export async function sweepCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [first = '', ...rest] = args;
  if (Object.hasOwn(parts, first)) return (await parts[first as keyof typeof parts]())(rest, io);
  const meant = /^\w+$/.test(first) && !existsSync(resolve(io.cwd, first)) ? nearestName(first, Object.keys(parts)) : undefined;
  if (meant !== undefined) return printFailure(failed('usage', `giverny sweep knows no ${first}, and there is no config of that name`, { expected: `a config, or ${Object.keys(parts).join(', ')}`, hint: `did you mean giverny sweep ${meant}?` }).failure, io);
  return (await import('./sweep-run.ts')).sweepRun(args, io);
}
