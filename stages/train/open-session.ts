/** Brings together what a training needs: the engine, the data, the networks with their initial weights, the checkpoints. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import { engineUse, loadEngine } from '../engine/index.ts';
import type { Tf } from '../engine/tf.ts';
import { readNetworkImages } from '../image-set/network-images.ts';
import type { ArraySet } from '../image-set/input.ts';
import { createNetworks, disposeNetworks } from '../model/networks.ts';
import type { Networks } from '../model/networks.ts';
import type { ImageShape } from '../model/spec.ts';
import { openCheckpoints } from './checkpoint/store.ts';
import { openTrainingData } from './data/training-data.ts';
import type { TrainingData } from './data/training-data.ts';
import { readInitialNetworks } from './init-from/read.ts';
import type { TrainParams } from './params.ts';
import { notCaptured } from './precision.ts';
import { openSampler } from './samples/sampler.ts';
import { Session } from './session.ts';
import { discriminatorOperations } from './step/discriminators.ts';
import { capturedExecution } from './step/execution.ts';
import { createTrainer } from './step/cyclegan.ts';
import { createSupervisedTrainer } from './step/supervised.ts';
import { Timetable } from './timetable.ts';
import { TrainingState } from './training-state.ts';

type Context = StageContext<TrainParams>;
type StateParts = Pick<Context, 'params' | 'seed' | 'engine' | 'scratch' | 'warn'>;

/** A session at the beginning of training. */
export async function openSession(context: Context): Promise<Result<Session>> {
  const set = await readNetworkImages(context.inputs[0]!);
  if (!set.ok) return set;
  const data = await openData(context, set.value);
  if (!data.ok) return data;
  const made = await makeNetworks(context, data.value);
  if (!made.ok) {
    await data.value.close();
    return made;
  }
  const { tf, networks } = made.value;
  const timetable = new Timetable(context.params, data.value.iterationsPerEpoch);
  const state = createState(context, tf, networks, data.value.shape);
  return ok(new Session({
    context, tf, networks, data: data.value, timetable, state,
    sampler: await makeSampler(context, set.value, tf, state, data.value),
    checkpoints: await openCheckpoints(context.checkpoints!, {
      keepLast: context.params.keep_last, isRegular: (iteration) => context.params.on_nan === 'rollback' && timetable.isRegularCheckpoint(iteration),
    }),
  }));
}

function openData({ params, seed }: Context, set: ArraySet): Promise<Result<TrainingData>> {
  const { pairing, batch_size: batchSize, iterations_per_epoch: iterationsPerEpoch, augment } = params;
  return openTrainingData(set, { pairing, batchSize, iterationsPerEpoch, augment, seed, paired: params.objective === 'supervised' });
}

async function makeNetworks({ engine, params, seed, log, outside }: Context, { shape }: TrainingData): Promise<Result<{ readonly tf: Tf; readonly networks: Networks }>> {
  const loaded = await loadEngine(engine!, engineUse(engine!));
  if (!loaded.ok) return loaded;
  const { tf } = loaded.value;
  const networks = createNetworks(tf, params.model, shape, seed, undefined, discriminatorOperations(tf, params.loss));
  if (!networks.ok) return networks;
  const initial = params.init_from === undefined ? ok(undefined) : await readInitialNetworks(params.init_from, networks.value, tf, outside?.find(({ name }) => name === 'init_from')?.files);
  if (initial.ok) {
    if (initial.value) log(`begins with the networks of ${params.init_from}: ${initial.value.join(', ')}`);
    return ok({ tf, networks: networks.value });
  }
  disposeNetworks(networks.value);
  return initial;
}

/** All that training changes, stepped as the engine does it best. */
export function createState({ params, seed, engine, scratch, warn }: StateParts, tf: Tf, networks: Networks, shape: ImageShape): TrainingState {
  const supervised = params.objective === 'supervised';
  const trainer = (supervised ? createSupervisedTrainer : createTrainer)(tf, networks, params);
  const options = { scratch, precision: params.precision, refused: notCaptured(params, warn) };
  return new TrainingState(tf, networks, trainer, {
    ...(engine!.capture && { execution: capturedExecution(tf, trainer, options) }),
    batchSize: params.batch_size, shape, seed,
    poolSize: supervised ? 0 : params.image_pool, interpolates: !supervised && params.loss.gan === 'wgan-gp',
  });
}

function makeSampler({ params, seed, engine, scratch }: Context, set: ArraySet, tf: Tf, state: TrainingState, { shape }: TrainingData) {
  return openSampler(set, {
    tf, shape, seed, ...(engine!.capture && { captureIn: scratch }), split: params.sample_split, count: params.samples, generators: () => state.read().networks,
  });
}
