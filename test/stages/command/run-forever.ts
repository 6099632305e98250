/** Runs a program that writes its process id and never ends; the test kills this process. */
import { runProgram } from '../../../stages/command/process-group.ts';

await runProgram({
  run: 'sleep 300 & echo $! > pid; wait',
  folder: process.argv[2]!,
  environment: { PATH: process.env['PATH'] ?? '' },
  stop: new AbortController().signal,
  onLine: () => undefined,
});
