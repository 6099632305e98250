/** What the measurements of `giverny doctor --bench` mean for a config, in plain words. */
import type { Failure } from '../failure.ts';
import { durationText } from '../progress/words.ts';
import { chapter, paper, quickstart, type Measurement, type Precision, type Training } from './doctor-measurements.ts';
import { gigabytes, millisecondsText } from './doctor-words.ts';

export interface Advice {
  /** What to set, or what is told: `engine.threads`, `memory`, `time of configs/quickstart.yaml`. */
  readonly subject: string;
  readonly text: string;
}

export interface Circumstances {
  readonly defaultThreads: number;
  /** Why TensorFlow was not measured. */
  readonly missing: Failure | undefined;
}

export function adviceOn(measurements: readonly Measurement[], circumstances: Circumstances): readonly Advice[] {
  if (measurements.length === 0) return [];
  return [
    ...(circumstances.missing === undefined ? [] : [onMissing(circumstances.missing)]),
    ...onThreads(measurements, circumstances), ...onPrecision(measurements), ...onEngines(measurements), ...onMemory(measurements), ...onTime(measurements, circumstances),
  ];
}

const onMissing = ({ message, hint }: Failure): Advice => ({ subject: 'engine', text: `${message}; wasm was measured alone${hint === undefined ? '' : `. ${hint}`}` });

const isOnProcessors = ({ engine }: Measurement) => engine.backend === 'tensorflow' && engine.device === 'cpu';

function of(measurements: readonly Measurement[], training: Training, precision: Precision): readonly Measurement[] {
  return measurements.filter((each) => isOnProcessors(each) && each.training === training && each.precision === precision);
}

const fastest = (measurements: readonly Measurement[]): Measurement | undefined =>
  measurements.reduce<Measurement | undefined>((best, each) => (best === undefined || each.times.step < best.times.step ? each : best), undefined);

/** Of two that differ by less than this share the one that needs nothing to be set is as good. */
const worthSetting = 0.05;

function onThreads(measurements: readonly Measurement[], { defaultThreads }: Circumstances): Advice[] {
  return [chapter, quickstart].flatMap((training) => {
    const measured = of(measurements, training, 'float32');
    const best = fastest(measured);
    if (best === undefined) return [];
    const usual = measured.find(({ engine }) => engine.threads === defaultThreads);
    const size = `for networks like those of ${training.config}`;
    const took = `${millisecondsText(best.times.step)} a step`;
    if (usual !== undefined && best.times.step > (1 - worthSetting) * usual.times.step) {
      return [{ subject: 'engine.threads', text: `${defaultThreads}, the default, is best ${size}: ${millisecondsText(usual.times.step)} a step${others(measured, usual)}` }];
    }
    return [{ subject: 'engine.threads', text: `${best.engine.threads} is best ${size}: ${took}${others(measured, best)}; the default is ${defaultThreads}` }];
  });
}

function others(measured: readonly Measurement[], best: Measurement): string {
  const rest = measured.filter((each) => each !== best).map(({ engine, times }) => `${millisecondsText(times.step)} with ${engine.threads}`);
  return rest.length === 0 ? '' : ` (${rest.join(', ')})`;
}

function onPrecision(measurements: readonly Measurement[]): Advice[] {
  return [chapter, quickstart].flatMap((training) => {
    const [single, half] = [fastest(of(measurements, training, 'float32')), fastest(of(measurements, training, 'bfloat16'))];
    if (single === undefined || half === undefined) return [];
    const ratio = single.times.step / half.times.step;
    const gain = ratio > 1 + worthSetting ? `is ${ratio.toFixed(1)} times as fast` : ratio < 1 - worthSetting ? 'is slower' : 'is no faster';
    return [{ subject: 'stages.train.precision', text: `bfloat16 ${gain} for networks like those of ${training.config}: ${millisecondsText(half.times.step)} a step; another training, with other results` }];
  });
}

function onEngines(measurements: readonly Measurement[]): Advice[] {
  const wasm = measurements.find(({ engine }) => engine.backend === 'wasm');
  const tensorflow = fastest(of(measurements, quickstart, 'float32'));
  if (wasm === undefined || tensorflow === undefined) return [];
  return [{ subject: 'engine', text: `TensorFlow is ${(wasm.times.step / tensorflow.times.step).toFixed(1)} times as fast as wasm (${millisecondsText(wasm.times.step)} a step of ${quickstart.config})` }];
}

function onMemory(measurements: readonly Measurement[]): Advice[] {
  return [quickstart, chapter].flatMap((training) => {
    const most = Math.max(...measurements.filter((each) => each.training === training).map(({ times }) => times.memory));
    return most > 0 ? [{ subject: 'memory', text: `training ${training.config} takes ${gigabytes(most)}` }] : [];
  });
}

/** Of the whole training, with what its config says and else with the defaults, in float32. */
function onTime(measurements: readonly Measurement[], { defaultThreads }: Circumstances): Advice[] {
  return [quickstart, chapter, paper].flatMap((training) => {
    const near = nearest(measurements, training, defaultThreads);
    if (near === undefined) return [];
    const step = near.times.step * (training.work / near.training.work);
    const iterations = training.epochs * training.iterationsPerEpoch;
    const estimated = near.training === training ? '' : `, estimated from ${near.training.config}`;
    const where = near.engine.backend === 'wasm' ? ' on wasm' : near.engine.device === 'cpu' ? '' : ` on ${near.engine.device}`;
    const forGpu = training === paper && near.engine.device === 'cpu' ? ': it is made for a GPU' : '';
    const text = `about ${durationText((step * iterations) / 1000)}${where} (${iterations.toLocaleString('en-US')} steps${estimated})${forGpu}`;
    return [{ subject: `time of ${training.config}`, text }];
  });
}

/** The measurement that tells most of a training: of itself, else of the largest; a GPU's first, then the default threads'. */
function nearest(measurements: readonly Measurement[], training: Training, defaultThreads: number): Measurement | undefined {
  const single = measurements.filter(({ precision }) => precision === 'float32');
  const threads = training.threads ?? defaultThreads;
  for (const each of [training, chapter, quickstart]) {
    const own = single.filter((measurement) => measurement.training === each);
    const on = own.find(({ engine }) => engine.device !== 'cpu') ?? own.find(({ engine }) => engine.threads === threads) ?? own[0];
    if (on !== undefined) return on;
  }
  return undefined;
}
