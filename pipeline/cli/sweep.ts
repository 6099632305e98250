/** `giverny sweep CONFIG path=a,b,c…`, and what there is to do with a sweep: status, cancel, resume, logs. */
import type { CommandIo } from './command.ts';

const parts = {
  status: async () => (await import('./sweep-status.ts')).sweepStatus,
  cancel: async () => (await import('./sweep-cancel.ts')).sweepCancel,
  resume: async () => (await import('./sweep-resume.ts')).sweepResume,
  logs: async () => (await import('./sweep-logs.ts')).sweepLogs,
} as const;

export async function sweepCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [first = '', ...rest] = args;
  if (Object.hasOwn(parts, first)) return (await parts[first as keyof typeof parts]())(rest, io);
  return (await import('./sweep-run.ts')).sweepRun(args, io);
}
