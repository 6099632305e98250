/** The pipelines that every runner is given: the same commands over the same files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Step {
  readonly name: string;
  /** Names of the steps that it reads. */
  readonly from: readonly string[];
}

/** Ten stages in four layers of 4, 3, 2 and 1: each but the first four reads two of the layer before. */
export function tenSteps(): readonly Step[] {
  const steps: Step[] = [];
  let before: readonly string[] = [];
  for (let width = 4; width > 0; width -= 1) {
    const layer = Array.from({ length: width }, (_, index) => ({ name: `s${steps.length + index}`, from: before.slice(index, index + 2) }));
    steps.push(...layer);
    before = layer.map(({ name }) => name);
  }
  return steps;
}

/** 1.6 kB each. */
export const contentOf = (step: string, index: number): string => `${step} ${index}\n`.repeat(200).slice(0, 1600);

/** `count` files over the steps, in `<folder>/<step><below>/`. */
export function writeSources(folder: string, steps: readonly Step[], count: number, below: string): void {
  for (const { name } of steps) {
    const place = join(folder, name + below);
    mkdirSync(place, { recursive: true });
    for (let index = 0; index < count / steps.length; index += 1) writeFileSync(join(place, `${index}.txt`), contentOf(name, index));
  }
}

/** A program that makes `out/`: many small files, or one large one whose bytes do not compress. */
export const makerSource = `import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
export function make(out, files, bytes) {
  mkdirSync(out, { recursive: true });
  if (files > 1) {
    for (let index = 0; index < files; index += 1) writeFileSync(join(out, index + '.txt'), ('made ' + index + '\\n').repeat(200).slice(0, 1600));
    return;
  }
  const block = new Uint32Array(1 << 18);
  const file = openSync(join(out, 'large.bin'), 'w');
  let state = 1;
  for (let written = 0; written < bytes; written += block.byteLength) {
    for (let index = 0; index < block.length; index += 1) block[index] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    writeSync(file, block);
  }
  closeSync(file);
}
if (process.argv[2] !== undefined) make(process.argv[2], Number(process.argv[3]), Number(process.argv[4]));
`;
