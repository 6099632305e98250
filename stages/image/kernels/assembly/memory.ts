/**
 * Memory is one arena that an image fills and the next one fills anew: there is nothing to free. What lasts (tables) is
 * static data.
 */

/** Reads and writes of 16 bytes may go so far past the end of what they are of. */
const slack: usize = 64;

let base: usize = 0;
let top: usize = 0;

/** Begins anew: what was allocated is lost. */
export function reset(): void {
  // At the first call, behind the tables that were made as the module began.
  if (base == 0) base = heap.alloc(16);
  top = base;
}

/** `bytes` of memory, aligned to 16, with room behind them for a whole vector; its content is whatever lay there. */
export function allocate(bytes: usize): usize {
  const start = (top + 15) & ~15;
  top = start + bytes + slack;
  const pages = ((top + 0xffff) >> 16) as i32;
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return start;
}
