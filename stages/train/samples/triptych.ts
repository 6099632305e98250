/** Original, generated, reconstructed: side by side in one PNG. */
import type { ImageShape } from '../../model/spec.ts';
import { loadSharp } from '../../image/sharp.ts';

/** `panels` are images `[height, width, 1 or 3]` with values in [-1, 1]; what lies beyond is clipped. White lies between them. */
export async function drawPanels(panels: readonly Float32Array[], [height, width, channels]: ImageShape): Promise<Uint8Array> {
  const gap = Math.max(2, Math.round(width / 32));
  const total = panels.length * width + (panels.length - 1) * gap;
  const rowLength = width * channels;
  const pixels = new Uint8Array(height * total * channels).fill(255);
  for (const [index, panel] of panels.entries()) {
    for (let y = 0; y < height; y++) {
      const to = (y * total + index * (width + gap)) * channels;
      for (let i = 0; i < rowLength; i++) pixels[to + i] = toByte(panel[y * rowLength + i]!);
    }
  }
  const sharp = await loadSharp();
  return sharp(pixels, { raw: { height, width: total, channels: channels === 1 ? 1 : 3 } }).png().toBuffer();
}

/** The reverse of normalize: [-1, 1] to 0–255. */
const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round((value + 1) * 127.5)));

/** Height and width as a PNG's header says them. */
export function pngSize(png: Uint8Array): { readonly height: number; readonly width: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
