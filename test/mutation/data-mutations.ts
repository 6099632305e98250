/** Ways to break what an iteration is given. */
import { seeds, train, type Mutation } from './mutation.ts';

export const data: readonly Mutation[] = [
  {
    name: 'a flip that flips nothing', file: 'stages/flip/flip-image.ts',
    find: 'isFlipped ? mirrored(image.value.pixels) : image.value.pixels', replace: 'image.value.pixels', tests: ['test/stages/flip/flip.test.ts'],
  },
  {
    name: 'a mirrored crop in which channels are mirrored too', file: 'stages/image/window.ts',
    find: 'into[end + channel] = row[from + channel]!;', replace: 'into[end + channels - 1 - channel] = row[from + channel]!;', tests: ['test/stages/image/window.test.ts'],
  },
  {
    name: 'flips are not seeded', file: 'stages/flip/coin.ts',
    find: 'randomStream(seed, `flip ${index}`)', replace: 'randomStream(Math.random(), `flip ${index}`)', tests: [seeds, 'test/stages/flip/flip.test.ts'],
  },
  {
    name: 'crops are not seeded', file: 'stages/train/data/augment.ts',
    find: 'randomStream(seed, `augment ${use}`)', replace: 'randomStream(Math.random(), `augment ${use}`)', tests: [seeds, train('data/augment')],
  },
  {
    name: 'every pass is shuffled alike', file: 'stages/train/data/pairing.ts',
    find: '`shuffle ${domain} ${pass}`', replace: '`shuffle ${domain}`', tests: [seeds, train('data/pairing')],
  },
  {
    name: 'a frozen pool: nothing enters it', file: 'stages/train/image-pool.ts',
    find: 'if (slot === undefined) return;', replace: 'if (slot === undefined || this.#slots[slot]) return;', tests: [train('image-pool')],
  },
  {
    name: 'the pool always swaps', file: 'stages/train/image-pool.ts',
    find: 'random.next() < 0.5', replace: 'random.next() < 1', tests: [train('image-pool')],
  },
  {
    name: 'the pools of both domains decide alike', file: 'stages/train/image-pool.ts',
    find: '`image pool ${this.#name} ${iteration}`', replace: '`image pool ${iteration}`', tests: [seeds, train('image-pool')],
  },
  {
    name: 'the seed does not decide which image of B is met', file: 'stages/train/data/pairing.ts',
    find: 'randomStream(seed, `random B ${place}`)', replace: 'randomStream(0, `random B ${place}`)', tests: [seeds],
  },
];
