/** Ways to break a training that is interrupted, continued or rolled back. */
import { train, type Mutation } from './mutation.ts';

export const session: readonly Mutation[] = [
  {
    name: 'a checkpoint\'s moments are not restored', file: 'stages/train/training-state.ts',
    find: 'variable.assign(value);', replace: 'if (!name.startsWith(\'adam/m/\')) variable.assign(value);', tests: [train('resume')],
  },
  {
    name: 'a checkpoint\'s image pools are not restored', file: 'stages/train/training-state.ts',
    find: 'this.#pools?.[name].restore(images);', replace: 'this.#pools?.[name].restore(undefined);', tests: [train('resume')],
  },
  {
    name: 'a training that continues skips an iteration', file: 'stages/train/session.ts',
    find: 'this.#iteration = this.#checkpointed = position.iteration;', replace: 'this.#iteration = 1 + (this.#checkpointed = position.iteration);', tests: [train('resume')],
  },
  {
    name: 'a training that continues forgets the losses of the epoch under way', file: 'stages/train/history.ts',
    find: 'this.#sums = { ...position?.lossSums };', replace: 'this.#sums = {};', tests: [train('resume')],
  },
  {
    name: 'a training that continues writes a line of metrics twice', file: 'stages/train/history.ts',
    find: 'this.#metrics = lines.map(', replace: 'this.#metrics = [...lines, ...lines.slice(-1)].map(', tests: [train('resume')],
  },
  {
    name: 'an epoch\'s losses are added to the next', file: 'stages/train/history.ts',
    find: '    this.#sums = {};\n    return metrics;', replace: '    return metrics;', tests: [train('run')],
  },
  {
    name: 'NaN in a loss is not seen', file: 'stages/train/divergence.ts',
    find: '.filter(([, value]) => !Number.isFinite(value))', replace: '.filter(([, value]) => value === Infinity)', tests: [train('run')],
  },
  {
    name: 'a damaged checkpoint is taken for whole', file: 'stages/train/checkpoint/checkpoint.ts',
    find: 'state.sha256 !== content.state.sha256', replace: 'state === undefined', tests: [train('checkpoint/store'), train('resume')],
  },
  {
    name: 'a checkpoint\'s averages are not restored', file: 'stages/train/training-state.ts',
    find: 'variable.assign(value);', replace: 'if (!name.startsWith(\'ema/\')) variable.assign(value);', tests: [train('resume')],
  },
  {
    name: 'weights that are not finite end an epoch unseen', file: 'stages/train/session.ts',
    find: 'if (broken) return broken;', replace: '', tests: [train('rollback')],
  },
  {
    name: 'a training that continues says again what pictures show', file: 'stages/train/health-watch.ts',
    find: 'new Set(seen)', replace: 'new Set()', tests: [train('health-watch')],
  },
];

export const rollback: readonly Mutation[] = [
  {
    name: 'rollbacks halve the learning rate once', file: 'stages/train/rollback.ts',
    find: '0.5 ** rollbacks.length', replace: '0.5 ** Math.min(rollbacks.length, 1)', tests: [train('rollback')],
  },
  {
    name: 'a rollback goes to the checkpoint of the very iteration', file: 'stages/train/timetable.ts',
    find: 'Math.floor((iteration - 1) / this.#checkpointInterval)', replace: 'Math.floor(iteration / this.#checkpointInterval)', tests: [train('timetable'), train('rollback')],
  },
  {
    name: 'a shorter training takes what a rollback beyond its end has made', file: 'stages/train/checkpoint/store.ts',
    find: 'rollback.iteration <= end', replace: 'end >= 0', tests: [train('checkpoint/store')],
  },
];
