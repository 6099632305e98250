import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Writes `counts[name]` JPEGs of `size`×`size` pixels, each a gradient of its own, into `folder/name`. */
export async function jpegFolders(folder: string, counts: Readonly<Record<string, number>>, size: number): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let index = 0; index < count; index += 1) {
      const pixels = Uint8Array.from({ length: size * size * 3 }, (_, at) => (at * (index + 1) + name.length * 40) % 256);
      await sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).jpeg().toFile(join(folder, name, `${index}.jpg`));
    }
  }
}
