import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Project } from './fixture-project.ts';
import { addSweep } from './fixture-sweep.ts';

const test = suite<{ project: Project; run: string }>('giverny completion');
test.before(async (context) => {
  const project = new Project();
  project.config('loss: { weight: one }\nstages:\n  first: { uses: write, text: "${loss.weight}" }\n  second: { uses: write, from: first, text: two }\n');
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  Object.assign(context, { project, run: (project.record()['name'] as string) + `-${project.record().digest.slice(0, 12)}` });
  await project.run(['tag', 'latest', 'best']);
  addSweep(project.rig.folder, 'texts-01234567', 'stages.second.text', [[1, context.run]]);
});
test.after(({ project }) => project.rig.cleanup());

const complete = async (project: Project, ...words: readonly string[]): Promise<readonly string[]> =>
  (await project.run(['completion', '--complete', '--', ...words])).stdout.split('\n').filter((each) => each !== '');

test('every place of a command line has its candidates', async ({ project, run }) => {
  const cases: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
    [['pl'], ['plan']], [['sweep-j'], []], [['help', 'verif'], ['verify']], [['nothing', ''], []],
    [['run', 'stu'], ['study.yaml']], [['run', 'configs/quick'], ['configs/quickstart.yaml']], [['run', 'run'], ['runs/']],
    [['run', 'study.yaml', 'st'], ['stages.first.', 'stages.second.']], [['run', 'study.yaml', 'stages.second.t'], ['stages.second.text=']],
    [['run', '--offline', 'study.yaml', 'loss.weight='], ['loss.weight=one']], [['plan', 'study.yaml', 'se'], ['seed=']], [['plan', 'study.yaml', '--force=f'], ['--force=first']],
    [['run', '--of'], ['--offline']], [['ls', '--so'], ['--sort']], [['ls', '--sort', 'sta'], ['state', 'started', 'stages.first.uses', 'stages.first.text', 'stages.first.files', 'stages.second.uses', 'stages.second.from', 'stages.second.text', 'stages.second.files']], [['ls', '--sweep', ''], ['texts-01234567']],
    [['show', run.slice(0, 8)], [run]], [['show', 'la'], ['latest']], [['show', 'latest', ''], ['first', 'second']], [['rm', run, 'lat'], ['latest']], [['tag', 'latest', 'b'], ['best']],
    [['sweep', 's'], ['status', 'study.yaml']], [['sweep', 'logs', ''], ['texts-01234567']], [['sweep', 'study.yaml', 'loss'], ['loss.weight=']],
    [['config', ''], ['validate', 'print', 'explain']], [['config', 'explain', 'study.yaml', 'loss'], ['loss.weight']], [['cache', 'g'], ['gc']], [['why', 'study.yaml', 'sec'], ['second']],
    [['--root', '/nowhere', 'show', ''], []], [['--root'], ['--root']], [['show', '--root', ''], []],
  ];
  for (const [words, expected] of cases) assert.equal([...(await complete(project, ...words))].sort(), [...expected].sort(), words.join(' '));
});

test('--root is a folder, with a space or a sign of URLs in it too', async ({ project, run }) => {
  for (const folder of ['of mine', '100% #1?', 'is:/other']) {
    cpSync(project.rig.path('runs'), project.rig.path('elsewhere', folder, 'runs'), { recursive: true, verbatimSymlinks: true });
    for (const place of [join('elsewhere', folder), project.rig.path('elsewhere', folder)]) {
      assert.equal(await complete(project, '--root', place, 'show', run.slice(0, 8)), [run], place);
      assert.equal(await complete(project, 'show', `--root=${place}`, run.slice(0, 8)), [run], place);
    }
  }
});

test('a shell that is not known is a mistake', async ({ project }) => {
  for (const [args, stderr] of [[[], /needs a shell[^]*bash, zsh, fish/], [['bahs'], /did you mean bash\?/], [['bash', 'x'], /cannot use x/]] as const) {
    const ended = await project.run(['completion', ...args]);
    assert.is(ended.code, 64);
    assert.match(ended.stderr, stderr);
  }
});

/** What bash makes of a line when Tab is pressed at its end: the last word as it then stands, or what it offers. */
async function bash(project: Project, line: string): Promise<readonly string[]> {
  const entry = fileURLToPath(new URL('./fixture-giverny.ts', import.meta.url));
  chmodSync(project.rig.write('bin/giverny', `#!/bin/sh\nexec '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${entry}' "$@"\n`), 0o755);
  const script = project.rig.write('completion.bash', (await project.run(['completion', 'bash'])).stdout);
  // Bash itself splits the line, at its own word breaks, when it is asked through readline.
  const asking = `source '${script}'; bind 'set bell-style none'; bind 'set completion-query-items 0'; bind 'set page-completions off'; bind 'set show-all-if-ambiguous on'; PS1=; PROMPT_COMMAND=\n`;
  const pressed = `${line}\t\x01echo "<\x05>"\n`;
  const ended = spawnSync('script', ['-qec', `bash --norc --noprofile -i`, '/dev/null'], {
    cwd: project.rig.folder, encoding: 'utf8', timeout: 30_000, input: `${asking}${pressed}exit\n`,
    env: { ...process.env, PATH: `${project.rig.path('bin')}:${process.env['PATH']!}`, TERM: 'dumb', HISTFILE: '', FIXTURE_LEDGER: project.rig.path('ledger') },
  });
  return [...ended.stdout.replaceAll('\r', '').matchAll(/^<(.*)>$/gm)].map(([, text]) => text!);
}

test('bash itself completes a line', async ({ project, run }) => {
  if (spawnSync('script', ['--version']).status !== 0 || spawnSync('bash', ['--version']).status !== 0) {
    console.log('  skipped: there is no `script` here, which makes a terminal, or no bash');
    return;
  }
  const cases: readonly (readonly [line: string, completed: string])[] = [
    ['giverny verif', 'giverny verify '],
    ['giverny run stu', 'giverny run study.yaml '],
    ['giverny run study.yaml stages.second.te', 'giverny run study.yaml stages.second.text='],
    ['giverny run study.yaml loss.weight=', 'giverny run study.yaml loss.weight=one '],
    [`giverny show ${run.slice(0, 9)}`, `giverny show ${run} `],
    ['giverny ls --sort=sta', 'giverny ls --sort=sta'],
    ['giverny ls --limit 5 --sweep te', 'giverny ls --limit 5 --sweep texts-01234567 '],
  ];
  for (const [line, completed] of cases) assert.equal(await bash(project, line), [completed], line);
});

test.run();
