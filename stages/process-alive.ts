import { readFileSync } from 'node:fs';

/**
 * Whether a process of this machine lives, also another user's. Its number may since have become another process's.
 * One that was killed and whose parent never asks for it (a container whose first process is no init) is dead.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Only Linux tells; elsewhere none is taken for one. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
