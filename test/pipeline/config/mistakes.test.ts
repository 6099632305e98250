/**
 * Typical mistakes, and word for word what a person reads of each. The words are in mistakes.txt;
 * `node --import tsx test/pipeline/config/mistakes.test.ts --update` writes them anew, to be read before they are committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFailure } from '../../../pipeline/cli/print-failure.ts';
import { loadConfig } from '../../../pipeline/config/load.ts';
import { catalog, configFolder } from './small-catalog.ts';

interface Mistake {
  readonly name: string;
  readonly files: Readonly<Record<string, string | readonly number[]>>;
  readonly file?: string;
  readonly overrides?: readonly string[];
}

const mistakes: readonly Mistake[] = [
  { name: 'a tab as indentation', files: { 'a.yaml': 'stages:\n\tfetch: { url: x }\n' } },
  { name: 'a key twice', files: { 'a.yaml': 'seed: 1\nstages: { fetch: { url: x } }\nseed: 2\n' } },
  { name: 'a typo at the top', files: { 'a.yaml': 'sed: 1\nstages:\n  fetch: { url: x }\n' } },
  { name: 'a typo in a stage', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize:\n    from: fetch\n    sise: 64\n' } },
  { name: 'a typo deep in a section that a stage refers to', files: { 'a.yaml': 'loss:\n  weights: { cylce: 10 }\nstages:\n  fetch: { url: x }\n  train: { from: fetch, loss: "${loss}" }\n' } },
  { name: 'a wrong type', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  train: { from: fetch, epochs: many }\n' } },
  { name: 'a number in quotes', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  train: { from: fetch, epochs: "3" }\n' } },
  { name: "yes, which YAML 1.2 reads as a text", files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  train:\n    from: fetch\n    ema: yes\n' } },
  { name: 'a required key left out', files: { 'a.yaml': `stages:\n  fetch: { sha256: ${'0'.repeat(64)} }\n` } },
  { name: 'a required key without a value', files: { 'a.yaml': 'stages:\n  fetch:\n    url:\n' } },
  { name: 'a reference to nothing', files: { 'a.yaml': 'model: { filters: 8 }\nstages:\n  fetch: { url: x }\n  train:\n    from: fetch\n    model: ${modle}\n' } },
  { name: 'a shell variable in braces', files: { 'a.yaml': 'stages:\n  command:\n    run: echo ${HOME}\n' } },
  { name: 'references in a circle', files: { 'a.yaml': 'vars: { a: "${vars.b}", b: "${vars.a}" }\nstages:\n  fetch: { url: "${vars.a}" }\n' } },
  { name: 'a mapping inside a longer text', files: { 'a.yaml': 'vars: { place: { a: 1 } }\nstages:\n  fetch: { url: "data/${vars.place}" }\n' } },
  { name: 'an unquoted reference in a flow mapping', files: { 'a.yaml': 'model: { filters: 8 }\nstages:\n  train: { model: ${model}, epochs: 3 }\n' } },
  { name: 'a brace that is not closed', files: { 'a.yaml': 'stages:\n  fetch: { url: x\n  train: { from: fetch }\n' } },
  { name: 'a bracket that is not closed, behind brackets in quotes and comments', files: { 'a.yaml': 'stages: # a { for all\n  fetch: { url: "x{[" }\n  evaluate: { from: [fetch, flip\n  flip: { from: fetch } }\n' } },
  { name: 'a bracket closed twice', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  evaluate: { from: [fetch]] }\n' } },
  { name: 'a quote that is not closed', files: { 'a.yaml': 'name: "monet\nstages:\n  fetch: { url: x }\n' } },
  { name: 'a name without a colon', files: { 'a.yaml': 'stages:\n  fetch\n    url: x\n' } },
  { name: 'a key in another column', files: { 'a.yaml': 'stages:\n  train:\n    from: fetch\n   epochs: 3\n' } },
  { name: 'a comma left out', files: { 'a.yaml': 'stages:\n  train: { from: fetch epochs: 3 }\n' } },
  { name: 'a text that begins with @', files: { 'a.yaml': 'name: @home\n' } },
  { name: 'a value behind its quotes', files: { 'a.yaml': 'name: "a" b\n' } },
  { name: 'a comment without a space', files: { 'a.yaml': 'name: "a"#b\n' } },
  { name: 'a text that begins behind its bar', files: { 'a.yaml': 'description: | one\n  two\n' } },
  { name: 'a stage that cannot be read', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  normalize: { from: fetch }\n  again: { uses: normalize, from: normalize }\n' } },
  { name: 'a sha256 without letters', files: { 'a.yaml': `stages:\n  fetch: { url: x, sha256: ${'1234567890'.repeat(7).slice(0, 64)} }\n` } },
  { name: 'a sha256 without letters in an override', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: [`stages.fetch.sha256=${'1234567890'.repeat(7).slice(0, 64)}`] },
  { name: 'an escape that double quotes do not have', files: { 'a.yaml': 'stages:\n  command: { run: "echo \\${HOME}" }\n' } },
  { name: 'configs that extend each other', files: { 'a.yaml': 'extends: b.yaml\n', 'b.yaml': 'seed: 2\nextends: ./a.yaml\n' } },
  { name: 'extending a file that is not there', files: { 'a.yaml': 'extends: bass.yaml\n', 'base.yaml': 'seed: 1\n' } },
  { name: 'an unknown stage', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  rezise: { from: fetch }\n' } },
  { name: 'an unknown uses', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  small:\n    uses: shrink\n    from: fetch\n' } },
  { name: 'a from that names no stage', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize: { from: fecth }\n' } },
  { name: 'a stage that needs a from', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize: { size: 64 }\n' } },
  { name: 'a from too many', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  flip: { from: fetch }\n  train: { from: [fetch, flip] }\n' } },
  { name: 'stages in a circle', files: { 'a.yaml': 'stages:\n  resize: { from: flip }\n  flip: { from: resize }\n' } },
  { name: 'a from that is no name', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize: { from: { a: fetch } }\n' } },
  { name: 'two keys for each other', files: { 'a.yaml': 'stage:\n  fetch: { url: x }\n' } },
  { name: 'a stage that is a number', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize: 64\n' } },
  { name: 'a key one mapping too high', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  train: { from: fetch, learning_rate: 1e-4 }\n' } },
  { name: 'a value out of range', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  flip:\n    from: fetch\n    probability: 1.5\n' } },
  { name: 'none of several forms', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize:\n    from: fetch\n    size: 128px\n' } },
  { name: 'a list of the wrong length', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  resize:\n    from: fetch\n    size: [1, 2, 3]\n' } },
  { name: 'a mapping of several kinds, one key short', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  train:\n    from: fetch\n    schedule: { kind: linear }\n' } },
  { name: 'not one of the choices', files: { 'a.yaml': 'engine: tensorflw\nstages:\n  fetch: { url: x }\n' } },
  { name: 'a seed too large', files: { 'a.yaml': 'seed: 4294967296\nstages:\n  fetch: { url: x }\n' } },
  { name: 'what only prepare can see', files: { 'a.yaml': 'stages:\n  picky: { number: 7 }\n' } },
  { name: 'several mistakes at once', files: { 'a.yaml': 'seed: no\nstages:\n  fetch: { ulr: x }\n  resize: { from: fetch, size: 1 }\n' } },
  { name: 'an empty file', files: { 'a.yaml': '' } },
  { name: 'only comments', files: { 'a.yaml': '# nothing yet\n' } },
  { name: 'no stages', files: { 'a.yaml': 'seed: 1\n' } },
  { name: 'stages without any', files: { 'a.yaml': 'stages:\n' } },
  { name: 'an empty mapping of stages', files: { 'a.yaml': 'stages: {}\n' } },
  { name: 'a stage read twice', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  evaluate: { from: [fetch, fetch] }\n' } },
  { name: 'an item twice', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  evaluate: { from: fetch, metrics: [psnr, psnr] }\n' } },
  { name: 'a list too long', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  evaluate: { from: fetch, splits: [a, b, c, d] }\n' } },
  { name: 'a stage removed that is not there', files: { 'a.yaml': 'extends: b.yaml\nstages: { fecth: false }\n', 'b.yaml': 'stages: { fetch: { url: x } }\n' } },
  { name: 'a stage removed that another reads', files: { 'a.yaml': 'stages: { fetch: { url: x }, resize: { from: fetch } }\n' }, overrides: ['stages.fetch=false'] },
  { name: 'stages as a list', files: { 'a.yaml': 'stages:\n  - fetch: { url: x }\n' } },
  { name: 'a list for a config', files: { 'a.yaml': '- fetch\n' } },
  { name: 'a bad stage name', files: { 'a.yaml': 'stages:\n  my stage: { uses: fetch, url: x }\n' } },
  { name: 'infinity', files: { 'a.yaml': 'stages:\n  fetch: { url: x }\n  flip: { from: fetch, probability: .inf }\n' } },
  { name: 'a merge key', files: { 'a.yaml': 'vars: &base { a: 1 }\nstages:\n  fetch:\n    <<: *base\n    url: x\n' } },
  { name: 'a folder', files: { 'configs/a.yaml': 'seed: 1\n' }, file: 'configs' },
  { name: 'no such file', files: { 'monet2photo.yaml': 'seed: 1\n' }, file: 'monet2foto.yaml' },
  { name: 'not UTF-8', files: { 'a.yaml': [...Buffer.from('name: caf'), 0xe9, 10] } },
  { name: 'a byte order mark and CRLF', files: { 'a.yaml': '\uFEFFseed: 1\r\nstages:\r\n  fetch: { ulr: x }\r\n' } },
  { name: 'a line of 200 columns', files: { 'a.yaml': `stages:\n  fetch: { url: "${'x'.repeat(150)}", sha265: abc }\n` } },
  { name: 'an override without a value', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['seed='] },
  { name: 'an override that is none', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['seed'] },
  { name: 'an override with a bare comma', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['seed=1,2'] },
  { name: 'an override that is not YAML', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['stages.fetch.url=[a'] },
  { name: 'an override of an unknown key', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['seed=3', 'stages.fetch.ulr=y'] },
  { name: 'an override of an unknown stage', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['stages.fecth.url=y'] },
  { name: "an override without the stage's path", files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['fetch.url=y'] },
  { name: 'an override into a single value', files: { 'a.yaml': 'stages: { fetch: { url: x } }\n' }, overrides: ['stages.fetch.url.path=y'] },
  { name: 'an override of an item that is not there', files: { 'a.yaml': 'stages: { fetch: { url: x }, evaluate: { from: [fetch] } }\n' }, overrides: ['stages.evaluate.from.1=y'] },
  { name: 'an override that nothing refers to', files: { 'a.yaml': 'vars: { data: x }\nstages: { fetch: { url: "${vars.data}" } }\n' }, overrides: ['vars.dta=y'] },
  { name: 'an override of the wrong type', files: { 'a.yaml': 'stages: { fetch: { url: x }, train: { from: fetch } }\n' }, overrides: ['stages.train.epochs=2.5'] },
];

const golden = new URL('mistakes.txt', import.meta.url);
const update = process.argv.includes('--update');
const sections = new Map(readFileSync(golden, 'utf8').split(/^## /m).slice(1).map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n') + 1).trimEnd()]));
const said: string[] = [];

async function says({ files, file = 'a.yaml', overrides = [] }: Mistake): Promise<string> {
  const folder = await configFolder();
  try {
    for (const [name, content] of Object.entries(files)) await folder.write(name, typeof content === 'string' ? content : Uint8Array.from(content));
    const loaded = await loadConfig(file, overrides, catalog, folder.path);
    if (loaded.ok) throw new Error('it loaded');
    return `[${loaded.failure.code}]\n${formatFailure(loaded.failure, { color: false, cwd: folder.path })}`;
  } finally {
    await folder.remove();
  }
}

for (const mistake of mistakes) {
  test(mistake.name, async () => {
    const text = await says(mistake);
    said.push(`## ${mistake.name}\n${text}\n`);
    if (!update) assert.fixture(text, sections.get(mistake.name) ?? '');
    assert.ok(text.split('\n').every((line) => line.length <= 80), 'no line is longer than 80 columns');
  });
}

test.after(() => {
  if (update) writeFileSync(golden, said.join('\n'));
});

test.run();
