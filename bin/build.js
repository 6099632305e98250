// Bundles the command into dist/: one entry for people, one for stage processes, chunks for what is loaded on use.
// sharp and @tensorflow/* stay packages; every other library is in the bundle.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');
const sources = ['pipeline', 'stages', 'bin', 'package.json'];

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), stats.mtimeMs);
}

export async function buildIfStale() {
  const stamp = join(built, 'built');
  const changed = Math.max(...sources.map((source) => newestChange(join(root, source))));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= changed) return;
  await build();
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['sharp', '@tensorflow/*'],
  logLevel: 'warning',
  // CommonJS libraries in an ES module bundle still call require().
  banner: { js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);" },
};

/** Compiles every JSON Schema to plain JavaScript, so that the shipped command carries no schema compiler. */
async function compileValidators(esbuild, folder) {
  const entry = join(folder, 'schemas.js');
  // ajv stays outside: the schemas must be compiled by the very copy that writes the code.
  await esbuild.build({ ...common, entryPoints: [join(root, 'pipeline/cli/schemas.ts')], outfile: entry, external: [...common.external, 'ajv'] });
  const { schemas, createAjv } = await import(pathToFileURL(entry).href);
  const { default: standalone } = await import('ajv/dist/standalone/index.js');
  const ajv = createAjv({ source: true, esm: false });
  const names = Object.keys(schemas);
  names.forEach((name, index) => ajv.addSchema(schemas[name], `v${index}`));
  const file = join(folder, 'validators.cjs');
  writeFileSync(file, standalone.default(ajv, Object.fromEntries(names.map((_, index) => [`v${index}`, `v${index}`]))));
  return { file, names };
}

/** Puts the compiled validators in the place of pipeline/config/validator.ts. */
function compiledValidators({ file, names }) {
  const contents = [
    `import validators from ${JSON.stringify(file)};`,
    `const names = ${JSON.stringify(names)};`,
    `export const validatorFor = async (name) => validators['v' + names.indexOf(name)];`,
  ].join('\n');
  return {
    name: 'compiled-validators',
    setup(build) {
      build.onLoad({ filter: /pipeline[\\/]config[\\/]validator\.ts$/ }, () => ({ contents, loader: 'js', resolveDir: root }));
    },
  };
}

export async function build() {
  const esbuild = await import('esbuild');
  const folder = join(root, 'node_modules', `.giverny-build-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const out = join(folder, 'dist');
  const started = new Date();
  const validators = await compileValidators(esbuild, folder);
  await esbuild.build({
    ...common,
    entryPoints: { giverny: 'pipeline/cli/entry.ts', 'stage-process': 'pipeline/cli/stage-process.ts' },
    outdir: out,
    splitting: true,
    plugins: [compiledValidators(validators)],
  });
  writeFileSync(join(out, 'built'), `${started.toISOString()}\n`);
  // Two processes may build at once: each moves its whole result into place.
  rmSync(built, { recursive: true, force: true });
  renameSync(out, built);
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { installPackages } = await import('./install.js');
  installPackages();
  await build();
}
