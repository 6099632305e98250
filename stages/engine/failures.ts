/** What can go wrong with the engine. Each is one line for people, and wasm runs in spite of it. */
import { failed, failures, type FailureTable } from '../../pipeline/failure.ts';

export const engineFailures = {
  'engine-unsupported-platform': { exit: 1, when: 'TensorFlow was asked for on a platform for which giverny knows no wheel.' },
  'engine-not-installed': { exit: 1, when: 'TensorFlow was asked for, is not installed, and may not be downloaded now (--offline, or only planning).' },
  'engine-no-npm': { exit: 1, when: 'npm, which brings the tfjs binding, is not on the PATH.' },
  'engine-no-pip': { exit: 1, when: 'Neither python3 nor python on the PATH has pip, which brings the TensorFlow wheel.' },
  'engine-no-compiler': { exit: 1, when: 'No g++, clang++ or c++ is on the PATH, and the ziglang wheel, a compiler, could not be fetched either.' },
  'engine-no-network': { exit: 1, when: 'npm or pip could not reach the package index.' },
  'engine-download-failed': { exit: 1, when: 'npm or pip ended with another error; its last line is quoted.' },
  'engine-digest-mismatch': { exit: 1, when: 'A downloaded wheel is not the pinned one: its sha256 differs.' },
  'engine-wheel-damaged': { exit: 1, when: 'The TensorFlow wheel cannot be unpacked, or lacks a library or header that is needed.' },
  'engine-compile-failed': { exit: 1, when: 'The compiler could not build the binding; its first error is quoted.' },
  'engine-disk-full': { exit: 1, when: 'The disk that holds the engine folder is full.' },
  'engine-folder-unwritable': { exit: 1, when: 'The engine folder cannot be written.' },
  'engine-damaged': { exit: 1, when: 'The installed engine is half-finished, was changed, or belongs to another version of giverny.' },
  'engine-load-failed': { exit: 1, when: 'The installed engine is whole but the system refuses to load it.' },
} as const satisfies FailureTable;

export type EngineFailureCode = keyof typeof engineFailures;

/** Makes one of the engine's failures. */
export const engineFailed = failures(engineFailures);

/** Ctrl-C or SIGTERM during an installation: the runner's own failure, so that it ends as every interruption does. */
export const engineInterrupted = (message: string) => failed('interrupted', message);
