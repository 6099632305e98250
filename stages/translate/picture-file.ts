/** An image file with what a translation must not lose: its transparency and its colour profile. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { OutputInfo, Sharp } from 'sharp';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { Pixels } from '../image/pixels.ts';
import { loadSharp } from '../image/sharp.ts';
import { translateFailed } from './failures.ts';

export interface PictureFile {
  /** 8-bit sRGB, upright; transparent parts over white, as in training. */
  readonly pixels: Pixels;
  /** `[height, width]`, 255 opaque; undefined where all is. */
  readonly alpha: Uint8Array | undefined;
  /** An RGB colour profile, which the translated image is brought back to. */
  readonly profile: Buffer | undefined;
}

/** `size`: what the shorter side is brought to first. */
export async function readPicture(file: string, shown: string, size?: number): Promise<Result<PictureFile>> {
  const sharp = await loadSharp();
  try {
    const image = sharp(file, { autoOrient: true, failOn: 'warning' });
    const { hasAlpha, icc } = await image.metadata();
    if (size !== undefined) image.resize(size, size, { fit: 'outside' });
    const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return ok({ ...separated(data, info, hasAlpha === true), profile: icc !== undefined && isRgb(icc) ? icc : undefined });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return translateFailed('translate-image-unreadable', `${shown} cannot be read as an image: ${error.message.split('\n', 1)[0] ?? ''}`, { hint: 'leave it out, or replace it' });
  }
}

/** ICC.1:2022, 7.2.6: the profile's colour space. One of CMYK or grey does not fit what is written. */
const isRgb = (icc: Buffer): boolean => icc.toString('latin1', 16, 20) === 'RGB ';

function separated(data: Buffer, { height, width, channels }: OutputInfo, hasAlpha: boolean): Pick<PictureFile, 'pixels' | 'alpha'> {
  const rgb = new Uint8Array(height * width * 3);
  const alpha = hasAlpha ? new Uint8Array(height * width) : undefined;
  for (let pixel = 0; pixel < height * width; pixel++) {
    const opacity = hasAlpha ? data[pixel * channels + channels - 1]! : 255;
    if (alpha) alpha[pixel] = opacity;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[pixel * channels + (channels < 3 ? 0 : channel)]!;
      rgb[pixel * 3 + channel] = Math.round((value * opacity + 255 * (255 - opacity)) / 255);
    }
  }
  return { pixels: { data: rgb, height, width }, alpha };
}

/** Writes `file` whole or not at all, in the format of its name. Its folder must exist. */
export async function writePicture(file: string, { pixels, alpha, profile }: PictureFile, scratch: string): Promise<Result<void>> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  const profileFile = join(scratch, 'profile.icc');
  try {
    if (profile) await writeFile(profileFile, profile);
    const image = await withAlpha(pixels, alpha);
    await writeFile(unfinished, await inFormat(profile ? image.withIccProfile(profileFile) : image, extname(file).toLowerCase()).toBuffer());
    await rename(unfinished, file);
    return ok(undefined);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (!(error instanceof Error)) throw error;
    return translateFailed('translate-not-written', `cannot write ${file}: ${error.message}`);
  }
}

async function withAlpha({ data, height, width }: Pixels, alpha: Uint8Array | undefined): Promise<Sharp> {
  const sharp = await loadSharp();
  if (!alpha) return sharp(data, { raw: { width, height, channels: 3 } });
  const rgba = new Uint8Array(height * width * 4);
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    rgba[pixel * 4 + 3] = alpha[pixel]!;
  }
  return sharp(rgba, { raw: { width, height, channels: 4 } });
}

/** Nearly without loss: what a network painted should not be blurred by a file format. */
function inFormat(image: Sharp, extension: string): Sharp {
  switch (extension) {
    case '.jpg': case '.jpeg': return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
    case '.webp': return image.webp({ quality: 95, smartSubsample: true });
    case '.avif': return image.avif({ quality: 80 });
    case '.tif': case '.tiff': return image.tiff({ compression: 'deflate' });
    default: return image.png();
  }
}
