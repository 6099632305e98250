/** What an installation of TensorFlow is made of on each platform: pinned packages, wheels with their sha256, libraries, headers. */
import { createHash } from 'node:crypto';
import lock from './npm/lock.json' with { type: 'json' };
import manifest from './npm/manifest.json' with { type: 'json' };
import { cudaWheels } from './cuda-wheels.ts';

export const tensorflowVersion = '2.21.0';

/** Raise it when the steps themselves change, so that an older installation is not taken for one of ours. */
const recipeVersion = 1;

/** A Python wheel as pip is asked for it: never by the user's interpreter, always for this one. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly platform: string;
  /** For another interpreter's tag than cp312: `py3-none`. */
  readonly pure?: boolean;
  readonly sha256: string;
  /** About how large the download is, for the progress bar. */
  readonly bytes: number;
}

export type Variant = 'cpu' | 'cuda';

export interface Recipe {
  /** The name of the installation's folder: its content is decided by the name. */
  readonly id: string;
  readonly tensorflow: string;
  readonly variant: Variant;
  readonly platform: string;
  readonly wheel: Wheel;
  /** Further wheels of which every shared library is needed (CUDA). */
  readonly libraryWheels: readonly Wheel[];
  /** A compiler for machines that have none. */
  readonly compilerWheel: Wheel;
  /** Shared libraries in the wheel's tensorflow/, and the name under which the linker looks for each. */
  readonly libraries: readonly { readonly file: string; readonly linkName: string }[];
  /** sha256 over everything above. */
  readonly digest: string;
}

export { lock as packageLock, manifest as packageManifest };

/** What `tensorflow/c/c_api.h`, `tensorflow/c/eager/c_api.h` and `ctstring_internal.h` include, in the wheel's tensorflow/include/. */
export const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/c_api_macros.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/tf_attrtype.h',
  'tensorflow/c/tf_buffer.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/c/tf_tstring.h',
  'tensorflow/core/platform/ctstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
  'tsl/platform/ctstring.h',
  'tsl/platform/ctstring_internal.h',
  'xla/tsl/c/tsl_status.h',
] as const;

const linuxLibraries = [
  { file: 'libtensorflow_cc.so.2', linkName: 'libtensorflow.so' },
  { file: 'libtensorflow_framework.so.2', linkName: 'libtensorflow_framework.so' },
];
const macLibraries = [
  { file: 'libtensorflow_cc.2.dylib', linkName: 'libtensorflow.dylib' },
  { file: 'libtensorflow_framework.2.dylib', linkName: 'libtensorflow_framework.dylib' },
];

type Ingredients = Pick<Recipe, 'wheel' | 'libraryWheels' | 'compilerWheel' | 'libraries'>;

const zig = (version: string, platform: string, sha256: string): Wheel => ({ package: 'ziglang', version, platform, pure: true, sha256, bytes: 101e6 });

// Digests as the package index reports them to pip; only linux-x64 cpu has been downloaded, built and run.
const recipes: Readonly<Record<string, Ingredients>> = {
  'linux-x64-cpu': {
    wheel: { package: 'tensorflow-cpu', version: tensorflowVersion, platform: 'manylinux_2_27_x86_64', bytes: 274_000_871, sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb' },
    libraryWheels: [],
    compilerWheel: zig('0.17.1', 'manylinux_2_12_x86_64', 'ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54'),
    libraries: linuxLibraries,
  },
  'linux-x64-cuda': {
    wheel: { package: 'tensorflow', version: tensorflowVersion, platform: 'manylinux_2_27_x86_64', bytes: 572_611_111, sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0' },
    libraryWheels: cudaWheels,
    compilerWheel: zig('0.17.1', 'manylinux_2_12_x86_64', 'ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54'),
    libraries: linuxLibraries,
  },
  'linux-arm64-cpu': {
    wheel: { package: 'tensorflow', version: tensorflowVersion, platform: 'manylinux_2_27_aarch64', bytes: 281_946_471, sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552' },
    libraryWheels: [],
    compilerWheel: zig('0.17.1', 'manylinux_2_17_aarch64', 'b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e'),
    libraries: linuxLibraries,
  },
  'darwin-arm64-cpu': {
    wheel: { package: 'tensorflow', version: tensorflowVersion, platform: 'macosx_12_0_arm64', bytes: 223_488_205, sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712' },
    libraryWheels: [],
    compilerWheel: zig('0.16.0', 'macosx_12_0_arm64', 'b61e5413c49508d9d62e5dcea543e3af491594154d74a00ff52f84ed508260cc'),
    libraries: macLibraries,
  },
};

/** What pip downloads for an installation, compiler not counted. */
export const wheelBytes = ({ wheel, libraryWheels }: Pick<Recipe, 'wheel' | 'libraryWheels'>): number =>
  [wheel, ...libraryWheels].reduce((sum, { bytes }) => sum + bytes, 0);

/** All that an installation downloads: the wheels and npm's packages. */
export const downloadBytes = (recipe: Recipe): number => wheelBytes(recipe) + 60e6;

/** The recipe for a platform as Node names it (`linux`, `x64`), or undefined where TensorFlow has no wheel we know. */
export function recipeFor(platform: string, arch: string, variant: Variant): Recipe | undefined {
  const ingredients = recipes[`${platform}-${arch}-${variant}`];
  if (!ingredients) return undefined;
  const digest = createHash('sha256').update(JSON.stringify({ recipeVersion, ingredients, headers, lock, manifest })).digest('hex');
  return {
    id: `tensorflow-${tensorflowVersion}-${variant}-${digest.slice(0, 8)}`,
    tensorflow: tensorflowVersion,
    variant,
    platform: `${platform}-${arch}`,
    ...ingredients,
    digest,
  };
}
