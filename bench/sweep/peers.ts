/** Whom we measure ourselves beside: each does the same work, `trials` times its own number written into a file. */
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../step/python.ts';
import type { Command } from './measure.ts';

export interface Peer {
  /** As --peers names it. */
  readonly name: string;
  readonly label: string;
  /** Of so many trials it is asked: whoever takes seconds for one shows it with few. */
  readonly share: number;
  /** Makes what it needs in `folder`, which is empty; not measured. */
  prepare(folder: string, trials: number, jobs: number): Command;
  /** The files that the trials wrote. */
  outputs(folder: string): readonly string[];
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const say = (line: string): unknown => process.stderr.write(`${line}\n`);
const requirements = { hydra: here('peers/requirements-hydra.txt'), snakemake: here('peers/requirements-snakemake.txt'), dvc: here('peers/requirements-dvc.txt') };
const pythonOf = (name: keyof typeof requirements): string => pythonWith(name, requirements[name], say);

const below = (folder: string, part: string): readonly string[] =>
  readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt')).map((name) => join(folder, part, name));

const ours: Peer = {
  name: 'ours', label: 'Giverny', share: 1,
  prepare(folder, trials, jobs) {
    writeFileSync(join(folder, 'study.yaml'), 'vars: { index: 0 }\nstages:\n  trial: { uses: command, run: "echo ${vars.index} > out.txt", outputs: [out.txt] }\n');
    return { folder, command: [...giverny(), 'sweep', 'study.yaml', `vars.index=range(0,${trials})`, '-j', String(jobs)] };
  },
  outputs: (folder) => objectsBelow(join(folder, '.giverny/cache/objects')),
};

/** The command that people have: bundled. */
export const giverny = (): readonly string[] => [process.execPath, here('../../bin/giverny.js')];

const objectsBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).filter((file) => /^\d+\n$/.test(readFileSync(file, 'utf8')));

function hydra(name: string, label: string, overrides: (jobs: number) => readonly string[]): Peer {
  return {
    name, label, share: 1,
    prepare(folder, trials, jobs) {
      for (const file of ['hydra_app.py', 'hydra_app.yaml']) cpSync(here(`peers/${file}`), join(folder, file));
      return { folder, command: [pythonOf('hydra'), 'hydra_app.py', '--multirun', `index=range(0,${trials})`, ...overrides(jobs)] };
    },
    outputs: (folder) => below(folder, 'multirun'),
  };
}

const snakemake: Peer = {
  name: 'snakemake', label: 'Snakemake', share: 1,
  prepare(folder, trials, jobs) {
    cpSync(here('peers/Snakefile'), join(folder, 'Snakefile'));
    return { folder, command: [pythonOf('snakemake'), '-m', 'snakemake', '--cores', String(jobs), '--quiet', 'all', '--config', `trials=${trials}`] };
  },
  outputs: (folder) => below(folder, 'out'),
};

const dvc: Peer = {
  name: 'dvc', label: 'DVC, queued', share: 0.1,
  prepare(folder, trials, jobs) {
    const python = pythonOf('dvc');
    const path = `${dirname(python)}:${process.env['PATH'] ?? ''}`;
    mkdirSync(join(folder, 'home'));
    const environment = { PATH: path, HOME: join(folder, 'home'), DVC_NO_ANALYTICS: '1', DVC_SITE_CACHE_DIR: join(folder, 'site'), GIT_CONFIG_GLOBAL: join(folder, 'gitconfig') };
    writeFileSync(join(folder, 'gitconfig'), '[user]\n  name = bench\n  email = bench@example.org\n');
    cpSync(here('peers/dvc.yaml'), join(folder, 'dvc.yaml'));
    writeFileSync(join(folder, 'params.yaml'), 'index: -1\n');
    writeFileSync(join(folder, '.gitignore'), 'home/\nsite/\ngitconfig\n');
    for (const command of ['git init -q', 'dvc init -q', 'git add -A', 'git commit -qm begin']) shell(command, folder, environment);
    const values = Array.from({ length: trials }, (_, index) => index).join(',');
    // The grid is queued by one command and run by the next, as its manual says.
    return { folder, environment, command: ['sh', '-c', `dvc exp run -q --queue --set-param index=${values} && dvc exp run -q --run-all --jobs ${jobs}`] };
  },
  outputs: (folder) => objectsBelow(join(folder, '.dvc/cache/files')),
};

function shell(command: string, folder: string, environment: Readonly<Record<string, string>>): void {
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

export const peers: readonly Peer[] = [
  ours,
  hydra('hydra', 'Hydra, basic launcher: a function', () => []),
  hydra('hydra-shell', 'Hydra, basic launcher: a shell', () => ['shell=true']),
  hydra('hydra-joblib', 'Hydra, joblib launcher: a function', (jobs) => ['hydra/launcher=joblib', `hydra.launcher.n_jobs=${jobs}`]),
  hydra('hydra-joblib-shell', 'Hydra, joblib launcher: a shell', (jobs) => ['hydra/launcher=joblib', `hydra.launcher.n_jobs=${jobs}`, 'shell=true']),
  snakemake,
  dvc,
];
