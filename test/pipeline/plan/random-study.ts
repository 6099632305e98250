/**
 * A random study: a DAG of stages of one kind, files, variables, and edits of all of these. What a stage makes, and whether
 * it has been made before, is told here by whole contents: without a digest, and without a line of the runner.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../../pipeline/catalog.ts';
import { ok } from '../../../pipeline/failure.ts';
import type { StageDefinition } from '../../../pipeline/stage.ts';
import type { RandomStream } from '../../../stages/random.ts';

export interface Node {
  readonly name: string;
  readonly from: readonly string[];
  readonly uses: 'mix' | 'blend';
  readonly params: { readonly text: string; readonly nested: { readonly a: number; readonly b: readonly number[] }; readonly keep: number; readonly variables: readonly string[]; readonly draws: boolean };
  /** The outside file that it reads, by its name. */
  readonly file?: string;
}

export interface Study {
  readonly nodes: readonly Node[];
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<Node['uses'], number>>;
  readonly seed: number;
}

const variables = ['GIVERNY_TEST_ONE', 'GIVERNY_TEST_TWO'];

export function randomStudy(random: RandomStream): Study {
  const nodes: Node[] = [];
  const count = 4 + random.integer(3);
  for (let index = 0; index < count; index += 1) {
    const from = random.shuffle(nodes.map(({ name }) => name)).slice(0, random.integer(4));
    nodes.push({
      name: `s${index}`, from, uses: random.integer(4) === 0 ? 'blend' : 'mix', ...(random.integer(3) === 0 ? { file: `f${random.integer(3)}.txt` } : {}),
      params: {
        text: `t${random.integer(2)}`, nested: { a: random.integer(2), b: [1, random.integer(2)] }, keep: random.integer(3),
        variables: variables.filter(() => random.integer(2) === 0), draws: random.integer(4) === 0,
      },
    });
  }
  const content = (): string => `content ${random.integer(3)}`;
  return { nodes, files: { 'f0.txt': content(), 'f1.txt': content(), 'f2.txt': content() }, environment: {}, versions: { mix: 1, blend: 1 }, seed: 1 };
}

type Edit = (study: Study, random: RandomStream) => Study;

/** Of a node that `isMeant`, where there is one. */
const editNode = (change: (node: Node, random: RandomStream) => Partial<Node>, isMeant: (node: Node) => boolean = () => true): Edit => (study, random) => {
  const [chosen] = random.shuffle(study.nodes.filter(isMeant));
  return { ...study, nodes: study.nodes.map((node) => (node === chosen ? { ...node, ...change(node, random) } : node)) };
};
const editParams = (change: (params: Node['params'], random: RandomStream) => Partial<Node['params']>): Edit =>
  editNode(({ params }, random) => ({ params: { ...params, ...change(params, random) } }));

/** Each changes one thing, back and forth among few values, so that much of what it makes has been there before. */
export const edits: Readonly<Record<string, Edit>> = {
  nothing: (study) => study,
  text: editParams((_, random) => ({ text: `t${random.integer(3)}` })),
  nested: editParams(({ nested }, random) => ({ nested: { ...nested, b: random.shuffle(nested.b) } })),
  'what is kept of the inputs': editParams((_, random) => ({ keep: random.integer(3) })),
  draws: editParams(({ draws }) => ({ draws: !draws })),
  declared: editParams((_, random) => ({ variables: variables.filter(() => random.integer(2) === 0) })),
  uses: editNode(({ uses }) => ({ uses: uses === 'mix' ? 'blend' : 'mix' })),
  'order of from': editNode(({ from }) => ({ from: [...from].reverse() }), ({ from }) => from.length > 1),
  'one input fewer': editNode(({ from }) => ({ from: from.slice(1) }), ({ from }) => from.length > 0),
  version: (study) => ({ ...study, versions: { ...study.versions, mix: 3 - study.versions.mix } }),
  seed: (study) => ({ ...study, seed: 3 - study.seed }),
  variable: (study, random) => ({ ...study, environment: { ...study.environment, [variables[random.integer(2)]!]: `v${random.integer(2)}` } }),
  'not set': (study) => ({ ...study, environment: {} }),
  undeclared: (study, random) => ({ ...study, environment: { ...study.environment, GIVERNY_TEST_UNDECLARED: String(random.next()) } }),
  content: (study, random) => ({ ...study, files: { ...study.files, [`f${random.integer(3)}.txt`]: `content ${random.integer(3)}` } }),
  'two contents swapped': (study) => ({ ...study, files: { ...study.files, 'f0.txt': study.files['f1.txt']!, 'f1.txt': study.files['f0.txt']! } }),
  'order of stages': (study, random) => ({ ...study, nodes: random.shuffle(study.nodes) }),
};

/** The config, with comments, blank lines, quotes, indents and the order of keys as chance has it: none of which counts. */
export function yamlOf({ nodes, seed }: Study, random: RandomStream): string {
  const comment = (): string => (random.integer(3) === 0 ? `   # ${random.integer(1000)}` : '');
  const quoted = (text: string): string => [text, `'${text}'`, `"${text}"`][random.integer(3)]!;
  const members = ({ from, uses, params, file }: Node): readonly (readonly [string, string])[] => random.shuffle([
    ['uses', uses] as const,
    ...(from.length === 0 ? [] : [['from', from.length === 1 && random.integer(2) === 0 ? from[0]! : `[${from.map(quoted).join(', ')}]`] as const]),
    ['text', quoted(params.text)] as const, ['keep', String(params.keep)] as const, ['draws', String(params.draws)] as const,
    ['nested', `{ ${random.shuffle([`a: ${params.nested.a}`, `b: [${params.nested.b.join(random.integer(2) === 0 ? ',' : ' ,  ')}]`]).join(', ')} }`] as const,
    ['variables', `[${params.variables.join(', ')}]`] as const, ...(file === undefined ? [] : [['file', quoted(file)] as const]),
  ]);
  const indent = ' '.repeat(1 + random.integer(4));
  const stages = nodes.map((node) => `${indent}${node.name}:${comment()}\n${members(node).map(([key, value]) => `${indent}${indent}${key}: ${value}${comment()}\n`).join('')}${random.integer(2) === 0 ? '\n' : ''}`);
  return random.shuffle([`name: study${comment()}\n`, `seed: ${seed}\n`, `stages:${comment()}\n${stages.join('')}`]).join('');
}

/** What `keep` leaves of what a stage reads: with 0 nothing, with 1 only how much there is, so that what follows is cut off early. */
const keptOf = (inputs: readonly string[], keep: number): unknown => (keep === 0 ? inputs.length : keep === 1 ? inputs.map((text) => text.length) : inputs);

interface Made {
  readonly text: string;
  readonly nested: unknown;
  readonly kept: unknown;
  readonly file: string | undefined;
  readonly shown: readonly (string | undefined)[];
  readonly drawn: number | undefined;
  readonly version: number;
  readonly uses: string;
}

const contentOf = (made: Made): string => JSON.stringify(Object.entries(made));

export interface Expected {
  readonly name: string;
  readonly content: string;
  /** Everything that decides what it makes, its inputs' contents among it: it runs if, and only if, this is new. */
  readonly decisive: string;
}

/** What a run of the study comes to, each stage after all that it reads. */
export function expectedOf({ nodes, files, environment, versions, seed }: Study): readonly Expected[] {
  const done = new Map<string, Expected>();
  const visit = (name: string): Expected => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const { from, uses, params, file } = nodes.find((node) => node.name === name)!;
    const inputs = from.map((each) => visit(each).content);
    const shown = params.variables.map((variable) => environment[variable]);
    const given = { nested: params.nested, file: file === undefined ? undefined : files[file], shown, drawn: params.draws ? seed : undefined, version: versions[uses], uses, text: params.text };
    const expected = { name, content: contentOf({ ...given, kept: keptOf(inputs, params.keep) }), decisive: JSON.stringify([given, params.keep, params.variables, file !== undefined, inputs]) };
    done.set(name, expected);
    return expected;
  };
  return nodes.map(({ name }) => visit(name));
}

/** The study's stages as real ones; `ran` is told the name of each that runs. */
export function catalogOf({ versions }: Study, ran: (stage: string) => void): Catalog {
  const define = (uses: Node['uses']): StageDefinition => ({
    uses, version: versions[uses], summary: 'A stage of a random study.', inputs: { min: 0, max: 9 }, engine: false, failures: {},
    schema: { type: 'object', additionalProperties: false, properties: Object.fromEntries(['text', 'keep', 'draws', 'nested', 'variables', 'file'].map((name) => [name, { description: name }])) },
    outputs: () => [{ path: 'out.json', kind: 'reproducible', inRunFolder: false }],
    prepare(raw, places) {
      const { file, ...params } = raw as Node['params'] & { readonly file?: string };
      const path = file === undefined ? undefined : places.resolvePath('file', file);
      return ok({
        params: { ...params, file: path }, keyed: { ...params, variables: [...params.variables] }, random: params.draws, environment: params.variables,
        ...(path === undefined ? {} : { outside: [{ name: 'file', path }] }),
      });
    },
    load: async () => ({
      async run({ stage, params, inputs, out, seed }) {
        ran(stage);
        const { text, nested, keep, variables: declared, draws, file } = params as Node['params'] & { readonly file?: string };
        const read = inputs.map((input) => readFileSync(input.locate('out.json'), 'utf8'));
        writeFileSync(join(out, 'out.json'), contentOf({
          nested, file: file === undefined ? undefined : readFileSync(file, 'utf8'), shown: declared.map((name) => process.env[name]),
          drawn: draws ? seed : undefined, version: versions[uses], uses, text, kept: keptOf(read, keep),
        }));
        return ok(undefined);
      },
    }),
  });
  const nothing = async () => ok({ backend: 'wasm', version: '1', device: 'cpu' } as const);
  return { stages: new Map([['mix', define('mix')], ['blend', define('blend')]]), selectEngine: nothing, writeReport: async (folder) => { writeFileSync(join(folder, 'report.html'), ''); return join(folder, 'report.html'); }, summarize: async () => [] };
}
