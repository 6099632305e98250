/** The run folder's own accounts of a run: events.jsonl and logs/<stage>.log. Both only grow, over all continuations. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatWithOptions } from 'node:util';
import { ignoringFileErrors } from '../cache/lease-files.ts';
import type { RunEvent, Reporter } from './events.ts';
import { jsonLinesReporter } from './json-lines.ts';
import { describeEnd, describeStart } from './lines.ts';

export const logFile = (stage: string): string => `logs/${stage}.log`;

/**
 * Writes at once and synchronously, so that what a killed process said is there. A disk that is full loses lines,
 * never the run: the failure that matters comes from the stage or the cache.
 */
export function runFolderReporter(folder: string): Reporter {
  const files = new Map<string, number>();

  function append(path: string, text: string): void {
    ignoringFileErrors(() => {
      const known = files.get(path);
      if (known === undefined) mkdirSync(dirname(join(folder, path)), { recursive: true });
      const file = known ?? openSync(join(folder, path), 'a');
      if (known === undefined) files.set(path, file);
      writeSync(file, text);
    });
  }
  const events = jsonLinesReporter({ write: (line) => append('events.jsonl', line), interval: 10_000 });

  return {
    report(event) {
      events.report(event);
      const line = logLine(event);
      if (line !== undefined) append(logFile(line.stage), `${new Date().toISOString()} ${line.text}\n`);
    },
    close() {
      for (const file of files.values()) ignoringFileErrors(() => closeSync(file));
      files.clear();
    },
  };
}

function logLine(event: RunEvent): { readonly stage: string; readonly text: string } | undefined {
  switch (event.event) {
    case 'stage-started': return { stage: event.stage, text: describeStart(event.stage, event.reason) };
    case 'stage-waiting': return { stage: event.stage, text: event.message };
    case 'stage-log': return { stage: event.stage, text: event.line };
    case 'stage-warning': return { stage: event.stage, text: `warning: ${event.line}` };
    case 'stage-ended': return { stage: event.stage, text: `${describeEnd(event)}${event.failure === undefined ? '' : `\n${formatWithOptions({ depth: 5 }, event.failure)}`}` };
    default: return undefined;
  }
}
