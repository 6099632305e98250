// Loaded before the command under test (`node --import`; its stage processes inherit it): numbers every file-system call
// below a folder, changes (c) and reads (r) apart, and at the one that GIVERNY_TORTURE names kills the process or makes
// the call fail. Plain JavaScript, so that each of thousands of processes starts quickly. See injection.ts for the orders.
// inside.ts imports it to do the same to commands that run in its own process, one after the other: beginOrder, endOrder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';

let order = JSON.parse(process.env.GIVERNY_TORTURE ?? 'null');
const role = path.basename(process.argv[1] ?? '') === 'stage-process.js' ? 'stage' : 'runner';
const original = { ...fs };
const changes = ['appendFile', 'chmod', 'copyFile', 'cp', 'link', 'mkdir', 'mkdtemp', 'rename', 'rm', 'rmdir', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'];
const reads = ['access', 'lstat', 'opendir', 'readFile', 'readdir', 'readlink', 'realpath', 'stat', 'statfs'];
const onFiles = { c: ['write', 'writev', 'fsync', 'fdatasync', 'ftruncate', 'futimes', 'fchmod', 'close'], r: ['read', 'readv', 'fstat'] };
const onHandles = { c: ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync', 'truncate', 'utimes', 'chmod', 'close'], r: ['read', 'readv', 'readFile', 'stat'] };
/** What needs room on the disk, and what opens a file: only these can meet a full disk, or too many open files. */
const allocates = new Set(['appendFile', 'copyFile', 'cp', 'link', 'mkdir', 'mkdtemp', 'open', 'symlink', 'write', 'writev', 'writeFile', 'fsync', 'sync', 'rename']);

const counts = { c: 0, r: 0 };
/** Of files opened by number. */
const places = new Map();
let depth = 0;
let sticking;
const TrueDate = Date;

function placeOf(value) {
  if (order === null) return undefined;
  if (typeof value === 'number') return places.get(value);
  if (Buffer.isBuffer(value)) return placeOf(String(value));
  if (value instanceof URL) return placeOf(fileURLToPath(value));
  if (typeof value !== 'string') return undefined;
  const full = path.resolve(value);
  return full === order.root || full.startsWith(order.root + path.sep) ? full : undefined;
}

/** Errors of open files name no path, as the system's do not. */
function errorOf(code, call, place, args) {
  const isOpen = typeof args[0] === 'number';
  const error = new Error(`${code}: made by a test, ${call}${isOpen ? '' : ` '${place}'`}`);
  return Object.assign(error, { errno: -constants.errno[code], code, syscall: call, ...(isOpen ? {} : { path: place }) });
}

function die() {
  // As the end of a process group, or of the machine: a stage's process does not go alone, unless that is asked for.
  if (role === 'stage' && order.alone !== true) process.kill(process.ppid, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

function writeHalf(call, place, args, isElsewhere = false) {
  const target = isElsewhere ? place : call === 'copyFile' || call === 'cp' ? placeOf(args[1]) ?? args[1] : typeof args[0] === 'number' ? args[0] : place;
  const content = call === 'copyFile' ? original.readFileSync(args[0]) : args[1];
  if (typeof content !== 'string' && !ArrayBuffer.isView(content)) return;
  const bytes = Buffer.from(typeof content === 'string' ? content : content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength));
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  if (typeof target === 'number') original.writeSync(target, half);
  else original.writeFileSync(target, half, { flag: ['appendFile', 'write'].includes(call) ? 'a' : 'w' });
}

/**
 * What a kill here would leave, and one in the middle of a write, for a test to begin from: `order.snapshots` is a folder,
 * `order.parts` are the folders of which the first is the root and the second, if there is one, holds the cache.
 */
function takeSnapshots(n, call, place, args) {
  if (n < order.from || n >= order.from + order.count || n % order.every !== 0) return;
  depth += 1;
  const isWrite = ['write', 'writeFile', 'appendFile', 'copyFile'].includes(call);
  for (const name of isWrite ? [`c${n}`, `c${n}-within`] : [`c${n}`]) {
    const folder = path.join(order.snapshots, name);
    original.mkdirSync(folder);
    // What vanishes while it is copied (work in another thread) is not there: all else is an error of the test.
    order.parts.forEach((part, index) => spawnSync('cp', ['-a', part, path.join(folder, String(index))]));
    const written = call === 'copyFile' ? placeOf(args[1]) : place;
    if (name.endsWith('-within') && written !== undefined) writeHalf(call, inSnapshot(folder, written), args, true);
  }
  depth -= 1;
}

function inSnapshot(folder, place) {
  const cache = path.join(order.root, '.giverny/cache');
  if (order.parts.length > 1 && place.startsWith(cache)) return path.join(folder, '1', path.relative(cache, place));
  return path.join(folder, '0', path.relative(order.root, place));
}

/** Called before every call. Throws, kills, or says whether to kill when the call is done. */
function arrive(kind, call, place, args) {
  const n = (counts[kind] += 1);
  if (order.snapshots !== undefined && kind === 'c') takeSnapshots(n, call, place, args);
  if (order.log !== undefined) original.appendFileSync(order.log, `${kind}${n}\t${call}\t${path.relative(order.root, place)}\n`);
  if (sticking !== undefined && sticking(kind, call, place)) throw errorOf(order.do, call, place, args);
  if (order.at !== `${kind}${n}`) return false;
  original.writeFileSync(order.reached, `${call}\t${path.relative(order.root, place)}\n`);
  switch (order.do) {
    case 'kill-before': return die();
    case 'kill-after': return true;
    case 'kill-within':
      if (['write', 'writeFile', 'appendFile', 'copyFile'].includes(call)) writeHalf(call, place, args);
      return die();
    case 'ENOSPC':
      sticking = (itsKind, itsCall) => itsKind === 'c' && allocates.has(itsCall);
      if (sticking(kind, call)) throw errorOf('ENOSPC', call, place, args);
      return false;
    case 'EROFS':
      sticking = (itsKind, itsCall, its) => itsKind === 'c' && its.startsWith(path.join(order.root, order.below ?? ''));
      if (sticking(kind, call, place)) throw errorOf('EROFS', call, place, args);
      return false;
    case 'delete-cache':
      depth += 1;
      original.rmSync(path.join(order.root, '.giverny/cache'), { recursive: true, force: true, maxRetries: 10 });
      depth -= 1;
      return false;
    case 'clock-back':
      turnClockBack(order.milliseconds);
      return false;
    case 'EACCES':
      // Who may not read something may not the next time either.
      if (kind === 'r') sticking = (itsKind, _call, its) => itsKind === 'r' && its === place;
      throw errorOf('EACCES', call, place, args);
    default: throw errorOf(order.do, call, place, args);
  }
}

function turnClockBack(milliseconds) {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() - milliseconds);
      else super(...args);
    }
    static now() {
      return RealDate.now() - milliseconds;
    }
  };
}

const kindOfOpen = (flags) => (flags === undefined || flags === 'r' || flags === 0 || typeof flags === 'object' ? 'r' : 'c');
const pathOf = (call, args) => placeOf(args[0]) ?? (['rename', 'copyFile', 'cp', 'link', 'symlink'].includes(call) ? placeOf(args[1]) : undefined);

function replaceSync(call, kind) {
  const name = `${call}Sync`;
  fs[name] = function (...args) {
    const place = depth > 0 ? undefined : pathOf(call, args);
    if (place === undefined) return original[name].apply(this, args);
    const killAfter = arrive(typeof kind === 'string' ? kind : kind(args[1]), call, place, args);
    depth += 1;
    try {
      const result = original[name].apply(this, args);
      if (call === 'open') places.set(result, place);
      if (call === 'close') places.delete(args[0]);
      return result;
    } finally {
      // Also after a call that failed.
      if (killAfter) die();
      depth -= 1;
    }
  };
  Object.assign(fs[name], original[name]);
}

function replaceCallback(call, kind) {
  const plain = original[call];
  fs[call] = function (...args) {
    const place = depth > 0 ? undefined : pathOf(call, args);
    const callback = args.at(-1);
    if (place === undefined || typeof callback !== 'function') return plain.apply(this, args);
    let killAfter;
    try {
      killAfter = arrive(typeof kind === 'string' ? kind : kind(args[1]), call, place, args);
    } catch (error) {
      process.nextTick(callback, error);
      return undefined;
    }
    args[args.length - 1] = function (error, ...results) {
      if (call === 'open' && !error) places.set(results[0], place);
      if (killAfter) die();
      return callback.call(this, error, ...results);
    };
    if (call === 'close') places.delete(args[0]);
    return plain.apply(this, args);
  };
  Object.assign(fs[call], { native: plain.native });
}

const handles = new WeakMap();

function replacePromise(call, kind) {
  const plain = fsPromises[call];
  fsPromises[call] = async function (...args) {
    const place = handles.get(args[0]) ?? pathOf(call, args);
    if (place === undefined) return plain.apply(this, args);
    const killAfter = arrive(typeof kind === 'string' ? kind : kind(args[1]), call, place, args);
    try {
      const result = await plain.apply(this, args);
      if (call === 'open') handles.set(result, place);
      return result;
    } finally {
      if (killAfter) die();
    }
  };
}

function replaceOnHandle(prototype, call, kind) {
  const plain = prototype[call];
  prototype[call] = async function (...args) {
    const place = handles.get(this);
    if (place === undefined) return plain.apply(this, args);
    let killAfter;
    try {
      killAfter = arrive(kind, call, place, [this.fd, ...args]);
    } catch (error) {
      // As the system does it: also where close() fails the file is closed.
      if (call === 'close') await plain.apply(this, args);
      throw error;
    }
    try {
      return await plain.apply(this, args);
    } finally {
      if (killAfter) die();
    }
  };
}

let isReplaced = false;

async function replaceAll() {
  isReplaced = true;
  for (const [kind, calls] of [['c', changes], ['r', reads], [kindOfOpen, ['open']]]) {
    for (const call of calls) {
      if (original[`${call}Sync`] !== undefined) replaceSync(call, kind);
      if (original[call] !== undefined) replaceCallback(call, kind);
      if (fsPromises[call] !== undefined) replacePromise(call, kind);
    }
  }
  for (const kind of ['c', 'r']) {
    for (const call of onFiles[kind]) {
      replaceSync(call, kind);
      replaceCallback(call, kind);
    }
  }
  const handle = await fsPromises.open(process.execPath);
  await handle.close();
  for (const kind of ['c', 'r']) for (const call of onHandles[kind]) replaceOnHandle(Object.getPrototypeOf(handle), call, kind);
  syncBuiltinESMExports();
}

/** For commands in this process: numbers its calls anew. `role` is not looked at. */
export async function beginOrder(next) {
  if (!isReplaced) await replaceAll();
  order = next;
  Object.assign(counts, { c: 0, r: 0 });
  sticking = undefined;
  if (order?.at === 'start') start();
}

export function endOrder() {
  order = null;
  globalThis.Date = TrueDate;
}

function start() {
  original.writeFileSync(order.reached, 'start\n');
  turnClockBack(order.milliseconds);
}

if (order !== null && isMainThread && order.role === role) {
  if (order.at === 'start') start();
  await replaceAll();
}
