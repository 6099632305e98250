/** What stat says of a file: whether it is still the same one, and whether a change would show. */
import type { BigIntStats, Stats } from 'node:fs';

/** Tells a file from another that was put in its place, or from what it was: inode, size and times. */
export const signOf = (stat: Stats): string => `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;

/** A file's content may change without its times showing it within the coarsest tick of file systems in use (FAT: 2 s). */
const untrustedMilliseconds = 2000;

/** Whether its times would show a further change. Also false for times in the future: a clock that was set back must not make a change invisible. */
export const isSettled = (stat: Stats | BigIntStats, now: number): boolean => now - Math.max(Number(stat.mtimeMs), Number(stat.ctimeMs)) > untrustedMilliseconds;
