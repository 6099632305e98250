// A small world in which an installation really happens: an engine folder and a PATH of its own, where npm, pip and the compiler
// are short shell scripts that note each call. What they bring is tiny, and how giverny deals with it is real.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import crc32 from 'crc-32';
import type { EngineSelectionHelp } from '../../../../pipeline/catalog.ts';
import { headers, recipeFor, type Recipe } from '../../../../stages/engine/tensorflow/recipe.ts';

/** A zip archive of stored entries. */
export function zipOf(entries: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const data = Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeInt32LE(crc32.buf(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

const wheelEntries = {
  'tensorflow/libtensorflow_cc.so.2': 'the library',
  'tensorflow/libtensorflow_framework.so.2': 'the framework',
  'tensorflow/python/unneeded.py': 'not taken',
  ...Object.fromEntries(headers.map((header) => [`tensorflow/include/${header}`, '// a header'])),
};

// What the probe loads: it answers as tfjs would.
const binding = 'exports.matMul = () => ({ arraySync: () => [[17], [39]] }); exports.backend = () => ({ isUsingGpuDevice: false });';

const programs: Readonly<Record<string, string>> = {
  npm: `[ "$1" = ci ] || exit 0
mkdir -p node_modules/@tensorflow/tfjs-node-gpu/dist
echo '{"main":"dist/index.js"}' > node_modules/@tensorflow/tfjs-node-gpu/package.json
echo '${binding}' > node_modules/@tensorflow/tfjs-node-gpu/dist/index.js`,
  python3: `case "$*" in *--version) echo pip 25; exit 0;; esac
while [ "$1" != --dest ]; do shift; done
mkdir -p "$2"; cp "$WORKBENCH/wheel" "$2/tensorflow.whl"`,
  'g++': `[ "$1" = --version ] && { echo g++ of the workbench; exit 0; }
while [ "$1" != -o ]; do shift; done
echo binding > "$2"`,
};

export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'giverny-engine-'));
  readonly engines = join(this.folder, 'engines');
  readonly said: string[] = [];
  readonly progress = new Map<string, number>();
  readonly stop = new AbortController();
  readonly #path = process.env['PATH'];

  constructor() {
    mkdirSync(join(this.folder, 'bin'));
    for (const tool of ['mkdir', 'cp', 'echo', 'sleep', 'node', 'sh']) {
      const found = (this.#path ?? '').split(':').map((folder) => join(folder, tool)).find((file) => existsSync(file));
      if (found) symlinkSync(found, join(this.folder, 'bin', tool));
    }
    for (const [name, script] of Object.entries(programs)) this.program(name, script);
    writeFileSync(join(this.folder, 'wheel'), zipOf(wheelEntries));
    process.env['PATH'] = join(this.folder, 'bin');
    process.env['WORKBENCH'] = this.folder;
    process.env['GIVERNY_ENGINE_DIR'] = this.engines;
  }

  /** Puts a program on the PATH; every call of it is noted. */
  program(name: string, script = programs[name]!): void {
    const file = join(this.folder, 'bin', name);
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\ncase "$*" in *--version) ;; *) echo "${name} $1" >> "$WORKBENCH/calls";; esac\n${script}\n`);
    chmodSync(file, 0o755);
  }

  without(name: string): void {
    rmSync(join(this.folder, 'bin', name), { force: true });
  }

  /** The programs called since the last time, those that only said their version left out. */
  calls(): string[] {
    const file = join(this.folder, 'calls');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return lines;
  }

  /** A recipe of this world: Linux's, with our small wheel. */
  recipe(): Recipe {
    const real = recipeFor('linux', 'x64', 'cpu')!;
    const sha256 = createHash('sha256').update(readFileSync(join(this.folder, 'wheel'))).digest('hex');
    return { ...real, wheel: { ...real.wheel, sha256, bytes: 1000 } };
  }

  help(offline = false): EngineSelectionHelp {
    return {
      provision: true,
      offline,
      stop: this.stop.signal,
      say: (line) => void this.said.push(line),
      progress: (label, { done }) => void this.progress.set(label, done),
    };
  }

  cleanup(): void {
    if (this.#path !== undefined) process.env['PATH'] = this.#path;
    delete process.env['WORKBENCH'];
    delete process.env['GIVERNY_ENGINE_DIR'];
    rmSync(this.folder, { recursive: true, force: true });
  }
}
