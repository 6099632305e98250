/** Baseline JPEGs to the pixels that libjpeg gives (mozjpeg and libjpeg-turbo alike), bit for bit, or not at all. */
import { allocate } from '../memory';
import { toPixels } from './colour';
import { beginEntropy, coefficients, isAtEnd, readBlock } from './entropy';
import { Component, components, height, readHeaders, width } from './frame';
import { forgetStrange, inverseDct, inverseDctOfOne, wasStrange } from './inverse-dct';

/** The same as in stages/image/plain-size.ts. */
const mostPixels: i64 = 2048 * 2048;

export function jpegHeight(): i32 {
  return height;
}

export function jpegWidth(): i32 {
  return width;
}

/** The file at `source` as `[height, width, 4]`: its address; 0 where it is not as plain as that, or in any way not sound. */
export function decodeJpeg(source: usize, bytes: i32): usize {
  const end = source + bytes;
  const coded = readHeaders(source, end);
  if (coded == 0 || <i64>height * width > mostPixels || !beginEntropy(coded, end)) return 0;
  forgetStrange();
  if (!readUnits() || !isAtEnd() || wasStrange()) return 0;
  const pixels = allocate((<usize>height * width) << 2);
  toPixels(pixels);
  return pixels;
}

/** All blocks, unit by unit: of each component as many as its sampling says. */
function readUnits(): bool {
  const unitsAcross = unitsFor(width, components[0].across), unitsDown = unitsFor(height, components[0].down);
  for (let index = 0; index < 3; index++) {
    const component = components[index];
    component.stride = unitsAcross * component.across << 3;
    component.plane = allocate(<usize>component.stride * (unitsDown * component.down << 3));
  }
  const block = allocate(128);
  clear(block);
  for (let y = 0; y < unitsDown; y++) {
    for (let x = 0; x < unitsAcross; x++) {
      for (let index = 0; index < 3; index++) {
        if (!readUnit(components[index], x, y, block)) return false;
      }
    }
  }
  return true;
}

function unitsFor(samples: i32, blocks: i32): i32 {
  return (samples + 8 * blocks - 1) / (8 * blocks);
}

function readUnit(component: Component, x: i32, y: i32, block: usize): bool {
  const across = component.across, down = component.down, stride = component.stride;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      if (!readBlock(component, block)) return false;
      const target = component.plane + (y * down + row << 3) * stride + (x * across + column << 3);
      if (coefficients == 1) {
        inverseDctOfOne(block, target, stride);
      } else {
        inverseDct(block, target, stride);
        clear(block);
      }
    }
  }
  return true;
}

function clear(block: usize): void {
  for (let at: usize = 0; at < 128; at += 16) v128.store(block + at, i64x2.splat(0));
}
