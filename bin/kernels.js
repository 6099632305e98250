// Compiles stages/image/kernels/assembly/ (AssemblyScript) to WebAssembly, for the bundle and for tests.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = 'stages/image/kernels/assembly';
/** No runtime but the one that starts; indexes are not checked, since what they are held against is fixed or made here. */
const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert', '--uncheckedBehavior', 'always', '--use', 'abort='];

/** The module's bytes; compiled once for the same sources, and kept in dist/kernels/. */
export async function compileKernels() {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).sort();
  const compiler = readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8');
  const digest = createHash('sha256').update(JSON.stringify([options, JSON.parse(compiler).version]));
  for (const name of names) digest.update(`${name}\0`).update(readFileSync(join(root, folder, name))).update('\0');
  const kept = join(root, 'dist/kernels', `${digest.digest('hex')}.wasm`);
  try {
    return readFileSync(kept);
  } catch {
    const bytes = await compile();
    mkdirSync(join(root, 'dist/kernels'), { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, bytes);
    renameSync(`${kept}.${process.pid}`, kept);
    return bytes;
  }
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await asc.main([`${folder}/index.ts`, '--baseDir', root, '--outFile', 'kernels.wasm', ...options], {
    writeFile: (name, content) => void (name === 'kernels.wasm' && (bytes = content)),
  });
  if (error || !bytes) throw new Error(`stages/image/kernels does not compile:\n${stderr}`, { cause: error });
  return Buffer.from(bytes);
}

/** For esbuild: puts the compiled bytes in the place of stages/image/kernels/binary.ts, which has none. */
export const compiledKernels = {
  name: 'compiled-kernels',
  setup(build) {
    build.onLoad({ filter: /stages[\\/]image[\\/]kernels[\\/]binary\.ts$/ }, async () => ({
      contents: `export const kernelBinary = Buffer.from('${(await compileKernels()).toString('base64')}', 'base64');`, loader: 'js',
    }));
  },
};
