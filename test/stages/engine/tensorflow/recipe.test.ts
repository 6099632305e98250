// What is pinned, for every platform; and the commands that are made of it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileArguments } from '../../../../stages/engine/tensorflow/install/compile.ts';
import { npmEnvironment } from '../../../../stages/engine/tensorflow/install/packages.ts';
import { judge } from '../../../../stages/engine/tensorflow/install/tool.ts';
import { cudaPlacement, tensorflowPlacement } from '../../../../stages/engine/tensorflow/install/unpack.ts';
import { pipArguments } from '../../../../stages/engine/tensorflow/install/wheels.ts';
import { headers, packageLock, recipeFor, type Recipe } from '../../../../stages/engine/tensorflow/recipe.ts';

const known: readonly (readonly [platform: string, arch: string, variant: 'cpu' | 'cuda'])[] = [['linux', 'x64', 'cpu'], ['linux', 'x64', 'cuda'], ['linux', 'arm64', 'cpu'], ['darwin', 'arm64', 'cpu']];
const recipes = known.map((platform) => recipeFor(...platform)!);

test('every supported platform has pinned wheels; the others have no recipe', () => {
  for (const recipe of recipes) {
    for (const wheel of [recipe.wheel, recipe.compilerWheel, ...recipe.libraryWheels]) {
      assert.match(wheel.sha256, /^[0-9a-f]{64}$/, wheel.package);
      assert.ok(wheel.bytes > 1e6, wheel.package);
    }
  }
  assert.is(new Set(recipes.map(({ digest }) => digest)).size, known.length);
  assert.is(new Set(recipes.map(({ id }) => id)).size, known.length);
  assert.is(recipeFor('win32', 'x64', 'cpu'), undefined);
  assert.is(recipeFor('darwin', 'x64', 'cpu'), undefined);
  assert.is(recipeFor('linux', 'arm64', 'cuda'), undefined);
});

test('every npm package is pinned by its digest, and no download address is', () => {
  for (const [name, entry] of Object.entries(packageLock.packages)) {
    if (name === '') continue;
    assert.ok('integrity' in entry && /^sha512-/.test(entry.integrity), name);
    assert.not.ok('resolved' in entry, name);
  }
});

test('pip is told interpreter, platform and version, whatever Python runs it', () => {
  const line = pipArguments(recipes[2]!.wheel, 'there').join(' ');
  assert.match(line, 'download --no-deps --only-binary=:all: --python-version 3.12 --implementation cp --abi cp312 --platform manylinux_2_27_aarch64');
  assert.match(line, /--dest there tensorflow==2\.21\.0$/);
});

const compiled = (recipe: Recipe, cuda: readonly string[] = []) => compileArguments(recipe, '/engine', '/out.node', cuda).join(' ');

test('the compiler call finds the libraries relative to the binding, on Linux and macOS', () => {
  assert.match(compiled(recipes[0]!), '-Wl,-rpath,$ORIGIN/../../deps/lib');
  assert.match(compiled(recipes[3]!), '-Wl,-rpath,@loader_path/../../deps/lib -Wl,-undefined,dynamic_lookup');
  assert.not.match(compiled(recipes[0]!), 'dynamic_lookup');
});

test('for CUDA the binding is linked with every library of NVIDIA\'s wheels', () => {
  const line = compiled(recipes[1]!, ['nvidia/cudnn/lib/libcudnn.so.9', 'nvidia/cublas/lib/libcublas.so.12']);
  assert.match(line, '-Wl,-rpath,$ORIGIN/../../deps/nvidia/cudnn/lib');
  assert.match(line, 'deps/nvidia/cublas/lib/libcublas.so.12');
});

test('of a wheel only libraries and headers are taken', () => {
  const linux = tensorflowPlacement(recipes[0]!);
  assert.is(linux('tensorflow/libtensorflow_cc.so.2'), 'lib/libtensorflow_cc.so.2');
  assert.is(linux('tensorflow/python/ops.py'), undefined);
  assert.is(tensorflowPlacement(recipes[3]!)('tensorflow/libtensorflow_cc.2.dylib'), 'lib/libtensorflow_cc.2.dylib');
  assert.equal(headers.map((header) => linux(`tensorflow/include/${header}`)), headers.map((header) => `include/${header}`));
  assert.is(cudaPlacement('nvidia/cudnn/lib/libcudnn.so.9'), 'nvidia/cudnn/lib/libcudnn.so.9');
  assert.is(cudaPlacement('nvidia/cudnn/include/cudnn.h'), undefined);
});

test('npm is not told about the project that an outer npm runs', () => {
  const inner = npmEnvironment({ PATH: 'p', npm_config_global: 'true', npm_config_registry: 'r', npm_package_json: 'x', npm_lifecycle_event: 'start', INIT_CWD: 'y' });
  assert.equal(inner, { PATH: 'p', npm_config_registry: 'r' });
});

test('what npm, pip and compilers say is told apart', () => {
  const code = (words: string) => judge('npm', words, 'engine-download-failed').failure.code;
  assert.is(code('npm error code ENOTFOUND'), 'engine-no-network');
  assert.is(code('OSError: [Errno 28] No space left on device'), 'engine-disk-full');
  assert.is(code('npm error EACCES: permission denied'), 'engine-folder-unwritable');
  const { failure } = judge('pip', 'Looking in indexes\nERROR: No matching distribution found for tensorflow\n', 'engine-download-failed');
  assert.is(failure.message, 'pip failed: ERROR: No matching distribution found for tensorflow');
});

test.run();
