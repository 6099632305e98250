/** Configs of made-up stages, to plan. */
import type { Config, StageConfig } from '../../../pipeline/config/config.ts';
import { ok } from '../../../pipeline/failure.ts';
import type { Json, PreparedParams, StageDefinition } from '../../../pipeline/stage.ts';

export interface SampleStage {
  readonly name: string;
  readonly from?: readonly string[];
  readonly definition?: Partial<StageDefinition>;
  readonly prepared?: Partial<PreparedParams<unknown>>;
}

export function sampleStage({ name, from = [], definition = {}, prepared = {} }: SampleStage): StageConfig {
  const params = prepared.params ?? {};
  return {
    name,
    from,
    where: { file: 'sample.yaml', line: 1 },
    prepared: { params, keyed: params as Json, random: false, ...prepared },
    definition: {
      uses: 'draw',
      version: 1,
      summary: 'Draws.',
      schema: {},
      inputs: { min: 0, max: 9 },
      engine: false,
      failures: {},
      outputs: () => [{ path: 'files/', kind: 'reproducible', optional: true }],
      prepare: () => ok({ params, keyed: params as Json, random: false }),
      load: () => Promise.reject(new Error('it is only planned')),
      ...definition,
    },
  };
}

export function sampleConfig(stages: readonly SampleStage[], more: Partial<Config> = {}): Config {
  return {
    file: '/somewhere/sample.yaml', name: 'sample', seed: 1, engine: { backend: 'auto' }, resolved: {}, warnings: [],
    ...more, stages: stages.map(sampleStage),
  };
}
