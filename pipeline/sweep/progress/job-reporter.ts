/** What happens in one job, told as the sweep's events. */
import { Reporters, type Reporter } from '../../progress/events.ts';
import type { BoardJob } from '../sweep-board.ts';
import type { SweepReporter } from '../sweep-events.ts';

export function jobReporter(job: string, { title, trial, epochs }: BoardJob, sweep: SweepReporter): Reporters {
  const reporter: Reporter = {
    report(event) {
      switch (event.event) {
        case 'stage-progress':
          return sweep.report({ event: 'job-progress', job, title, stage: event.stage, progress: event.progress, ...(trial && { trial: trial.trial, values: trial.values }), ...(epochs === undefined ? {} : { epochs }) });
        case 'stage-warning': return sweep.report({ event: 'message', line: `${title}: ${event.stage}: ${event.line}` });
        case 'stage-waiting': return sweep.report({ event: 'message', line: `${title}: ${event.stage}: ${event.message}` });
        case 'message': return sweep.report({ event: 'message', line: `${title}: ${event.line}` });
        default: return;
      }
    },
    close: () => undefined,
  };
  return new Reporters([reporter]);
}
