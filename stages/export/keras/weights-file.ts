/** Weights in HDF5, at the paths where Keras 3 looks for them: `layers/<class>[_<number>]/vars/<number>`. */
import type { File } from 'h5wasm';
import type { Weights } from '../network.ts';

export interface LayerWeights {
  readonly layer: string;
  /** Its class. */
  readonly kind: string;
  readonly weights: readonly Weights[];
}

/** h5wasm is HDF5's own C library as WebAssembly, with files in memory. */
export async function encodeWeights(layers: readonly LayerWeights[]): Promise<Uint8Array> {
  const { default: h5wasm } = await import('h5wasm');
  const { FS } = await h5wasm.ready;
  return withoutClock(() => {
    const path = '/model.weights.h5';
    writeFile(new h5wasm.File(path, 'w'), layers);
    const bytes = FS.readFile(path);
    FS.unlink(path);
    return bytes;
  });
}

/** HDF5 writes into a file when each of its parts was made, and cannot be told not to: the same weights would be other bytes. */
function withoutClock<T>(write: () => T): T {
  const { now } = Date;
  Date.now = () => 0;
  try {
    return write();
  } finally {
    Date.now = now;
  }
}

function writeFile(file: File, layers: readonly LayerWeights[]): void {
  const all = file.create_group('layers');
  const counted = new Map<string, number>();
  for (const { layer, kind, weights } of layers) {
    const vars = all.create_group(placeOf(kind, counted)).create_group('vars');
    vars.create_attribute('name', layer);
    weights.forEach(({ shape, values }, index) => vars.create_dataset({ name: String(index), data: values, shape: [...shape], dtype: '<f4' }));
  }
  file.close();
}

/** Keras counts layers of a class: `conv2d`, `conv2d_1`. */
function placeOf(kind: string, counted: Map<string, number>): string {
  const name = snakeCase(kind);
  const before = counted.get(name) ?? 0;
  counted.set(name, before + 1);
  return before === 0 ? name : `${name}_${before}`;
}

/** keras.src.utils.naming.to_snake_case. */
const snakeCase = (name: string): string =>
  name.replaceAll(/\W+/g, '').replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2').replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
