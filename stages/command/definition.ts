import type { StageDefinition } from '../../pipeline/stage.ts';
import { commandFailures } from './failures.ts';
import { prepareCommand } from './prepare.ts';
import { commandSchema } from './schema.ts';
import type { CommandParams } from './schema.ts';

/** Any program as a stage: it runs in a folder of its own, in which its inputs appear and its outputs must. */
export const commandStage: StageDefinition<CommandParams> = {
  uses: 'command',
  version: 1,
  summary: 'Run any program, with declared inputs and outputs.',
  schema: commandSchema,
  inputs: { min: 0, max: 64 },
  engine: false,
  failures: commandFailures,
  outputs: ({ outputs }) => outputs.map((path) => ({ path, kind: 'reproducible' })),
  prepare: prepareCommand,
  load: async () => (await import('./run.ts')).implementation,
};
