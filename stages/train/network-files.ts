/** The networks as files, in the tfjs layers format: `<network>/model.json` and `<network>/weights.bin`. */
import type { LayersModel, Tf, Variable } from '../engine/tf.ts';
import { networkWeights } from '../model/network-weights.ts';
import { networkNames } from '../model/networks.ts';
import { saveModel } from '../model/saved-model.ts';
import type { SavedModelFiles } from '../model/saved-model.ts';
import type { KeptFile } from './kept-files.ts';
import type { TrainingState } from './training-state.ts';

interface NamedModel extends SavedModelFiles {
  readonly name: string;
}

/** Both have averages with ema_decay; they are saved as `generatorAToB_ema`, `generatorBToA_ema`. */
const averaged = ['generatorAToB', 'generatorBToA'] as const;

export class NetworkFiles {
  readonly #tf: Tf;
  readonly #state: TrainingState;

  constructor(tf: Tf, state: TrainingState) {
    this.#tf = tf;
    this.#state = state;
  }

  /** Of all files that {@link save} makes. */
  get paths(): readonly string[] {
    const names = [...networkNames, ...(this.#state.hasAverages ? averaged.map(averageName) : [])];
    return names.flatMap((name) => [`${name}/model.json`, `${name}/weights.bin`]);
  }

  /** The networks as they are now. */
  async save(): Promise<readonly KeptFile[]> {
    const { networks, averages } = this.#state.read();
    const saved: NamedModel[] = [];
    for (const name of networkNames) saved.push({ name, ...(await saveModel(this.#tf, networks[name])) });
    for (const name of averages ? averaged : []) {
      const { modelJson } = saved.find((each) => each.name === name)!;
      saved.push({ name: averageName(name), modelJson, weights: await averageBytes(networks[name], averages!) });
    }
    return saved.flatMap(({ name, modelJson, weights }) => [
      { path: `${name}/model.json`, content: Buffer.from(modelJson) }, { path: `${name}/weights.bin`, content: weights },
    ]);
  }
}

const averageName = (network: string) => `${network}_ema`;

/** In the order in which a model's weights.bin has them. */
async function averageBytes(model: LayersModel, averages: ReadonlyMap<string, Variable>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const name of networkWeights(model).keys()) {
    const data = await averages.get(name)!.data();
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return Buffer.concat(parts);
}
