/** `giverny --help` and `giverny VERB --help`: each verb with an example that works. */
import { verbs, type Verb } from './verbs.ts';

const everywhere = {
  '--root DIR': 'where .giverny/ and runs/ are (default: the current folder)',
  '-h, --help': 'help for giverny or a verb',
  '-v, --version': 'the version',
};

export function generalHelp(): string {
  const shown = Object.entries(verbs).filter(([, { hidden }]) => hidden !== true);
  return [
    'giverny: one YAML file in, a trained CycleGAN and a reproducible run folder out.',
    '',
    'usage: giverny VERB [arguments]',
    '',
    ...table(Object.fromEntries(shown.map(([name, verb]) => [name, verb.summary]))),
    '',
    ...table(everywhere),
    '',
    'examples:',
    ...shown.map(([, verb]) => `  ${verb.examples[0]![0]}`),
    '',
    'Exit codes: 0 done, 1 a stage failed or verify found a difference, 2 plan has work,',
    '64 bad config or usage, 130 interrupted, 143 terminated. The same command continues',
    'an interrupted run.',
    '',
  ].join('\n');
}

export function verbHelp(verb: Verb): string {
  const flags = { ...verb.flags, '--root DIR': everywhere['--root DIR'] };
  return [
    verb.summary, '', `usage: ${verb.usage}`, '', ...table(flags), '', 'examples:',
    ...verb.examples.flatMap(([command, what]) => [`  ${command}`, `      ${what}`]), '',
  ].join('\n');
}

function table(rows: Readonly<Record<string, string>>): readonly string[] {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  return Object.entries(rows).map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}
