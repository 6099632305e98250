/**
 * Which process owns a lease, an attempt or a temporary file, and whether it still lives. The owner's name is the file's
 * name, so that it is there, whole, in the moment the file is. A process id alone would not do: ids are used again, and
 * a folder may be shared between machines and containers.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { promisify } from 'node:util';

export interface Owner {
  /** 8 hex digits each: of the host, of this start of its system, of its process namespace (containers). */
  readonly host: string;
  readonly boot: string;
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, as its system counts; `0` if that cannot be known. */
  readonly started: string;
}

/** dead and alive are certain; elsewhere: on another machine or in another container, or what looks like it: only a heartbeat tells. */
export type Liveness = 'alive' | 'dead' | 'elsewhere';

const onLinux = process.platform === 'linux';
const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** A fresh file name for something that `owner` owns. */
export function ownerName(owner: Owner): string {
  return `${owner.host}-${owner.boot}-${owner.namespace}-${owner.pid}-${owner.started}-${randomBytes(6).toString('hex')}`;
}

/** The inverse of {@link ownerName}; undefined for any other name. */
export function parseOwnerName(name: string): Owner | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{12}$/.exec(name);
  if (match === null) return undefined;
  const [, host, boot, namespace, pid, started] = match as unknown as readonly string[];
  return { host: host!, boot: boot!, namespace: namespace!, pid: Number(pid), started: started! };
}

/** The owner that the process with this id is; undefined if there is none. */
export async function ownerOf(pid: number): Promise<Owner | undefined> {
  const started = await startOf(pid);
  return started === undefined ? undefined : { ...(await thisMachine()), pid, started };
}

let thisProcess: Promise<Owner | undefined> | undefined;

/** This process. */
export async function self(): Promise<Owner> {
  thisProcess ??= ownerOf(process.pid);
  const owner = await thisProcess;
  if (owner === undefined) throw new Error('this process does not find itself');
  return owner;
}

/** `sign`: when it last touched what it owns, in milliseconds since 1970. */
export async function livenessOf(owner: Owner, sign?: number): Promise<Liveness> {
  const here = await thisMachine();
  if (owner.host !== here.host || owner.namespace !== here.namespace) return 'elsewhere';
  // This machine has been started anew since; unless two machines, or containers on them, go by one name.
  if (owner.boot !== here.boot) return sign !== undefined && sign < bootedAt() - clocksDifferBy ? 'dead' : 'elsewhere';
  const started = await startOf(owner.pid);
  if (started === owner.started) return 'alive';
  return started === undefined && (await isHidden(owner.pid)) ? 'elsewhere' : 'dead';
}

const clocksDifferBy = 60_000;
const bootedAt = (): number => Date.now() - uptime() * 1000;

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
async function statFields(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).trim().split(' ');
}

const isZombie = (fields: readonly string[]): boolean => fields[0] === 'Z' || fields[0] === 'X';

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
