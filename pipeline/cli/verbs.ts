/** The verbs: what each is for, how it is called, and where its code is, imported only when it is chosen. */
import type { Command } from './command.ts';

export interface Verb {
  /** Not for people: in no help. */
  readonly hidden?: true;
  readonly summary: string;
  readonly usage: string;
  /** Flags with one line each; those of every verb are in help.ts. */
  readonly flags: Readonly<Record<string, string>>;
  /** At least one command that works, with what it does. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  load(): Promise<Command>;
}

const overriding = ['giverny run configs/monet2photo.yaml stages.train.epochs=2', 'with one value changed'] as const;

export const verbs: Readonly<Record<string, Verb>> = {
  run: {
    summary: 'Run a config: what is cached is taken, what was interrupted continues.',
    usage: 'giverny run CONFIG [PATH=VALUE…] [flags]',
    flags: {
      '--force[=STAGE]': 'run everything again, or one stage, although it is cached',
      '--offline': 'never use the network; a stage that needs it fails',
      '--refetch': 'fetch again what a URL without a sha256 names',
      '-j, --jobs N': 'stages at once (default: the number of cores)',
      '-n, --dry-run': 'only say what would run, as `giverny plan`',
      '--json': 'events as NDJSON on stdout',
    },
    examples: [['giverny run configs/quickstart.yaml', 'from nothing to a report in minutes'], overriding],
    load: async () => (await import('./run.ts')).runCommand,
  },
  plan: {
    summary: 'Say what a run would do and why, stage by stage; exit code 2 when there is work.',
    usage: 'giverny plan CONFIG [PATH=VALUE…] [flags]',
    flags: { '--force[=STAGE]': 'as for run', '--json': 'one JSON object a stage on stdout' },
    examples: [['giverny plan configs/monet2photo.yaml stages.resize.size=64', 'what that change would cost']],
    load: async () => (await import('./plan.ts')).planCommand,
  },
  why: {
    summary: 'Say what makes a stage run, field by field, or who made what is cached.',
    usage: 'giverny why [CONFIG|RUN] [STAGE] [PATH=VALUE…] [--json]',
    flags: { '--json': 'one JSON object a stage on stdout' },
    examples: [
      ['giverny why configs/monet2photo.yaml train', 'against the nearest that was run'],
      ['giverny why configs/monet2photo.yaml loss.weights.cycle=5', 'every stage that would run'],
      ['giverny why latest train', 'why the last run ran it'],
    ],
    load: async () => (await import('./why.ts')).whyCommand,
  },
  ls: {
    summary: 'List the runs: state, start, duration, results.',
    usage: 'giverny ls [--where EXPR] [--columns NAMES] [--sort NAME] [flags]',
    flags: {
      '-w, --where EXPR': 'only runs for which it holds: = != < <= > >= ~ in, and or not',
      '--sweep NAME': 'the trials of a sweep, which otherwise are one row',
      '--columns NAMES': 'fields, figures, config paths; a + before them adds to the usual ones',
      '--sort NAME': 'smallest first; -NAME, or -r, --reverse: largest first',
      '--limit N': 'so many rows (default: 50)',
      '-a, --all': 'all rows, and every trial by itself',
      '--json': 'one JSON object a run on stdout',
    },
    examples: [
      ['giverny ls', 'the newest first'],
      ["giverny ls --where 'loss.weights.cycle>5 and state=done'", 'values of the config, whatever stage they went to'],
      ["giverny ls -w 'age<2d and not tag=bad' --sort=-psnr_AtoB --limit 10", 'the best of the last two days'],
      ["giverny ls -w 'state in (failed, interrupted) or run ~ ^monet'", 'a list; a regular expression'],
      ['giverny ls --columns run,loss.weights.cycle,epochs,psnr_AtoB,took', 'what is to be seen'],
    ],
    load: async () => (await import('./ls.ts')).lsCommand,
  },
  show: {
    summary: 'Show one run: its stages, times, results; or where a stage\'s outputs are.',
    usage: 'giverny show [RUN [STAGE]] [--json]',
    flags: { '--json': 'the run\'s record, or the stage\'s with its files, on stdout' },
    examples: [['giverny show latest', 'the run last invoked'], ['giverny show 3fa9', 'by the first digits of its id'], ['giverny show latest train', 'the files that train made, with their places in the cache']],
    load: async () => (await import('./show.ts')).showCommand,
  },
  sweep: {
    summary: 'Run a config with many values: every trial a run, what they share made once.',
    usage: 'giverny sweep CONFIG|SWEEP.yaml PATH=A,B,C… [flags]\n       giverny sweep status|cancel|resume|logs [SWEEP]',
    flags: {
      'PATH=A,B,C': 'each value with each of the other paths; [1,2],[3,4] are two',
      'PATH=range(0,1,0.25)': '0, 0.25, 0.5, 0.75; also linspace, logspace (both ends in)',
      '--seeds N|A,B,C': 'every trial with N seeds, or with these',
      '--zip A,B': 'paths that go together, value by value',
      "--exclude 'A=1,B=2'": 'leave out trials that have all of these values',
      '--sample [random:]N': 'draw N trials: A=uniform(0,1), loguniform, integers',
      '-j, --jobs N': 'trials at once (default: by processors, memory and GPUs)',
      '--memory SIZE': 'to count for each training on the CPU (default 3GB)',
      '--on WHERE': 'local, slurm, or an executor\'s configuration',
      '--on-error E': 'continue with the others (default), or stop',
      '--name NAME': 'begins the folder\'s name, in runs/sweeps/',
      '-n, --dry-run': 'only say which trials, what has to run and what it costs',
      '--detach': 'do not wait for jobs that go on without this process',
      '--offline': 'never use the network; a stage that needs it fails',
      '--json': 'events as NDJSON on stdout',
    },
    examples: [
      ['giverny sweep configs/quickstart.yaml loss.weights.cycle=5,10,20 --seeds 3', 'nine runs, their images drawn once a seed'],
      ['giverny sweep configs/sweeps/lambda-cycle.yaml --dry-run', 'the plan and its cost'],
      ['giverny sweep status', 'how far the last sweep is'],
      ['giverny sweep resume lambda-cycle', 'continue what was stopped; so does the first command'],
    ],
    load: async () => (await import('./sweep.ts')).sweepCommand,
  },
  'sweep-job': {
    hidden: true,
    summary: 'Run one job of a sweep: what an executor starts on another machine.',
    usage: 'giverny sweep-job FOLDER JOB',
    flags: {},
    examples: [['giverny sweep-job runs/sweeps/lambda-cycle-3fa9b2c1 trial-0001', 'its result is in jobs/trial-0001.json']],
    load: async () => (await import('./sweep-job.ts')).sweepJobCommand,
  },
  tag: {
    summary: 'Give a run names of your own, or say which it has.',
    usage: 'giverny tag RUN [NAME…] [--remove]',
    flags: { '-d, --remove': 'take these tags away; without names, all' },
    examples: [['giverny tag latest best', "then: giverny ls --where 'tag=best'"], ['giverny tag 3fa9 best --remove', 'takes it away']],
    load: async () => (await import('./tag.ts')).tagCommand,
  },
  note: {
    summary: 'Write down what you think of a run, or read it.',
    usage: 'giverny note RUN ["TEXT"] [--append] [--remove]',
    flags: { '-a, --append': 'a further line', '-d, --remove': 'take the note away' },
    examples: [['giverny note latest "colours too warm"', 'kept in the run folder, also when the run is repeated'], ['giverny note latest', 'prints it']],
    load: async () => (await import('./note.ts')).noteCommand,
  },
  rm: {
    summary: 'Remove runs, after saying what that means; the cache keeps what they made.',
    usage: 'giverny rm RUN… | --where EXPR | --sweep NAME [flags]',
    flags: {
      '-w, --where EXPR': 'the runs for which it holds, as for ls; running ones stay',
      '--sweep NAME': 'a sweep with its trials',
      '-y, --yes': 'do not ask',
      '-n, --dry-run': 'only say what would be removed',
    },
    examples: [
      ['giverny rm 3fa9', 'asks, and says what giverny cache gc would then free'],
      ["giverny rm --where 'state=failed and age>7d'", 'all that are so'],
      ['giverny rm --sweep lambda-cycle --dry-run', 'a sweep with its trials'],
    ],
    load: async () => (await import('./rm.ts')).rmCommand,
  },
  diff: {
    summary: 'Say what differed between runs, and what each came to; or what a sweep\'s axes do.',
    usage: 'giverny diff [A B [C…]] | SWEEP [flags]',
    flags: {
      '--code': 'the patch between the runs\' code, not its size alone',
      '--html [FILE.html]': 'one page, with the pictures side by side; prints its path',
      '--json': 'one JSON document on stdout',
      '--all': 'every term of the losses',
      '--ascii': 'charts of plain characters',
    },
    examples: [
      ['giverny diff', 'the latest run against the one before (latest~1 latest)'],
      ['giverny diff latest~2 latest', 'latest~N: the Nth begun before it; trials and repeats without work aside'],
      ['giverny diff 3fa9 c01d --html', 'runs by the first digits of their ids, as a page'],
      ['giverny diff lambda-cycle', 'a sweep: each axis against each metric, over its seeds'],
    ],
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  report: {
    summary: 'Render a run\'s report.html again and print its path.',
    usage: 'giverny report [RUN]',
    flags: {},
    examples: [['giverny report latest', 'from what the run folder holds now']],
    load: async () => (await import('./report.ts')).reportCommand,
  },
  translate: {
    summary: 'Translate pictures by a run\'s generator: photographs to paintings, or back.',
    usage: 'giverny translate RUN IMAGE|FOLDER… [--to B|A] [-o DIR] [flags]',
    flags: {
      '--to B|A': 'the domain to translate to (default: B, by generatorAToB)',
      '-o, --output DIR': 'where the pictures go, under their own names (default: translated)',
      '--overwrite': 'replace what is there',
      '--weights W': 'ema (averaged), last, or auto: ema where there is one (default)',
      '--epoch N': 'the networks of an epoch that keep_every kept',
      '--stage NAME': 'where a run has several trainings',
      '--size N': 'first bring the shorter side to N pixels (default: as it is)',
      '--tile N': 'cut pictures longer than N pixels into tiles (default 512)',
      '--overlap N': 'by how many pixels tiles overlap (default: a quarter of a tile)',
      '--engine E': 'auto, tensorflow or wasm',
      '--offline': 'never use the network to install TensorFlow',
    },
    examples: [
      ['giverny translate latest holiday.jpg', 'writes translated/holiday.jpg'],
      ['giverny translate monet2photo-3f9a paintings/ --to B -o photos', 'a folder, with the folders in it'],
    ],
    load: async () => (await import('./translate.ts')).translateCommand,
  },
  export: {
    summary: 'Write a run\'s generators as tfjs, Keras, SavedModel or ONNX, with a model card.',
    usage: 'giverny export [RUN] --format tfjs|keras|savedmodel|onnx[,…] [-o DIR] [flags]',
    flags: {
      '--format F': 'tfjs, keras, savedmodel or onnx; several with commas, or all',
      '-o, --output DIR': 'where a folder for each format is made (default: exported)',
      '--overwrite': 'replace what is there',
      '--weights W': 'ema (averaged), last, or auto: ema where there is one (default)',
      '--epoch N': 'the networks of an epoch that keep_every kept',
      '--stage NAME': 'where a run has several trainings',
    },
    examples: [['giverny export latest --format onnx', 'writes exported/onnx/generatorAToB.onnx, generatorBToA.onnx and MODEL.md']],
    load: async () => (await import('./export.ts')).exportCommand,
  },
  verify: {
    summary: 'Execute a run again without the cache, and compare every file.',
    usage: 'giverny verify [RUN] [--stage NAME] [flags]',
    flags: {
      '--stage NAME': 'only this stage, on what the cache has of the others',
      '--offline': 'never use the network; a stage that needs it fails',
      '--json': 'one JSON object a stage on stdout',
    },
    examples: [['giverny verify latest', 'exit code 0: equal; 1: something differs'], ['giverny verify latest --stage train', 'that stage alone']],
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  cache: {
    summary: 'Say what the cache holds; free space, look for damage, share it.',
    usage: 'giverny cache ls|gc|verify|push DIR|pull DIR [RUN|CONFIG [PATH=VALUE…]]',
    flags: {
      '--max-size SIZE': 'gc: until it is smaller, the longest unused first (10GB)',
      '--older-than T': 'gc: only what was unused for so long (30d, 12h)',
      '--checkpoints': 'gc: also those that finished trainings could go on from',
      '-n, --dry-run': 'gc: only say what would be freed',
      '--repair': 'verify: set what is damaged aside: its stage runs again',
      '--json': 'NDJSON on stdout',
    },
    examples: [
      ['giverny cache ls', 'by stage and size, and what gc would free'],
      ['giverny cache gc --dry-run', 'everything that no run in runs/ needs'],
      ['giverny cache gc --max-size 20GB --older-than 30d', 'within limits'],
      ['giverny cache verify --repair', 'reads every file'],
      ['giverny cache push /mnt/team/giverny latest', 'what the last run made, for others to pull'],
    ],
    load: async () => (await import('./cache.ts')).cacheCommand,
  },
  config: {
    summary: 'Check a config, print it resolved, or say where a value comes from.',
    usage: 'giverny config validate|print|explain CONFIG [PATH] [PATH=VALUE…]',
    flags: {},
    examples: [
      ['giverny config explain configs/monet2photo.yaml loss.weights.cycle', 'the value, and the line it comes from'],
      ['giverny config print configs/monet2photo.yaml', 'with every default filled in'],
    ],
    load: async () => (await import('./config.ts')).configCommand,
  },
  completion: {
    summary: 'Print the script by which a shell completes giverny\'s command line.',
    usage: 'giverny completion bash|zsh|fish',
    flags: {},
    examples: [
      ['giverny completion bash >> ~/.bashrc', 'verbs, flags, configs and their paths, runs, sweeps, tags'],
      ['giverny completion fish > ~/.config/fish/completions/giverny.fish', 'for zsh: eval "$(giverny completion zsh)" after compinit'],
    ],
    load: async () => (await import('./completion.ts')).completionCommand,
  },
  engine: {
    summary: 'Install TensorFlow for Giverny, or say what is installed.',
    usage: 'giverny engine install|status|remove [--device cpu|gpu:0]',
    flags: { '--device': 'for which device (default: what `engine: auto` would take)' },
    examples: [['giverny engine install', 'what the first run does by itself']],
    load: async () => (await import('./engine.ts')).engineCommand,
  },
  doctor: {
    summary: 'Say what is there, what is missing, and the one command that mends it.',
    usage: 'giverny doctor [--bench] [--json]',
    flags: { '--bench': 'time steps of training here and say what to set, in about a minute', '--json': 'the findings, or the measurements, on stdout' },
    examples: [['giverny doctor', 'loads the engine and multiplies two matrices'], ['giverny doctor --bench', 'how many threads are best, and how long the configs take']],
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
};
