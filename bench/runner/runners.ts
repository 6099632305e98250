/** Giverny and its peers, each set up as its documentation advises for speed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../step/python.ts';
import { makerSource, writeSources, type Step } from './study.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const peers = here('peers');
const modules = join(peers, 'node_modules');

/** One large or many small files. */
export interface Making {
  readonly files: number;
  readonly bytes: number;
}

export interface Runner {
  readonly name: string;
  readonly isJavaScript: boolean;
  /** Writes the ten steps with `count` source files into `folder`; all files of a step lie in `sourceOf`. */
  writeTen(folder: string, steps: readonly Step[], count: number): void;
  /** One step that makes files. */
  writeMaker(folder: string, making: Making): void;
  sourceOf(folder: string, step: string): string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What the maker's files are removed from, so that they must be restored. */
  readonly made: string;
  stop?(folder: string): void;
}

const write = (folder: string, name: string, content: unknown): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, undefined, 1));
};
const copying = (from: string, to: string): string => `rm -rf ${to} && mkdir -p ${to} && cp ${from}/* ${to}/`;
const making = (out: string, { files, bytes }: Making): string => `node make.mjs ${out} ${files} ${bytes}`;
const repository = (folder: string): void => void spawnSync('git', ['init', '--quiet'], { cwd: folder });

/** The package as npm packs it, so that no checkout is looked at for changes. */
export function packGiverny(folder: string): string {
  const root = here('../..');
  const built = spawnSync(process.execPath, ['bin/build.js', '--package'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('giverny could not be built');
  const place = join(folder, 'giverny');
  mkdirSync(join(place, 'dist'), { recursive: true });
  spawnSync('cp', ['-r', join(root, 'bin'), join(root, 'configs'), join(root, 'package.json'), place]);
  spawnSync('cp', ['-r', join(root, 'dist/package'), join(place, 'dist')]);
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  return join(place, 'bin/giverny.cjs');
}

const giverny = (program: string): Runner => ({
  name: 'giverny', isJavaScript: true, command: [process.execPath, program, 'run', 'study.yaml'], made: 'runs',
  sourceOf: (folder, step) => join(folder, step, 'src'),
  writeTen(folder, steps, count) {
    writeSources(folder, steps, count, '/src');
    const stages = steps.map(({ name, from }) => `  ${name}: { uses: command, ${from.length > 0 ? `from: [${from}], ` : ''}run: '${copying(`${name}/src`, 'out')}', inputs: [${name}/src], outputs: [out/] }\n`);
    write(folder, 'study.yaml', `name: study\nstages:\n${stages.join('')}`);
  },
  writeMaker(folder, { files, bytes }) {
    write(folder, 'make.mjs', makerSource.replace(/\nif \(process\.argv[^]*/, '\n'));
    write(folder, 'stage.mjs', `import { make } from './make.mjs';\nexport default { outputs: [{ path: 'out/', kind: 'reproducible', inRunFolder: true }], async run({ out }) { make(out + '/out', ${files}, ${bytes}); } };\n`);
    write(folder, 'study.yaml', 'name: study\nstages:\n  make: { uses: ./stage.mjs }\n');
  },
});

const turbo: Runner = {
  name: 'turbo', isJavaScript: false, command: [join(modules, '.bin/turbo'), 'run', 'build', '--output-logs=errors-only', '--ui=stream'], environment: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  made: 'packages/make/out', sourceOf: (folder, step) => join(folder, 'packages', step, 'src'),
  writeTen(folder, steps, count) {
    writeSources(join(folder, 'packages'), steps, count, '/src');
    workspace(folder, steps, () => copying('src', 'out'));
    write(folder, 'turbo.json', { tasks: { build: { dependsOn: ['^build'], inputs: ['src/**'], outputs: ['out/**'] } } });
  },
  writeMaker(folder, what) {
    workspace(folder, [{ name: 'make', from: [] }], () => making('out', what));
    write(folder, 'packages/make/make.mjs', makerSource);
    write(folder, 'turbo.json', { tasks: { build: { inputs: ['make.mjs'], outputs: ['out/**'] } } });
  },
};

function workspace(folder: string, steps: readonly Step[], script: (step: Step) => string): void {
  write(folder, 'package.json', { name: 'study', private: true, packageManager: 'npm@10.0.0', workspaces: ['packages/*'] });
  for (const step of steps) {
    const dependencies = Object.fromEntries(step.from.map((name) => [name, '1.0.0']));
    write(folder, `packages/${step.name}/package.json`, { name: step.name, version: '1.0.0', private: true, scripts: { build: script(step) }, dependencies });
  }
  const packages = Object.fromEntries(steps.flatMap(({ name, from }) => [[`packages/${name}`, { name, version: '1.0.0', dependencies: Object.fromEntries(from.map((each) => [each, '1.0.0'])) }], [`node_modules/${name}`, { resolved: `packages/${name}`, link: true }]]));
  write(folder, 'package-lock.json', { name: 'study', lockfileVersion: 3, requires: true, packages: { '': { name: 'study', workspaces: ['packages/*'] }, ...packages } });
  write(folder, '.gitignore', 'node_modules\nout\n.turbo\n.nx\n.wireit\n');
  repository(folder);
}

const nx: Runner = {
  name: 'nx', isJavaScript: true, command: [process.execPath, join(modules, 'nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--outputStyle=static'],
  environment: { NX_NO_CLOUD: 'true', NX_DAEMON: 'true', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'true', CI: '' }, made: 'packages/make/out', sourceOf: turbo.sourceOf,
  writeTen(folder, steps, count) {
    writeSources(join(folder, 'packages'), steps, count, '/src');
    nxWorkspace(folder, steps, () => copying('src', 'out'), 'src/**/*');
  },
  writeMaker(folder, what) {
    nxWorkspace(folder, [{ name: 'make', from: [] }], () => making('out', what), 'make.mjs');
    write(folder, 'packages/make/make.mjs', makerSource);
  },
  stop: (folder) => void spawnSync(process.execPath, [join(modules, 'nx/dist/bin/nx.js'), 'daemon', '--stop'], { cwd: folder }),
};

/** Each step as a run-commands target, so that no npm starts in between. */
function nxWorkspace(folder: string, steps: readonly Step[], script: (step: Step) => string, inputs: string): void {
  write(folder, 'package.json', { name: 'study', private: true });
  write(folder, 'nx.json', { targetDefaults: { build: { dependsOn: ['^build'], inputs: [`{projectRoot}/${inputs}`], outputs: ['{projectRoot}/out'], cache: true } } });
  for (const step of steps) {
    write(folder, `packages/${step.name}/project.json`, { name: step.name, implicitDependencies: step.from, targets: { build: { executor: 'nx:run-commands', options: { command: script(step), cwd: '{projectRoot}' } } } });
  }
  write(folder, '.gitignore', 'node_modules\nout\n.nx\n');
  repository(folder);
  symlinkSync(modules, join(folder, 'node_modules'));
}

/** Without the npm that usually starts it, which takes longer than it. */
const wireit: Runner = {
  name: 'wireit', isJavaScript: true, command: [process.execPath, join(modules, 'wireit/bin/wireit.js')], made: 'out',
  environment: { npm_lifecycle_event: 'all', npm_package_json: 'package.json', npm_config_user_agent: 'npm/10.0.0', WIREIT_LOGGER: 'quiet', npm_command: 'run-script' },
  sourceOf: (folder, step) => join(folder, step, 'src'),
  writeTen(folder, steps, count) {
    writeSources(folder, steps, count, '/src');
    wireitScripts(folder, steps.map(({ name, from }) => ({ name, command: copying(`${name}/src`, `${name}/out`), files: [`${name}/src/**`], output: [`${name}/out/**`], dependencies: from })));
  },
  writeMaker(folder, what) {
    write(folder, 'make.mjs', makerSource);
    wireitScripts(folder, [{ name: 'make', command: making('out', what), files: ['make.mjs'], output: ['out/**'], dependencies: [] }]);
  },
};

function wireitScripts(folder: string, scripts: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[]): void {
  const all = { dependencies: scripts.map(({ name }) => name) };
  const named = Object.fromEntries(scripts.map(({ name, ...script }) => [name, script]));
  write(folder, 'package.json', { name: 'study', version: '1.0.0', private: true, scripts: Object.fromEntries([...Object.keys(named), 'all'].map((name) => [name, 'wireit'])), wireit: { ...named, all } });
}

/** Restores by hard links, its fastest way. */
const dvc = (python: string): Runner => {
  const program = join(python, '../dvc');
  const init = (folder: string): void => {
    for (const args of [['init', '--no-scm', '--quiet'], ['config', 'core.analytics', 'false'], ['config', 'core.check_update', 'false'], ['config', 'cache.type', 'hardlink,symlink']]) spawnSync(program, args, { cwd: folder });
  };
  return {
    name: 'dvc', isJavaScript: false, command: [program, 'repro', '--quiet'], made: 'out', environment: { DVC_NO_ANALYTICS: '1' },
    sourceOf: (folder, step) => join(folder, step, 'src'),
    writeTen(folder, steps, count) {
      writeSources(folder, steps, count, '/src');
      const stages = Object.fromEntries(steps.map(({ name, from }) => [name, { cmd: copying(`${name}/src`, `${name}/out`), deps: [`${name}/src`, ...from.map((each) => `${each}/out`)], outs: [`${name}/out`] }]));
      write(folder, 'dvc.yaml', { stages });
      init(folder);
    },
    writeMaker(folder, what) {
      write(folder, 'make.mjs', makerSource);
      write(folder, 'dvc.yaml', { stages: { make: { cmd: making('out', what), deps: ['make.mjs'], outs: ['out'] } } });
      init(folder);
    },
  };
};

/** Installs the peers where they are missing. */
export function allRunners(home: string, names: readonly string[], say: (line: string) => void): readonly Runner[] {
  if (!existsSync(modules) && names.some((name) => ['turbo', 'nx', 'wireit'].includes(name))) {
    say(`installing into ${modules}`);
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: peers, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error('npm ci failed');
  }
  const made: Readonly<Record<string, () => Runner>> = {
    giverny: () => giverny(process.env['GIVERNY_BENCH_PROGRAM'] ?? packGiverny(home)), turbo: () => turbo, nx: () => nx, wireit: () => wireit,
    dvc: () => dvc(process.env['GIVERNY_BENCH_DVC_PYTHON'] ?? pythonWith('dvc', join(peers, 'requirements.txt'), say)),
  };
  return names.map((name) => made[name]!());
}

export const removed = (path: string): void => rmSync(path, { recursive: true, force: true });
