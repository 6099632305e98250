/** The command line of `npm run bench:step`. */
import { parseArgs } from 'node:util';
import type { Device } from './commands.ts';
import { peers, type Peer } from './peers.ts';
import { kinds, recipeNames, type Task } from './task.ts';

export interface Options {
  readonly tasks: readonly Task[];
  readonly peers: readonly Peer[];
  readonly steps: number;
  readonly rounds: number;
  readonly device: Device;
  readonly json?: string;
  readonly show?: string;
  readonly python: Readonly<Record<'torch' | 'keras', string | undefined>>;
}

export const help = `npm run bench:step -- [options]: training steps and inference, ours beside PyTorch's and Keras's

  --what step,inference     default both
  --recipe chapter,paper    default both
  --size 64,128,256         height and width of the images
  --batch 1,4               inference: 1,4,16
  --peers NAME,…            default all: ${peers.map(({ name }) => name).join(', ')}
  --steps 15 --rounds 3     steps of each in each of the rounds
  --device cpu|gpu          on a GPU nothing of ours is captured: without ours and ours-bf16
  --json FILE               writes the results; a file that is there keeps what this run does not measure
  --show FILE               prints what is in such a file, and measures nothing
  --python-torch PATH       a Python with PyTorch, and one with Keras and TensorFlow, in the place of those
  --python-keras PATH       that are installed into bench/.venv
`;

/** Throws what is wrong with the arguments, in one sentence; undefined where help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args], options: {
      help: { type: 'boolean', default: false },
      what: { type: 'string', default: kinds.join() }, recipe: { type: 'string', default: recipeNames.join() },
      size: { type: 'string', default: '64,128,256' }, batch: { type: 'string' }, peers: { type: 'string' },
      steps: { type: 'string', default: '15' }, rounds: { type: 'string', default: '3' }, device: { type: 'string', default: 'cpu' },
      json: { type: 'string' }, show: { type: 'string' }, 'python-torch': { type: 'string' }, 'python-keras': { type: 'string' },
    },
  });
  if (values.help) return undefined;
  const count = (name: string, text: string) => oneOf(name, text, (value) => /^[1-9]\d*$/.test(value), 'a number from 1').map(Number);
  const among = <T extends string>(name: string, text: string, known: readonly T[]) => oneOf(name, text, (value) => (known as readonly string[]).includes(value), known.join(', ')) as T[];
  const [steps, rounds] = [count('steps', values.steps)[0]!, count('rounds', values.rounds)[0]!];
  const batches = { step: count('batch', values.batch ?? '1,4'), inference: count('batch', values.batch ?? '1,4,16') };
  const device = among('device', values.device, ['cpu', 'gpu'] as const)[0]!;
  const usable = peers.filter(({ captured }) => device === 'cpu' || captured !== true).map(({ name }) => name);
  const names = values.peers === undefined ? usable : among('peers', values.peers, usable);
  const [recipes, sizes] = [among('recipe', values.recipe, recipeNames), count('size', values.size)];
  const tasks = among('what', values.what, kinds).flatMap((kind) => sizes.flatMap((size) => recipes.flatMap((recipe) =>
    batches[kind].map((batch): Task => ({ kind, recipe, size, batch })))));
  return {
    tasks, peers: peers.filter(({ name }) => names.includes(name)), steps, rounds,
    device,
    ...(values.json !== undefined && { json: values.json }), ...(values.show !== undefined && { show: values.show }),
    python: { torch: values['python-torch'], keras: values['python-keras'] },
  };
}

function oneOf(name: string, text: string, isValid: (value: string) => boolean, expected: string): string[] {
  const values = text.split(',').map((value) => value.trim());
  const wrong = values.find((value) => !isValid(value));
  if (wrong !== undefined) throw new Error(`--${name}: ${wrong || 'nothing'} is not one of ${expected}`);
  return values;
}
