import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withAllocatorSettings } from '../../../pipeline/execute/allocator.ts';

test('freed memory is held on to, unless the user has said otherwise', () => {
  assert.equal(withAllocatorSettings({ PATH: '/bin' }), { PATH: '/bin', MALLOC_MMAP_THRESHOLD_: '1000000000', MALLOC_TRIM_THRESHOLD_: '1000000000' });
  assert.is(withAllocatorSettings({ MALLOC_TRIM_THRESHOLD_: '131072' })['MALLOC_TRIM_THRESHOLD_'], '131072');
});

test.run();
