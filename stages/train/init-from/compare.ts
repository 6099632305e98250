/**
 * Saved networks against those that a config describes, as far as model.json alone tells, so that `giverny plan` refuses
 * what could not be loaded. What depends on the images (row normalization's height) is found when the weights are read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../../../pipeline/failure.ts';
import type { Result } from '../../../pipeline/failure.ts';
import type { NetworkName } from '../../model/networks.ts';
import type { ModelSpec, NormSpec } from '../../model/spec.ts';
import { initFromFailed } from './failures.ts';

/** A layer as model.json writes it. */
interface SavedLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What decides a network's weights and their shapes, by its path in `model`. Undefined: the file does not say. */
type Shape = Readonly<Record<string, number | boolean | string | undefined>>;

/** Fails with `train-init-mismatch` naming the first value that differs, or with `train-init-damaged`. */
export function compareWithSpec(folder: string, names: readonly NetworkName[], spec: ModelSpec): Result<void> {
  for (const name of names) {
    const layers = readLayers(join(folder, name, 'model.json'));
    if (!layers.ok) return layers;
    const isGenerator = name.startsWith('generator');
    const [saved, wanted] = isGenerator ? [generatorOf(layers.value), generatorWanted(spec)] : [discriminatorOf(layers.value), discriminatorWanted(spec)];
    const path = Object.keys(wanted).find((each) => saved[each] !== undefined && saved[each] !== wanted[each]);
    if (path !== undefined) return mismatch(name, `model.${path}`, saved[path]!, wanted[path]!);
  }
  return ok(undefined);
}

function mismatch(name: NetworkName, path: string, saved: number | boolean | string, wanted: number | boolean | string): Result<never> {
  return initFromFailed('train-init-mismatch', `init_from: its ${name} has ${path} ${saved}, and this config ${wanted}`, {
    expected: 'networks of the same layers and shapes',
    hint: `set ${path} to ${saved}, or begin with other networks`,
  });
}

function readLayers(file: string): Result<readonly SavedLayer[]> {
  try {
    const { modelTopology } = JSON.parse(readFileSync(file, 'utf8')) as { modelTopology?: Readonly<Record<string, unknown>> };
    const topology = (modelTopology?.['model_config'] ?? modelTopology) as { config?: { layers?: unknown } } | undefined;
    const layers = topology?.config?.layers;
    if (Array.isArray(layers) && layers.every(isLayer)) return ok(layers);
    return initFromFailed('train-init-damaged', `init_from: ${file} is not the model.json of a layers model`, { expected: 'what tfjs or giverny saves' });
  } catch {
    return initFromFailed('train-init-damaged', `init_from: ${file} cannot be read as JSON`, { expected: 'what tfjs or giverny saves' });
  }
}

function isLayer(value: unknown): value is SavedLayer {
  const layer = value as Partial<SavedLayer> | null;
  return typeof layer?.class_name === 'string' && typeof layer.config === 'object' && layer.config !== null;
}

function generatorWanted({ generator: g }: ModelSpec): Shape {
  return {
    'generator.filters': g.filters, 'generator.residual_blocks': g.residual_blocks, ...normWanted('generator.norm', g.norm),
    ...(g.residual_blocks > 0 ? normWanted('generator.residual_norm', g.residual_norm) : {}),
    'generator.use_bias': g.use_bias, 'generator.transposed_use_bias': g.transposed_use_bias,
  };
}

function generatorOf(layers: readonly SavedLayer[]): Shape {
  const convolutions = layers.filter(isConvolution);
  const blocks = layers.filter((layer) => layer.class_name === 'Add').length;
  const norms = layers.filter(isNorm);
  return {
    // The last of its convolutions makes the image; of one convolution alone nothing can be said.
    'generator.filters': convolutions.length > 1 ? numberIn(convolutions[0], 'filters') : undefined,
    'generator.residual_blocks': blocks, ...normOf('generator.norm', norms[0]), ...normOf('generator.residual_norm', blocks > 0 ? norms[3] : undefined),
    'generator.use_bias': flagIn(convolutions[0], 'use_bias'),
    'generator.transposed_use_bias': flagIn(layers.find((layer) => layer.class_name === 'Conv2DTranspose'), 'use_bias'),
  };
}

function discriminatorWanted({ discriminator: d }: ModelSpec): Shape {
  const several = d.strides.length > 1;
  return {
    'discriminator.filters': d.filters, 'discriminator.strides': listed(d.strides),
    ...(several ? { ...normWanted('discriminator.norm', d.norm), 'discriminator.use_bias': d.use_bias } : {}),
  };
}

function discriminatorOf(layers: readonly SavedLayer[]): Shape {
  const convolutions = layers.filter(isConvolution);
  return {
    'discriminator.filters': convolutions.length > 1 ? numberIn(convolutions[0], 'filters') : undefined,
    'discriminator.strides': listed(convolutions.slice(0, -1).map(({ config }) => first(config['strides']))),
    ...normOf('discriminator.norm', layers.find(isNorm)), 'discriminator.use_bias': flagIn(convolutions.at(-2), 'use_bias'),
  };
}

const isNorm = ({ class_name: name }: SavedLayer): boolean => name === 'InstanceNormalization' || name.startsWith('BatchNormalization');
const isConvolution = ({ class_name: name }: SavedLayer): boolean => name.endsWith('Conv2D');

const listed = (values: readonly unknown[]): string => `[${values.join(', ')}]`;
const first = (value: unknown): unknown => (Array.isArray(value) ? (value as readonly unknown[])[0] : value);

function numberIn(layer: SavedLayer | undefined, key: string): number | undefined {
  const value = layer?.config[key];
  return typeof value === 'number' ? value : undefined;
}

function flagIn(layer: SavedLayer | undefined, key: string): boolean | undefined {
  const value = layer?.config[key];
  return typeof value === 'boolean' ? value : undefined;
}

function normWanted(path: string, norm: NormSpec): Shape {
  return { [path]: norm.kind, ...(norm.kind === 'batch' ? {} : { [`${path}.affine`]: norm.affine }) };
}

function normOf(path: string, layer: SavedLayer | undefined): Shape {
  if (layer === undefined) return {};
  if (layer.class_name !== 'InstanceNormalization') return { [path]: 'batch' };
  return { [path]: layer.config['axis'] === 1 ? 'row' : 'channel', [`${path}.affine`]: flagIn(layer, 'affine') };
}
