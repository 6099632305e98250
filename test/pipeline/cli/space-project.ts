/** The fixture's project with a stage whose numbers can be nudged from outside any key, and our comparison of files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../../../pipeline/catalog.ts';
import { main } from '../../../pipeline/cli/main.ts';
import { ok } from '../../../pipeline/failure.ts';
import type { StageDefinition } from '../../../pipeline/stage.ts';
import { compareFiles } from '../../../stages/comparison/compare-files.ts';
import { fixtureCatalog } from './fixture-stages.ts';
import { Project } from './fixture-project.ts';

/** `count` samples of numbers. With NUDGE they differ by that much, which no key tells. Keeps no more than `count`, as a training does. */
const numbers: StageDefinition = {
  uses: 'numbers', version: 1, summary: 'Numbers for tests.', engine: false, failures: {}, inputs: { min: 0, max: 9 },
  schema: { type: 'object', additionalProperties: false, properties: { count: { type: 'number', description: 'How many files.', default: 3 } } },
  outputs: () => [{ path: 'samples/', kind: 'reproducible', inRunFolder: true }],
  prepare: (params) => ok({ params, keyed: { count: (params as { count: number }).count }, random: false, trajectory: {} }),
  load: async () => ({
    async run({ params, out }) {
      const nudge = Number(process.env['NUDGE'] ?? 0);
      const count = (params as { readonly count: number }).count + Number(process.env['MORE'] ?? 0);
      mkdirSync(join(out, 'samples'));
      for (let index = 0; index < count; index += 1) {
        writeFileSync(join(out, 'samples', `${index}.json`), JSON.stringify({ loss: 2 + (index === 1 ? nudge : 0), name: `sample-${index}` }));
      }
      return ok(undefined);
    },
  }),
};

const catalog: Catalog = { ...fixtureCatalog, stages: new Map([...fixtureCatalog.stages, ['numbers', numbers]]), compareFiles };

export class SpaceProject extends Project {
  override async run(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = this.rig.folder) {
    const text = { stdout: '', stderr: '' };
    const before = { ...process.env };
    Object.assign(process.env, { FIXTURE_LEDGER: this.rig.path('ledger'), FIXTURE_ENGINE: 'tensorflow' }, env);
    try {
      const code = await main(args, {
        stdout: (written) => { text.stdout += written; },
        stderr: (written) => { text.stderr += written; },
        cwd, color: false, terminal: false,
        stageProcess: { script: fileURLToPath(new URL('./fixture-stage-process.ts', import.meta.url)), execArgv: ['--import', import.meta.resolve('tsx')] },
        loadCatalog: async () => catalog,
      });
      return { code, ...text };
    } finally {
      for (const name of Object.keys(env)) if (before[name] === undefined) delete process.env[name];
    }
  }
}
