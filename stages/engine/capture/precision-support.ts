/** Whether a precision is faster here. */
import { readFileSync } from 'node:fs';

/**
 * Whether the processor multiplies bfloat16 itself: avx512_bf16 or amx_bf16 on x64, bf16 on arm64, as Linux names them.
 * Undefined where the system does not tell. Without it the results are as rounded, and come slowly.
 */
export function multipliesBfloat16(cpuinfo: string | undefined = processorsOfLinux()): boolean | undefined {
  const flags = cpuinfo === undefined ? undefined : /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]!.trim().split(/\s+/);
  return flags?.some((flag) => ['avx512_bf16', 'amx_bf16', 'bf16'].includes(flag));
}

function processorsOfLinux(): string | undefined {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return undefined;
  }
}
