/** The measurements of `giverny doctor --bench` as people read them. */
import { durationText } from '../progress/words.ts';
import type { Measurement, Setup } from './doctor-measurements.ts';
import { table } from './table.ts';

/** `840 ms a step`, `12.3 s a step`. */
export const stepText = (milliseconds: number): string => `${millisecondsText(milliseconds)} a step`;

export const millisecondsText = (milliseconds: number): string =>
  milliseconds < 9950 ? `${milliseconds < 99.5 ? Number(milliseconds.toPrecision(2)) : Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** `configs/quickstart.yaml, 64×64, 2 threads`. */
export function titleOf({ training, engine, precision }: Setup): string {
  return [training.config, `${training.size}×${training.size}`, whereText({ engine }), ...(precision === 'float32' ? [] : [precision])].join(', ');
}

function whereText({ engine: { backend, device, threads } }: Pick<Setup, 'engine'>): string {
  if (backend === 'wasm') return 'wasm';
  if (device !== 'cpu') return device;
  return threads === 1 ? '1 thread' : `${threads ?? 'all'} threads`;
}

export function tableOf(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { training, precision, times } = measurement;
    const note = times.uncaptured === undefined ? '' : 'not captured';
    return [training.config, `${training.size}×${training.size}`, whereText(measurement), precision, millisecondsText(times.step), durationText(times.first), gigabytes(times.memory), note];
  });
  return table(rows, ['training', 'images', 'on', 'precision', 'a step', 'until the first', 'memory', '']);
}
