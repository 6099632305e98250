import { stridedPaddingTests } from './strided-padding.ts';

await stridedPaddingTests('tensorflow');
