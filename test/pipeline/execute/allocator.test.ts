import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withAllocatorSettings } from '../../../pipeline/execute/allocator.ts';

test('freed memory is held on to, unless the user has said otherwise', () => {
  const { MALLOC_ARENA_MAX: arenas, ...others } = withAllocatorSettings({ PATH: '/bin' });
  assert.equal(others, { PATH: '/bin', MALLOC_MMAP_THRESHOLD_: '1000000000', MALLOC_TRIM_THRESHOLD_: '1000000000' });
  assert.ok(Number(arenas) >= 2 && Number(arenas) <= Math.max(2, availableParallelism()));
  assert.is(withAllocatorSettings({ MALLOC_ARENA_MAX: '1' })['MALLOC_ARENA_MAX'], '1');
  assert.is(withAllocatorSettings({ MALLOC_TRIM_THRESHOLD_: '131072' })['MALLOC_TRIM_THRESHOLD_'], '131072');
});

test.run();
