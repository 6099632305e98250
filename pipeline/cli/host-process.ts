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
  const stageProcess: StageProcessEntry = { script: stageScript, execArgv: process.execArgv };
  process.exitCode = await main(process.argv.slice(2), {
    stdout: writerTo(process.stdout),
    stderr: writerTo(process.stderr),
    cwd: process.cwd(),
    color: wantsColor(),
    terminal: process.stderr.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
    stageProcess,
    loadCatalog,
  });
}

/** `giverny ls | head`, `run --json | head -1`: who reads no longer must not end a training; nothing more is written. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return (text) => { if (!closed) stream.write(text); };
}

function wantsColor(): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = process.env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return refused === undefined && terminal !== 'dumb' && process.stderr.isTTY === true;
}
