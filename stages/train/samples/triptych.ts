/** Original, generated, reconstructed: side by side in one PNG. */
import type { ImageShape } from '../data/augment.ts';

export interface PngImage {
  readonly png: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** `panels` are images `[height, width, 3]` with values in [-1, 1]; what lies beyond is clipped. White lies between them. */
export async function drawPanels(panels: readonly Float32Array[], [height, width, channels]: ImageShape): Promise<PngImage> {
  const gap = Math.max(2, Math.round(width / 32));
  const total = panels.length * width + (panels.length - 1) * gap;
  const pixels = new Uint8Array(height * total * channels).fill(255);
  for (const [index, panel] of panels.entries()) {
    for (let y = 0; y < height; y++) {
      const to = (y * total + index * (width + gap)) * channels;
      for (let from = y * width * channels, i = 0; i < width * channels; i++) pixels[to + i] = toByte(panel[from + i]!);
    }
  }
  const { default: sharp } = await import('sharp');
  const png = await sharp(pixels, { raw: { height, width: total, channels: channels === 1 ? 1 : 3 } }).png().toBuffer();
  return { png, height, width: total };
}

/** The reverse of normalize: [-1, 1] to 0–255. */
const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round((value + 1) * 127.5)));
