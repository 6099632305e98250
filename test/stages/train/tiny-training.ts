/** A training small enough to run many times in a test: real data on disk, a real context, real engines. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Failure, Result } from '../../../pipeline/failure.ts';
import type { EngineSelection, ParameterPlaces, Progress, StageContext, StageInput, StoredFile } from '../../../pipeline/stage.ts';
import { createImages } from '../../../stages/npy/index.ts';
import { randomStream } from '../../../stages/random.ts';
import { prepareTrain } from '../../../stages/train/params.ts';
import type { TrainParams } from '../../../stages/train/params.ts';

export const wasm: EngineSelection = { backend: 'wasm', version: '4.22.0', device: 'cpu' };

const noPlaces: ParameterPlaces = { where: () => undefined, resolvePath: (_, value) => value, writtenTogether: () => true };

type Overrides = Readonly<Record<string, unknown>>;

const tiny = {
  objective: 'cyclegan', on_nan: 'stop',
  model: { generator: { filters: 2, residual_blocks: 1 }, discriminator: { filters: 2, strides: [2, 2] } },
  loss: { weights: { adversarial: 1, cycle: 10, identity: 1 }, gan: 'mse', discriminator_weight: 1 },
  optimizer: { learning_rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true },
  update_order: 'discriminators_first', discriminator_updates: 'separate',
  epochs: 3, batch_size: 1, pairing: 'in_order', image_pool: 0,
  samples: 1, sample_split: 'test', sample_every: 2, checkpoint_every: 1, keep_last: 2,
};

/** The chapter's recipe in small. */
export const chapter = (overrides: Overrides = {}) => prepareTrain({ ...tiny, ...overrides }, noPlaces);

/** The paper's recipe in small: its norm, padding, losses, image pool, augmentation and decay. */
export const paper = (overrides: Overrides = {}) =>
  chapter({
    model: {
      generator: { filters: 2, residual_blocks: 1, norm: 'channel', residual_norm: 'channel', padding: 'reflect' },
      discriminator: { filters: 2, strides: [2, 1], norm: 'channel', output: 'linear' },
      init_type: 'normal',
    },
    loss: { weights: { adversarial: 1, cycle: 10, identity: 5 }, gan: 'mse', discriminator_weight: 0.5 },
    optimizer: { learning_rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, shared_counter: false },
    update_order: 'generators_first', discriminator_updates: 'joint',
    pairing: 'random_B', augment: { crop: 8, flip: 0.5 }, image_pool: 3, learning_rate_schedule: { constant_epochs: 1, decay_epochs: 2 },
    ...overrides,
  });

export const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
};

export const failureOf = (result: Result<unknown>): Failure => {
  if (result.ok) throw new Error('a failure was expected');
  return result.failure;
};

/** A temporary folder with data and one place for checkpoints; each attempt has its own output folder. */
export class TinyProject {
  readonly folder: string;
  #attempts = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<TinyProject> {
    return new TinyProject(await mkdtemp(join(tmpdir(), 'giverny-train-')));
  }

  /** The same project, in another process. `attempt` must be new in it. */
  static open(folder: string, attempt: number): TinyProject {
    const project = new TinyProject(folder);
    project.#attempts = attempt;
    return project;
  }

  get checkpoints(): string {
    return join(this.folder, 'checkpoints');
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Writes an array set of seeded noise: images of A and B of the given sizes. */
  async writeData({ a = 4, b = 5, test = 2, height = 12, width = 12, widthOfB = 0, seed = 0, range = [-1, 1], paired = false } = {}): Promise<void> {
    const splits = test > 0 ? { train: { paired }, test: { paired } } : { train: { paired } };
    await this.#write('image-set.json', JSON.stringify({ format: 'arrays', splits, range }));
    for (const [split, domain, count] of [['train', 'A', a], ['train', 'B', b], ['test', 'A', test], ['test', 'B', test]] as const) {
      const columns = domain === 'B' && widthOfB > 0 ? widthOfB : width;
      const random = randomStream(seed, `${split} ${domain}`);
      const file = join(this.#data, split, `${domain}.npy`);
      await mkdir(dirname(file), { recursive: true });
      await rm(file, { force: true });
      const images = await createImages(file, 'float32', [count, height, columns, 3]);
      await images.write(Float32Array.from({ length: count * height * columns * 3 }, () => random.next() * 2 - 1));
      await images.close();
      await this.#write(`${split}/${domain}.json`, JSON.stringify(Array.from({ length: count }, (_, i) => `${domain.toLowerCase()}${i}.png`)));
    }
  }

  /** Writes `value` everywhere into one training image. */
  async spoil(domain: 'A' | 'B', index: number, value: number): Promise<void> {
    const file = join(this.#data, 'train', `${domain}.npy`);
    const content = await readFile(file);
    const images = JSON.parse(await readFile(join(this.#data, 'train', `${domain}.json`), 'utf8')).length as number;
    const header = content.readUInt16LE(8) + 10;
    const bytes = (content.length - header) / images;
    for (let at = header + index * bytes; at < header + (index + 1) * bytes; at += 4) content.writeFloatLE(value, at);
    await writeFile(file, content);
  }

  async context(params: TrainParams, options: { engine?: EngineSelection; seed?: number; stopAfter?: number } = {}): Promise<RecordedContext> {
    const attempt = join(this.folder, `attempt-${this.#attempts++}`);
    const [out, scratch] = [join(attempt, 'out'), join(attempt, 'scratch')];
    await mkdir(out, { recursive: true });
    await mkdir(scratch, { recursive: true });
    return recordingContext({ params, out, scratch, checkpoints: this.checkpoints, input: await this.#input() }, options);
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  async #write(path: string, text: string): Promise<void> {
    const file = join(this.#data, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async #input(): Promise<StageInput> {
    const digests = await digestsOf(this.#data);
    const files: StoredFile[] = [...digests].map(([path, digest]) => ({ path, digest, bytes: 0, kind: 'reproducible' }));
    return { stage: 'normalize', uses: 'normalize', files, locate: (path) => join(this.#data, path) };
  }
}

export interface RecordedContext extends StageContext<TrainParams> {
  readonly recorded: { readonly progress: Progress[]; iterations: number; readonly warnings: string[]; readonly published: string[][] };
}

interface Places {
  readonly params: TrainParams;
  readonly out: string;
  readonly scratch: string;
  readonly checkpoints: string;
  readonly input: StageInput;
}

/** `stopAfter`: the stop signal fires in the progress report of that many iterations of this attempt. */
function recordingContext({ input, ...places }: Places, { engine = wasm, seed = 0, stopAfter = Infinity }): RecordedContext {
  const stop = new AbortController();
  const recorded: RecordedContext['recorded'] = { progress: [], iterations: 0, warnings: [], published: [] };
  return {
    ...places, stage: 'train', seed, inputs: [input], engine, stop: stop.signal, offline: true, recorded,
    progress(progress) {
      // An epoch's end is reported once more, with its means.
      if (recorded.progress.at(-1)?.done !== progress.done) recorded.iterations += 1;
      recorded.progress.push(progress);
      if (recorded.iterations >= stopAfter) stop.abort();
    },
    log: () => undefined,
    warn: (line) => void recorded.warnings.push(line),
    publish: async (paths) => void recorded.published.push([...paths]),
  };
}

/** sha256 of every file below a folder, by its path, sorted. */
export async function digestsOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
  const digests = new Map<string, string>();
  for (const path of paths) digests.set(path.slice(folder.length + 1), createHash('sha256').update(await readFile(path)).digest('hex'));
  return digests;
}

/** Those that must be the same however often training was interrupted. */
export async function reproducibleOutputs(out: string): Promise<Map<string, string>> {
  return new Map([...(await digestsOf(out))].filter(([path]) => !path.startsWith('tensorboard/')));
}
