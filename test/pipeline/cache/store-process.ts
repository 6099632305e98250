/**
 * A process that stores trees one after the other until it is killed: `node store-process.ts ROOT SEED`.
 * Tree n has key n mod 3 and always the same content for its key; it prints a line when it begins, so that it can be killed there.
 */
import { openCache } from '../../../pipeline/cache/cache.ts';
import { lookup, randomTree, storeTree, value } from './temporary-cache.ts';

const [root, seed] = process.argv.slice(2) as [string, string];
const cache = value(await openCache(root));
console.log('begun');
for (let count = Number(seed); ; count += 1) {
  const which = count % 3;
  const tree = randomTree(10 + which, 300);
  const found = await lookup(cache, (await storeTree(cache, which, tree)).key);
  if (found?.files.length !== tree.size) throw new Error('what was just stored is not there');
}
