/** The command as a process: its streams, its exit code. */
import type { Catalog } from '../catalog.ts';
import type { StageProcessEntry } from '../execute/stage-process-entry.ts';
import { main } from './main.ts';

export interface ProcessParts {
  loadCatalog(): Promise<Catalog>;
  /** Absolute path of the script that hosts a stage. */
  readonly stageScript: string;
}

/** Runs the command with this process's arguments and sets its exit code. An exception is a bug and keeps its stack. */
export async function runAsProcess({ loadCatalog, stageScript }: ProcessParts): Promise<void> {
  // `giverny ls | head` closes the pipe early: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0); else throw error; });
  const stageProcess: StageProcessEntry = { script: stageScript, execArgv: process.execArgv };
  process.exitCode = await main(process.argv.slice(2), {
    stdout: (text) => { process.stdout.write(text); },
    stderr: (text) => { process.stderr.write(text); },
    cwd: process.cwd(),
    color: wantsColor(),
    terminal: process.stderr.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
    stageProcess,
    loadCatalog,
  });
}

function wantsColor(): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = process.env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return refused === undefined && terminal !== 'dumb' && process.stderr.isTTY === true;
}
