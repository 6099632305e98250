/** What `giverny cache gc` could free once runs are gone. */
import { planCollection, type CollectionLimits } from '../cache/collection.ts';
import { takeInventory } from '../cache/inventory.ts';
import { layoutUnder } from '../cache/layout.ts';
import { cacheNeeds } from './cache-needs.ts';

const limits: CollectionLimits = { checkpoints: false };

/** Bytes that only these runs need; 0 where that cannot be known. Changes nothing. */
export async function freedByCollection(root: string, removed: ReadonlySet<string>): Promise<number> {
  const [now, then] = [await cacheNeeds(root), await cacheNeeds(root, removed)];
  if (!now.ok || !then.ok) return 0;
  const inventory = await takeInventory(layoutUnder(root));
  const freed = (needs: typeof now.value): number => {
    const { before, after } = planCollection(inventory, needs, limits);
    return before - after;
  };
  return freed(then.value) - freed(now.value);
}
