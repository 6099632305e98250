import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { multipliesBfloat16 } from '../../../../stages/engine/capture/precision-support.ts';

const x64 = (flags: string) => `processor\t: 0\nmodel name\t: a processor\nflags\t\t: fpu sse ${flags} avx2\nbugs\t\t: bf16\n\nprocessor\t: 1\n`;
const arm64 = (features: string) => `processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd ${features}\nCPU part\t: 0xd40\n`;

test('the processor multiplies bfloat16 where its flags say so', () => {
  for (const cpuinfo of [x64('avx512_bf16'), x64('avx512f amx_bf16 amx_tile'), arm64('i8mm bf16')]) assert.is(multipliesBfloat16(cpuinfo), true);
  for (const cpuinfo of [x64('avx512f avx512_vnni'), x64('avx512_fp16'), arm64('sve sve2 svebf16')]) assert.is(multipliesBfloat16(cpuinfo), false);
});

test('a system that tells nothing leaves it open', () => {
  for (const cpuinfo of ['', 'processor\t: 0\n']) assert.is(multipliesBfloat16(cpuinfo), undefined);
  const here = multipliesBfloat16();
  assert.is(here === undefined, process.platform !== 'linux');
});

test.run();
