/**
 * The keys of a study that uses every stage, as this giverny makes them. Run as a program, it writes them down:
 * `node --import tsx test/helpers/golden-keys.ts`. See pipeline/plan/manifest.ts for when that is right.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../pipeline/config/load.ts';
import type { Result } from '../../pipeline/failure.ts';
import { canonicalJson } from '../../pipeline/plan/canonical-json.ts';
import { digestText } from '../../pipeline/plan/digest.ts';
import { keyManifest, trajectoryManifest, type KeyManifest } from '../../pipeline/plan/key.ts';
import { digestManifest } from '../../pipeline/plan/manifest.ts';
import { planStages } from '../../pipeline/plan/plan.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';
import { catalog } from '../../stages/index.ts';

export const goldenFile = fileURLToPath(new URL('../pipeline/plan/golden-keys.json', import.meta.url));

/** The defaults of every stage count: whoever changes one makes every user's stage run again. */
const study = `name: golden
seed: 7
stages:
  synthesize: { task: painterly, size: 32, train: 4, test: 2 }
  fetch: { url: http://example.org/a.zip, sha256: 88f91b00fc228f97c9411fbf1880ec1d119c98f1722e4cfcfaa2fb35fac05b04 }
  resize: { from: fetch, size: 128 }
  flip: { from: resize }
  normalize: { from: flip }
  train: { from: normalize }
  evaluate: { from: [train, normalize] }
  translate: { from: train, images: pictures }
  export: { from: train, formats: [onnx] }
  command: { uses: command, from: [resize, flip], run: 'python3 features.py {flip} --seed {seed}', inputs: [features.py], outputs: [out.npy, more/], environment: [GIVERNY_TEST_GOLDEN] }
  mine: { uses: ./mine.ts, from: command, n: 3 }
`;

const files = {
  'features.py': 'print(1)\n',
  'pictures/1.png': 'taken by its digest alone',
  'mine.ts': `import { twice } from './lib/twice.ts';
export default {
  schema: { properties: { n: { type: 'integer' } } },
  outputs: [{ path: 'out.txt', kind: 'reproducible' }],
  run: async () => { twice(1); },
};
`,
  'lib/twice.ts': 'export const twice = (n: number): number => 2 * n;\n',
};

export const goldenEngine: EngineSelection = { backend: 'tensorflow', version: '2.21.0', device: 'cpu', threads: 3 };

export interface GoldenKey {
  readonly key: string;
  readonly trajectory?: string;
  /** Of which the key is the digest. */
  readonly manifest: KeyManifest;
}

function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** What each stage reads is taken to have a digest made of the producer's name. */
export async function currentKeys(engine = goldenEngine, environment: Readonly<Record<string, string>> = { GIVERNY_TEST_GOLDEN: 'shown' }): Promise<Readonly<Record<string, GoldenKey>>> {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-golden-'));
  try {
    for (const [name, text] of Object.entries({ 'golden.yaml': study, ...files })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const config = given(await loadConfig(join(folder, 'golden.yaml'), [], catalog, folder));
    const plan = given(await planStages(config, { engine, environment }));
    return Object.fromEntries(plan.stages.map(({ name, from, manifest: identity, prepared }) => {
      const outputs = from.map((each) => digestText(`outputs of ${each}`));
      const manifest = keyManifest(identity, outputs);
      const trajectory = prepared.trajectory === undefined ? {} : { trajectory: digestManifest(trajectoryManifest(identity, prepared.trajectory, outputs)) };
      return [name, { key: digestManifest(manifest), ...trajectory, manifest }];
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(goldenFile, `${JSON.stringify(JSON.parse(canonicalJson(JSON.parse(JSON.stringify(await currentKeys())))), undefined, 1)}\n`);
}
