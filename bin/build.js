// Bundles the command: one script for people (program.cjs says how it is started), and beside it, as ES modules with chunks
// that they share, what is loaded on use (stages that run, above all) and what stage processes are.
// sharp, esbuild and @tensorflow/* stay packages; every other library is in the bundle.
// `node bin/build.js` makes a new build of the checkout (builds.js), `--package` makes dist/package/, which npm packs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { builds } from './builds.js';
import { compiledKernels } from './kernels.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['pipeline', 'stages', 'bin', 'package.json', 'package-lock.json'];

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), stats.mtimeMs);
}

/** Builds the checkout unless the current build is of its sources; resolves to the build's folder. */
export async function buildIfStale() {
  const changed = Math.max(...sources.map((source) => newestChange(join(root, source))));
  const newest = builds.newest();
  return newest !== undefined && newest.asOf >= changed ? newest.folder : build();
}

async function build() {
  const asOf = new Date();
  const made = builds.begin();
  await bundleInto(made.folder);
  builds.makeCurrent(made, asOf);
  return made.folder;
}

async function buildPackage() {
  const folder = join(root, 'dist', 'package');
  rmSync(folder, { recursive: true, force: true });
  await bundleInto(folder);
  writeTypes(join(folder, 'types'));
}

/** What people who write stages see of `giverny`: declarations of stages/user-stage.ts and of what it names. */
function writeTypes(folder) {
  const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', folder, '--rootDir', '.', '--target', 'ES2022', '--module', 'NodeNext', '--strict', '--skipLibCheck', '--allowImportingTsExtensions', '--types', 'node', '--ignoreConfig'];
  const { status, error } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'stages/user-stage.ts'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw error ?? new Error('tsc found mistakes in stages/user-stage.ts');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.d.ts'))) {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '\.{1,2}\/[^']*)\.ts'/g, "$1.js'"));
  }
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['sharp', 'esbuild', '@tensorflow/*'],
  logLevel: 'warning',
};

const asModules = {
  ...common,
  format: 'esm',
  // CommonJS libraries in an ES module bundle still call require().
  banner: { js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);" },
};

/** One script for V8 to keep the code of. */
const asScript = {
  ...common,
  format: 'cjs',
  define: { 'import.meta.url': 'fileOfBundle' },
  banner: { js: "const fileOfBundle = require('node:url').pathToFileURL(__filename).href;" },
};

/** Compiles every JSON Schema to plain JavaScript, so that the shipped command carries no schema compiler. */
async function compileValidators(esbuild, folder) {
  const entry = join(folder, 'schemas.js');
  // ajv stays outside: the schemas must be compiled by the very copy that writes the code.
  await esbuild.build({ ...asModules, entryPoints: [join(root, 'pipeline/cli/schemas.ts')], outfile: entry, external: [...common.external, 'ajv'] });
  const { schemas, createAjv } = await import(pathToFileURL(entry).href);
  const { default: standalone } = await import('ajv/dist/standalone/index.js');
  const ajv = createAjv({ source: true, esm: false });
  const names = Object.keys(schemas);
  names.forEach((name, index) => ajv.addSchema(schemas[name], `v${index}`));
  const file = join(folder, 'validators.cjs');
  writeFileSync(file, standalone.default(ajv, Object.fromEntries(names.map((_, index) => [`v${index}`, `v${index}`]))));
  return { file, names };
}

/** Puts the compiled validators in the place of pipeline/config/schema/validator.ts. */
function compiledValidators({ file, names }) {
  const contents = [
    `import validators from ${JSON.stringify(file)};`,
    `const names = ${JSON.stringify(names)};`,
    // The schema of a stage of the user: ajv is a chunk of its own, loaded for it alone.
    `export const validatorFor = async (name, schema) => names.includes(name) ? validators['v' + names.indexOf(name)] : (await import('./compile-schema.ts')).compileSchema(schema);`,
  ].join('\n');
  return {
    name: 'compiled-validators',
    setup(build) {
      build.onLoad({ filter: /pipeline[\\/]config[\\/]schema[\\/]validator\.ts$/ }, () => ({ contents, loader: 'js', resolveDir: join(root, 'pipeline/config/schema') }));
    },
  };
}

/** What the script imports when it uses it, and few commands do: stages that run, engines, large libraries. */
const isApart = (path) => ['execa', 'ajv'].some((library) => path.includes(join('node_modules', library, '/'))) || path.endsWith(join('schema', 'compile-schema.ts'))
  || (path.startsWith(join(root, 'stages/')) && !['stages/index.ts', 'stages/engine/index.ts'].some((own) => path === join(root, own)));

/** Leaves such imports to modules beside the script; adds them to `entries`, by their names there. */
function apartFromScript(entries) {
  return {
    name: 'apart-from-script',
    setup(build) {
      build.onResolve({ filter: /./ }, async ({ kind, path, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === entries) return undefined;
        const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: entries });
        if (found.external || !isApart(found.path)) return undefined;
        const name = `apart/${relative(root, found.path).replace(/\.[a-z]+$/, '').replaceAll(/[\\/]/g, '-')}`;
        entries[name] = found.path;
        return { path: `./${name}.js`, external: true };
      });
    },
  };
}

async function bundleInto(folder) {
  const esbuild = await import('esbuild');
  const work = join(folder, 'work');
  mkdirSync(work, { recursive: true });
  const validators = compiledValidators(await compileValidators(esbuild, work));
  const apart = {};
  await esbuild.build({ ...asScript, entryPoints: { program: 'pipeline/cli/entry.ts' }, outdir: work, plugins: [apartFromScript(apart), validators] });
  writeProgram(readFileSync(join(work, 'program.js'), 'utf8'), folder);
  await esbuild.build({
    ...asModules,
    entryPoints: { 'stage-process': 'pipeline/cli/stage-process.ts', 'user-stage': 'stages/user-stage.ts', ...apart },
    outdir: folder,
    splitting: true,
    plugins: [validators, compiledKernels],
  });
  rmSync(work, { recursive: true, force: true });
}

/** In the form and under a name that program.cjs asks for. giverny.cjs starts it, and giverny.js for who imports. */
function writeProgram(script, folder) {
  const wrapped = `(function (exports, require, module, __filename, __dirname, importModule) { ${script.replaceAll(/\bimport\(/g, 'importModule(')}\n})`;
  const name = `program-${createHash('sha256').update(wrapped).digest('hex').slice(0, 16)}.cjs`;
  writeFileSync(join(folder, name), wrapped);
  const starter = readFileSync(join(root, 'bin/program.cjs'), 'utf8');
  writeFileSync(join(folder, 'giverny.cjs'), `${starter}\nmodule.exports = loadProgram(join(__dirname, '${name}'));\n`);
  writeFileSync(join(folder, 'giverny.js'), "import { createRequire } from 'node:module';\n\nexport const { run } = createRequire(import.meta.url)('./giverny.cjs');\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { installPackages } = await import('./install.js');
  installPackages();
  await (process.argv.includes('--package') ? buildPackage() : build());
}
