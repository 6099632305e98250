/**
 * A real Slurm on this machine: munged, slurmctld and two nodes (slurmd), all below one temporary folder, on ports of their
 * own, as the user who runs the test. Needs Debian's slurm-wlm and munge, no systemd, no accounting, no cgroups.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, hostname, tmpdir, totalmem, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'scontrol', 'setpriv'] as const;
const search = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
const placeOf = (program: string): string | undefined => search.map((folder) => join(folder, program)).find(existsSync);

/** Why there can be no cluster on this machine; undefined where there can. */
export function slurmMissing(): string | undefined {
  if (process.platform !== 'linux') return 'Slurm is tested on Linux alone';
  const missing = programs.filter((program) => placeOf(program) === undefined);
  return missing.length === 0 ? undefined : `Slurm is not installed here (${missing.join(', ')} missing): apt-get install slurm-wlm munge`;
}

export type NodeName = 'one' | 'two';

export class SlurmCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'giverny-slurm-'));
  /** What a command needs to talk to this cluster. */
  readonly env = { SLURM_CONF: join(this.folder, 'slurm.conf') };
  readonly #daemons = new Map<string, ChildProcess>();

  /** Starts everything and waits until both nodes are idle. */
  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster();
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async #start(): Promise<void> {
    for (const name of ['state', 'spool', 'logs']) mkdirSync(join(this.folder, name));
    chmodSync(this.folder, 0o755); // munged refuses a socket where others could not reach it
    writeFileSync(join(this.folder, 'munge.key'), randomBytes(1024), { mode: 0o600 });
    writeFileSync(this.env.SLURM_CONF, configuration(this.folder, await freePorts(3)));
    const at = (name: string): string => join(this.folder, name);
    this.#launch('munged', 'munged', ['--foreground', `--socket=${at('munge.sock')}`, `--key-file=${at('munge.key')}`, `--pid-file=${at('munged.pid')}`, `--log-file=${at('logs/munged.log')}`, `--seed-file=${at('munged.seed')}`]);
    await until(async () => existsSync(at('munge.sock')), 'munged has a socket');
    this.startController();
    this.startNode('one');
    this.startNode('two');
    await this.nodesAre('idle');
  }

  startController(): void {
    this.#launch('controller', 'slurmctld', ['-D']);
  }

  /** kill -9, then a new one on the state that the old one saved. */
  async restartController(): Promise<void> {
    await this.killController();
    this.startController();
    await until(async () => (await this.command('scontrol', ['ping'])).includes('is UP'), 'the controller answers');
  }

  killController(): Promise<void> {
    return this.#kill('controller');
  }

  startNode(name: NodeName): void {
    this.#launch(name, 'slurmd', ['-D', '-N', name]);
  }

  /** kill -9 of the node's daemon alone: what it started lives on, as on a node that lost its network. */
  killDaemon(name: NodeName): Promise<void> {
    return this.#kill(name);
  }

  /** The node as if its power had gone: its daemon and all that runs on it, with kill -9. */
  async killNode(name: NodeName): Promise<void> {
    await this.#kill(name);
    const jobs = this.#processes(`SLURMD_NODENAME=${name}`);
    // What watches over a job goes first: it would tell the controller how the job ended.
    for (const parent of jobs.map(parentOf)) if (commandLineOf(parent).startsWith('slurmstepd')) kill(parent);
    jobs.forEach(kill);
  }

  async nodesAre(state: string, names: readonly NodeName[] = ['one', 'two']): Promise<void> {
    await until(async () => {
      const lines = (await this.command('sinfo', ['-h', '-N', '-o', '%N %t']).catch(() => '')).split('\n');
      return names.every((name) => lines.includes(`${name} ${state}`));
    }, `nodes ${names.join(', ')} are ${state}`);
  }

  /** What a command of Slurm prints; rejects where it fails. */
  async command(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(program, args, { env: { ...process.env, ...this.env } });
    return stdout;
  }

  /** Of jobs on this cluster: the process ids whose command line holds `text`. */
  jobProcesses(text: string): readonly number[] {
    return this.#processes(`SLURM_CONF=${this.env.SLURM_CONF}`).filter((pid) => commandLineOf(pid).includes(text));
  }

  /** The controller's and the nodes' own words, for a test that fails. */
  logs(): string {
    return readdirSync(join(this.folder, 'logs')).map((name) => `== ${name}\n${readFileSync(join(this.folder, 'logs', name), 'utf8').split('\n').slice(-40).join('\n')}`).join('\n');
  }

  /** Ends jobs and daemons and removes the folder: no process of the cluster is left. */
  async stop(): Promise<void> {
    for (const name of [...this.#daemons.keys()].reverse()) await this.#kill(name);
    for (let tries = 0; tries < 40; tries += 1) {
      const left = this.#processes(`SLURM_CONF=${this.env.SLURM_CONF}`);
      if (left.length === 0) break;
      left.forEach(kill);
      await sleep(50);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A daemon dies with the test's process, however that ends. */
  #launch(name: string, program: string, args: readonly string[]): void {
    const child = spawn(placeOf('setpriv')!, ['--pdeathsig', 'KILL', placeOf(program)!, ...args], {
      env: { ...process.env, ...this.env, NODE_OPTIONS: '' }, stdio: 'ignore', cwd: this.folder,
    });
    this.#daemons.set(name, child);
  }

  async #kill(name: string): Promise<void> {
    const child = this.#daemons.get(name);
    this.#daemons.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  #processes(setting: string): readonly number[] {
    const ours = (pid: number): boolean => {
      const settings = environmentOf(pid);
      return settings.includes(setting) && settings.includes(`SLURM_CONF=${this.env.SLURM_CONF}`);
    };
    return readdirSync('/proc').map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid && ours(pid));
  }
}

function configuration(folder: string, [controller, one, two]: readonly number[]): string {
  const user = userInfo().username;
  const megabytes = Math.max(4000, Math.floor(totalmem() / 2 ** 20));
  const node = (name: NodeName, port: number): string => `NodeName=${name} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${port} CPUs=${Math.max(8, cpus().length)} RealMemory=${megabytes}`;
  return `ClusterName=giverny
SlurmctldHost=${hostname().split('.')[0]}(127.0.0.1)
SlurmctldPort=${controller}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
# A job that is requeued may begin again once its credential has expired: after 120 seconds; 5 is the least.
AuthInfo=socket=${folder}/munge.sock,cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/logs/slurmctld.log
SlurmdLogFile=${folder}/logs/slurmd-%n.log
# Of what a machine of a test has: no systemd, no cgroups, no PMIx, no database.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
# Everything that others count in minutes.
SlurmdTimeout=6
KillWait=5
InactiveLimit=0
OverTimeLimit=0
MessageTimeout=3
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,bf_interval=1,sched_interval=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
${node('one', one!)}
${node('two', two!)}
PartitionName=main Nodes=one,two Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=one,two MaxTime=INFINITE State=UP PriorityTier=10
`;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Asks again and again, for at most a minute. */
export async function until(holds: () => Promise<boolean>, what: string, seconds = 60): Promise<void> {
  for (const end = performance.now() + seconds * 1000; !(await holds().catch(() => false));) {
    if (performance.now() > end) throw new Error(`after ${seconds} seconds still not: ${what}`);
    await sleep(150);
  }
}

const read = (pid: number, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
};
const environmentOf = (pid: number): readonly string[] => read(pid, 'environ').split('\0');
const commandLineOf = (pid: number): string => read(pid, 'cmdline').replaceAll('\0', ' ');
const parentOf = (pid: number): number => Number(/^PPid:\t(\d+)$/m.exec(read(pid, 'status'))?.[1] ?? 0);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
