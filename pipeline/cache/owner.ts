/**
 * Which process owns a lease, an attempt or a temporary file, and whether it still lives. The owner's name is the file's
 * name, so that it is there, whole, in the moment the file is. A process id alone would not do: ids are used again, and
 * a folder may be shared between machines and containers.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

export interface Owner {
  /** 8 hex digits each: of the host, of this start of its system, of its process namespace (containers). */
  readonly host: string;
  readonly boot: string;
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, as its system counts; `0` if that cannot be known. */
  readonly started: string;
  /** True: it lives as long as any process of the group that `pid` led. */
  readonly group: boolean;
}

/** dead and alive are certain; elsewhere: on another machine or in another container, where only a heartbeat tells. */
export type Liveness = 'alive' | 'dead' | 'elsewhere';

const onLinux = process.platform === 'linux';
const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** A fresh file name for something that `owner` owns. */
export function ownerName(owner: Owner): string {
  const process = `${owner.group ? 'group' : 'process'}-${owner.pid}-${owner.started}`;
  return `${owner.host}-${owner.boot}-${owner.namespace}-${process}-${randomBytes(6).toString('hex')}`;
}

/** The inverse of {@link ownerName}; undefined for any other name. */
export function parseOwnerName(name: string): Owner | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{8})-(process|group)-(\d+)-(\d+)-[0-9a-f]{12}$/.exec(name);
  if (match === null) return undefined;
  const [, host, boot, namespace, kind, pid, started] = match as unknown as readonly string[];
  return { host: host!, boot: boot!, namespace: namespace!, pid: Number(pid), started: started!, group: kind === 'group' };
}

/** The owner that the process with this id is; undefined if there is none. `group`: it leads a process group. */
export async function ownerOf(pid: number, group = false): Promise<Owner | undefined> {
  const started = await startOf(pid);
  return started === undefined ? undefined : { ...(await thisMachine()), pid, started, group };
}

let thisProcess: Promise<Owner | undefined> | undefined;

/** This process. */
export async function self(): Promise<Owner> {
  thisProcess ??= ownerOf(process.pid);
  const owner = await thisProcess;
  if (owner === undefined) throw new Error('this process does not find itself');
  return owner;
}

export async function livenessOf(owner: Owner): Promise<Liveness> {
  const here = await thisMachine();
  const sameSystem = owner.boot === here.boot && owner.host === here.host;
  if (!sameSystem) return owner.host === here.host ? 'dead' : 'elsewhere'; // the machine has been started anew
  if (owner.namespace !== here.namespace) return 'elsewhere';
  const started = await startOf(owner.pid);
  if (started === owner.started) return 'alive';
  // While any process is in a group, no new process gets the id of the one that led it.
  if (owner.group && started === undefined) return (await groupLives(owner.pid)) ? 'alive' : 'dead';
  return started === undefined && (await isHidden(owner.pid)) ? 'elsewhere' : 'dead';
}

/** Loaded only where /proc does not serve. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const { execFile } = await import('node:child_process');
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return promisify(execFile)(program, args, { env }).then(({ stdout }) => stdout.trim(), () => '');
}

type Machine = Pick<Owner, 'host' | 'boot' | 'namespace'>;
let machine: Promise<Machine> | undefined;

function thisMachine(): Promise<Machine> {
  machine ??= describeMachine();
  return machine;
}

async function describeMachine(): Promise<Machine> {
  const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  if (!onLinux) return { host: short(hostname()), boot: short(await bootElsewhere()), namespace: short('') };
  return {
    host: short(`${hostname()} ${(await read('/etc/machine-id')).trim()}`),
    boot: short((await read('/proc/sys/kernel/random/boot_id')).trim()),
    namespace: short(await readlink('/proc/self/ns/pid').catch(() => '')),
  };
}

async function bootElsewhere(): Promise<string> {
  if (process.platform !== 'darwin') return '';
  return outputOf('sysctl', ['-n', 'kern.bootsessionuuid']);
}

/** On Linux a process of another user may be kept from sight (hidepid), although a signal would find it. */
async function isHidden(pid: number): Promise<boolean> {
  return onLinux && (await statFields(pid)) === undefined && signalReaches(pid);
}

/** Undefined: no such process, or only its zombie. */
async function startOf(pid: number): Promise<string | undefined> {
  if (onLinux) {
    const fields = await statFields(pid);
    return fields === undefined || isZombie(fields) ? undefined : fields[19];
  }
  if (!signalReaches(pid)) return undefined;
  if (process.platform === 'win32') return '0';
  const seconds = Date.parse(`${await outputOf('ps', ['-o', 'lstart=', '-p', String(pid)])} UTC`) / 1000;
  return Number.isFinite(seconds) ? String(seconds) : undefined;
}

/** /proc/<pid>/stat from the third field on (state, parent, group, …; start time is the twentieth of these). */
async function statFields(pid: number | string): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).trim().split(' ');
}

const isZombie = (fields: readonly string[]): boolean => fields[0] === 'Z' || fields[0] === 'X';

async function groupLives(group: number): Promise<boolean> {
  if (!onLinux) return signalReaches(-group);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = await statFields(name);
    if (fields !== undefined && !isZombie(fields) && fields[2] === String(group)) return true;
  }
  return false;
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
