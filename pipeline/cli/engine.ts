/** `giverny engine install|status|remove`: TensorFlow, apart from any run. */
import { failed } from '../failure.ts';
import { listenForStop } from '../execute/stop-signals.ts';
import { plainReporter } from '../progress/plain.ts';
import { terminalReporter } from '../progress/terminal.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

type Examination = typeof import('../../stages/engine/examine.ts');
type Device = import('../stage.ts').EngineSelection['device'];

const usage = 'giverny engine install|status|remove [--device cpu|gpu:0]';

export async function engineCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('engine', args, { device: { type: 'string' } } as const);
  if (!line.ok) return printFailure(line.failure, io);
  const { positionals: [action, ...more], flags } = line.value;
  const known = action === 'install' || action === 'status' || action === 'remove';
  if (!known || more.length > 0 || (flags.device !== undefined && !/^(cpu|gpu:\d+)$/.test(flags.device))) {
    return printFailure(failed('usage', 'giverny engine does not understand that', { expected: usage, hint: 'giverny engine --help' }).failure, io);
  }
  const engine = await import('../../stages/engine/examine.ts');
  const device = (flags.device ?? engine.preferredDevice()) as Device;
  if (action === 'install') return install(engine, device, io);
  return action === 'status' ? status(engine, device, io) : remove(engine, io);
}

async function install(engine: Examination, device: Device, io: CommandIo): Promise<number> {
  const reporter = io.terminal ? terminalReporter({ stream: process.stderr, color: io.color }) : plainReporter({ write: io.stderr });
  const say = (text: string) => reporter.report({ event: 'message', line: text });
  const signals = listenForStop({ first: () => say('stopping; what is finished is kept'), second: () => reporter.close() });
  try {
    const installed = await engine.installEngine(device, {
      offline: false,
      stop: signals.stop,
      say,
      progress: (label, progress) => reporter.report({ event: 'preparing', label, progress }),
    });
    reporter.close();
    if (!installed.ok) return printFailure((installed.failure.code === 'interrupted' ? signals.failure() : undefined) ?? installed.failure, io);
    io.stdout(`TensorFlow is installed in ${installed.value}\n`);
    return 0;
  } finally {
    signals.dispose();
  }
}

/** Exit code 0 where TensorFlow is installed and whole, else 1. */
function status(engine: Examination, device: Device, io: CommandIo): number {
  const state = engine.engineState(device);
  if (!state.ok) return printFailure(state.failure, io);
  const { value } = state;
  if (value.state === 'installed') {
    io.stdout(`TensorFlow ${value.stamp.tensorflow} (${value.stamp.variant}) is installed in ${value.folder}\nbinding built by ${value.stamp.compiler}\n`);
    return 0;
  }
  const missing = value.unfinished ? 'TensorFlow is half installed' : 'TensorFlow is not installed';
  io.stdout(`${value.state === 'damaged' ? `the TensorFlow in ${value.folder} is damaged: ${value.reason}` : missing}\ngiverny engine install mends that\n`);
  return 1;
}

function remove(engine: Examination, io: CommandIo): number {
  const removed = engine.removeEngines();
  if (!removed.ok) return printFailure(removed.failure, io);
  const bytes = removed.value;
  io.stdout(bytes === 0 ? 'no engine was installed\n' : `removed the engine in ${engine.engineFolder()} (${(bytes / 1e9).toFixed(1)} GB)\n`);
  return 0;
}
