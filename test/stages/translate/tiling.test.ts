import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mirrored, tilesAlong, tileWeights } from '../../../stages/translate/tiling.ts';

const lengths = [1, 5, 31, 32, 33, 63, 64, 65, 100, 128, 129, 500, 1013];
const specs = [
  { size: 32, overlap: 0, exact: true }, { size: 32, overlap: 8, exact: true }, { size: 64, overlap: 16, exact: false }, { size: 128, overlap: 64, exact: true },
];

test('tiles lie within the image where it is longer, cover it, and overlap by as much as was asked', () => {
  for (const spec of specs) {
    for (const length of lengths) {
      const { size, starts } = tilesAlong(length, spec);
      assert.is(starts[0], 0);
      assert.ok(starts.at(-1)! + size >= length);
      if (length > spec.size) assert.is(starts.at(-1)! + size, length);
      for (let i = 1; i < starts.length; i++) assert.ok(starts[i]! > starts[i - 1]! && starts[i - 1]! + size - starts[i]! >= spec.overlap, `${length} ${JSON.stringify(spec)}`);
      assert.ok(spec.exact ? size === spec.size : size % 4 === 0 && size <= spec.size);
    }
  }
});

test('every pixel is counted, and between neighbouring pixels no tile\'s share jumps', () => {
  for (const spec of specs.filter(({ overlap }) => overlap > 0)) {
    for (const length of lengths) {
      const tiles = tilesAlong(length, spec);
      const weights = tiles.starts.map((_, index) => tileWeights(tiles, index));
      const share = (tile: number, at: number) => weights[tile]![at - tiles.starts[tile]!] ?? 0;
      let before: readonly number[] | undefined;
      for (let at = 0; at < length; at++) {
        const counts = tiles.starts.map((_, tile) => share(tile, at));
        const sum = counts.reduce((total, each) => total + each, 0);
        assert.ok(sum > 0);
        const shares = counts.map((each) => each / sum);
        for (const [tile, each] of shares.entries()) assert.ok(before === undefined || Math.abs(each - before[tile]!) <= 2 / spec.overlap, `${length} ${at}`);
        before = shares;
      }
    }
  }
});

test('what lies beyond an image\'s end is its mirror image, however far', () => {
  const seen = Array.from({ length: 12 }, (_, at) => mirrored(at, 4));
  assert.equal(seen, [0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1]);
  assert.equal([0, 1, 7].map((at) => mirrored(at, 1)), [0, 0, 0]);
});

test.run();
