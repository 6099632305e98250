/** A catalog of a few light stages with real schemas, and a folder to write configs in. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Catalog } from '../../../pipeline/catalog.ts';
import { failed, ok } from '../../../pipeline/failure.ts';
import type { Json, JsonSchema, ParameterPlaces, PreparedParams, StageDefinition } from '../../../pipeline/stage.ts';

type Params = { readonly [key: string]: Json };
type Prepare = (params: Params, places: ParameterPlaces) => Params;

function stage(uses: string, inputs: readonly [number, number], properties: JsonSchema, more: { required?: readonly string[]; prepare?: Prepare; kinds?: Pick<StageDefinition, 'makes' | 'reads'> } = {}): StageDefinition {
  const { required = [], prepare = (params) => params, kinds = {} } = more;
  return {
    uses,
    ...kinds,
    version: 1,
    summary: uses,
    schema: { type: 'object', additionalProperties: false, required, properties },
    inputs: { min: inputs[0], max: inputs[1] },
    engine: false,
    failures: {},
    outputs: () => [],
    prepare(params, places) {
      const prepared: PreparedParams<unknown> = { params: prepare(params as Params, places), keyed: null, random: false };
      return ok(prepared);
    },
    load: () => Promise.reject(new Error('nothing runs here')),
  };
}

const weight = {
  'x-both-directions': true,
  description: 'One number for both directions, or a pair [AtoB, BtoA].',
  default: 1,
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'array', items: { type: 'number', minimum: 0 }, minItems: 2, maxItems: 2 },
  ],
};

const asPair = (value: Json | undefined): Json => (typeof value === 'number' ? [value, value] : (value ?? null));

const prepareTrain: Prepare = (params) => {
  const loss = params['loss'] as Params;
  const weights = Object.fromEntries(Object.entries(loss['weights'] as Params).map(([name, value]) => [name, asPair(value)]));
  return { ...params, loss: { ...loss, weights } };
};

const train = stage(
  'train',
  [1, 1],
  {
    model: { type: 'object', default: {}, description: 'The networks.', additionalProperties: false, properties: { filters: { type: 'integer', minimum: 1, default: 32, description: 'Width of the first layer.' } } },
    loss: {
      type: 'object',
      default: {},
      additionalProperties: false,
      properties: { weights: { type: 'object', default: {}, additionalProperties: false, properties: { adversarial: weight, cycle: { ...weight, default: 10 }, identity: weight } } },
    },
    optimizer: { type: 'object', default: {}, properties: { learning_rate: { type: 'number', exclusiveMinimum: 0, default: 2e-4, description: 'Step size of Adam.' } } },
    epochs: { type: 'integer', minimum: 1, default: 500, description: 'Passes over the data.' },
    sample_every: { type: 'integer', minimum: 1, default: 10, description: 'Epochs between samples.' },
    pairing: { enum: ['in_order', 'random_B'], default: 'in_order', description: 'Which B goes with an A.' },
    ema: { type: 'boolean', default: false, description: 'Keep a moving average.' },
    schedule: {
      description: 'How the learning rate falls.',
      oneOf: [
        { type: 'object', additionalProperties: false, required: ['kind'], properties: { kind: { const: 'constant' } } },
        { type: 'object', additionalProperties: false, required: ['kind', 'decay_epochs'], properties: { kind: { const: 'linear' }, decay_epochs: { type: 'integer', minimum: 1 } } },
      ],
    },
  },
  { prepare: prepareTrain },
);

const fetch = stage(
  'fetch',
  [0, 0],
  {
    url: { type: 'string', minLength: 1, description: 'Where the data is: a URL, a zip or a folder.' },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', 'x-belongs-to': 'url', description: 'Digest of what url names.' },
  },
  { required: ['url'], kinds: { makes: 'images' }, prepare: (params, places) => ({ ...params, url: /^https?:/.test(String(params['url'])) ? params['url']! : places.resolvePath('url', String(params['url'])) }) },
);

const picky: StageDefinition = {
  ...stage('picky', [0, 0], { number: { type: 'integer', default: 3, description: 'Not seven.' } }),
  prepare: (params, places) => {
    const where = places.where('number');
    if ((params as Params)['number'] === 7) return failed('config-invalid-value', 'seven is unlucky', where === undefined ? {} : { where });
    return ok({ params, keyed: null, random: false });
  },
};

const side = { type: 'integer', minimum: 4, maximum: 4096 };

const definitions = [
  fetch,
  stage('resize', [1, 1], {
    size: { description: 'Side of the images, or [height, width].', default: 128, anyOf: [side, { type: 'array', items: side, minItems: 2, maxItems: 2 }] },
  }),
  stage('flip', [1, 1], { probability: { type: 'number', minimum: 0, maximum: 1, default: 0.5, description: 'Chance that a pair is flipped.' } }),
  train,
  stage('normalize', [1, 1], {}, { kinds: { reads: ['images'], makes: 'arrays' } }),
  stage('evaluate', [1, 2], { metrics: { type: 'array', items: { enum: ['psnr', 'ssim'] }, minItems: 1, uniqueItems: true, default: ['psnr'], description: 'What is measured.' }, splits: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3, description: 'Where.' } }),
  stage('command', [0, 9], { run: { type: 'string', description: 'A line for the shell.' }, inputs: { type: 'array', items: { type: 'string' }, default: [], description: 'Files.' } }, { required: ['run'] }),
  picky,
];

const notHere = (): never => {
  throw new Error('a config needs no engine');
};

export const catalog: Catalog = {
  stages: new Map(definitions.map((definition) => [definition.uses, definition])),
  selectEngine: notHere,
  writeReport: notHere,
  summarize: notHere,
};

/** A temporary folder; `write` returns the absolute path of what it wrote. */
export async function configFolder() {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'giverny-config-')));
  return {
    path,
    async write(name: string, content: string | Uint8Array): Promise<string> {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

export type ConfigFolder = Awaited<ReturnType<typeof configFolder>>;

/** The chapter's pipeline, in short. */
export const chapter = `# the chapter
name: chapter
seed: 1
engine: auto
model:
  filters: 8
loss:
  weights: { cycle: [10, 10], identity: 1 }
stages:
  fetch: { url: data/monet.zip, sha256: ${'a'.repeat(64)} }
  resize: { from: fetch, size: 64 }
  flip:
    from: resize
  train:
    from: flip
    model: \${model}
    loss: \${loss}
    epochs: 3
  evaluate: { from: [train, flip] }
`;
