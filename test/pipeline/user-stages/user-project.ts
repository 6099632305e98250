/** A temporary folder with a config and stages of its own, and the real command in this process. */
import { fileURLToPath } from 'node:url';
import { main } from '../../../pipeline/cli/main.ts';
import { Rig } from '../../helpers/rig.ts';
import { catalog } from '../../../stages/index.ts';

const script = fileURLToPath(new URL('../../../pipeline/cli/stage-process.ts', import.meta.url));

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class UserProject {
  readonly rig = new Rig();

  /** `run mine.yaml`, say. */
  async giverny(...args: readonly string[]): Promise<Said> {
    const text = { stdout: '', stderr: '' };
    const code = await main(args, {
      stdout: (written) => { text.stdout += written; },
      stderr: (written) => { text.stderr += written; },
      cwd: this.rig.folder, color: false, terminal: false,
      stageProcess: { script, execArgv: ['--import', import.meta.resolve('tsx')] },
      loadCatalog: async () => catalog,
    });
    return { code, ...text };
  }

  /** Makes mine.yaml: a config of one stage that uses `stage.ts`, which holds `source`. */
  write(source: string, parameters = '', file = 'stage.ts'): void {
    this.rig.write(file, source);
    this.rig.write('mine.yaml', `stages:\n  mine: { uses: ./${file}${parameters} }\n`);
  }
}
