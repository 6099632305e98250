/** Ctrl-C and SIGTERM: the first asks everything to finish its step, the second ends at once. */
import { failed, type Failure } from '../failure.ts';

export interface StopSignals {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** What the run ends with: `interrupted` or `terminated`; undefined while no signal came. */
  failure(): Failure | undefined;
  /** Gives the signals back to Node. */
  dispose(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
type StopSignal = (typeof signals)[number];

export interface StopReactions {
  first(signal: StopSignal): void;
  /** Kills what runs; the process exits with `code` right after. */
  second(code: number): void;
}

export function listenForStop({ first, second }: StopReactions): StopSignals {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (received !== undefined) {
      const code = signal === 'SIGTERM' ? 143 : 130;
      second(code);
      process.exit(code);
    }
    received = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    first(received);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: controller.signal,
    failure() {
      if (received === undefined) return undefined;
      const code = received === 'SIGTERM' ? 'terminated' : 'interrupted';
      return failed(code, `${code}; the same command continues from here`).failure;
    },
    dispose() { for (const signal of signals) process.off(signal, onSignal); },
  };
}
