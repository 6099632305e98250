/**
 * A file of the user and all that it imports relatively, made one ES module by esbuild: the same on every version of
 * Node, with the bytes that were read digested. Types are taken away, not checked. Installed packages stay outside.
 */
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, Message, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { failed, ok, type Failure, type Result } from '../failure.ts';
import { digestBytes } from '../plan/digest.ts';
import type { UserSource } from '../stage.ts';
import { isInstalled, packageVersions } from './packages.ts';
import { placeIn } from './places.ts';

type Esbuild = typeof import('esbuild');

/** The stage must mean the same wherever it is read: no tsconfig.json is. */
const languageOptions = { target: 'node20', tsconfigRaw: {} } as const;

/** Compilations now: the last one ends esbuild's own process, which would otherwise live as long as a training. */
let underway = 0;

/** `library`: absolute path of what `giverny` means as an import. Failures: `user-stage-not-compiled`, `user-stage-compiler-missing`. */
export async function compileStage(file: string, library: string): Promise<Result<UserSource>> {
  const esbuild = await import('esbuild').catch((error: unknown) => error as Error);
  if (esbuild instanceof Error) return compilerMissing(esbuild);
  const reading = new Reading(esbuild, library);
  underway += 1;
  try {
    const { outputFiles } = await esbuild.build(optionsFor(file, reading.plugin));
    return ok({ file, parts: reading.partsOf(file), program: outputFiles[0]!.text });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const messages = (error as Error & { readonly errors?: readonly Message[] }).errors;
    return messages === undefined || messages.length === 0 ? compilerMissing(error) : notCompiled(messages, file);
  } finally {
    underway -= 1;
    if (underway === 0) await esbuild.stop();
  }
}

function optionsFor(file: string, plugin: Plugin) {
  const folder = dirname(file);
  return {
    ...languageOptions,
    absWorkingDir: folder, entryPoints: [file], outfile: join(folder, 'stage.mjs'), write: false, bundle: true, platform: 'node', format: 'esm',
    // As Node resolves; esbuild's own default would prefer what is meant for bundlers.
    conditions: [], logLevel: 'silent', plugins: [plugin],
    sourcemap: 'inline', sourcesContent: false, sourceRoot: `${pathToFileURL(folder).href}/`,
    banner: { js: `import { createRequire as createRequireForStage } from 'node:module'; const require = createRequireForStage(${JSON.stringify(pathToFileURL(file).href)});` },
  } satisfies BuildOptions;
}

/** Marks the questions that the plugin itself asks. */
const asked = Symbol('asked by the plugin');

/** What a compilation reads. */
class Reading {
  readonly #esbuild: Esbuild;
  readonly #library: string;
  readonly #digests = new Map<string, string>();
  readonly #installed = new Set<string>();

  constructor(esbuild: Esbuild, library: string) {
    this.#esbuild = esbuild;
    this.#library = library;
  }

  readonly plugin: Plugin = {
    name: 'stage',
    setup: (build) => {
      build.onResolve({ filter: /^[^./]/ }, (args) => (args.pluginData === asked || args.kind === 'entry-point' ? undefined : this.#resolve(args, build)));
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => this.#load(path));
    },
  };

  partsOf(file: string): Readonly<Record<string, string>> {
    const named = [...this.#digests].map(([module, digest]) => [moduleName(module, file), digest] as const);
    return { ...Object.fromEntries(named.sort(([one], [other]) => (one < other ? -1 : 1))), ...packageVersions([...this.#installed].sort()) };
  }

  async #resolve({ path, kind, resolveDir, importer }: OnResolveArgs, build: PluginBuild): Promise<OnResolveResult> {
    if (isBuiltin(path)) return { path, external: true };
    const isRequired = kind === 'require-call' || kind === 'require-resolve';
    const outside = (target: string): OnResolveResult => ({ path: isRequired ? target : pathToFileURL(target).href, external: true });
    if (path === 'giverny') return outside(this.#library);
    const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: asked });
    if (found.errors.length > 0) return { errors: found.errors.map(({ text, notes }) => ({ text, notes })) };
    if (!isInstalled(found.path)) return { path: found.path };
    this.#installed.add(found.path);
    // Node imports no JSON of a package as it does code.
    return found.path.endsWith('.json') ? { path: found.path } : outside(found.path);
  }

  async #load(path: string): Promise<OnLoadResult> {
    const bytes = await readFile(path);
    if (!isInstalled(path)) this.#digests.set(path, digestBytes(bytes));
    const text = bytes.toString('utf8');
    if (!/\.[cm]?[jt]sx?$/.test(path) || !/\bimport\s*\.\s*meta\b/.test(text)) return { contents: bytes, loader: 'default' };
    return this.#ownMeta(path, text);
  }

  /** In one module for all, `import.meta` still means the file in which it is written. */
  async #ownMeta(path: string, text: string): Promise<OnLoadResult> {
    const define = { 'import.meta.url': pathToFileURL(path).href, 'import.meta.filename': path, 'import.meta.dirname': dirname(path) };
    try {
      const { code } = await this.#esbuild.transform(text, {
        ...languageOptions, loader: /\.[cm]?ts$/.test(path) ? 'ts' : /\.tsx$/.test(path) ? 'tsx' : 'jsx', sourcefile: basename(path), sourcemap: 'inline', sourcesContent: false,
        define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
      });
      return { contents: code, loader: 'js' };
    } catch (error) {
      const { errors = [] } = error as { readonly errors?: readonly Message[] };
      return { errors: errors.map((each) => ({ ...each, location: each.location && { ...each.location, file: path } })) };
    }
  }
}

/** As it stands in the key: relative to the file, with forward slashes and a dot before it. */
function moduleName(module: string, file: string): string {
  const path = relative(dirname(file), module).replaceAll('\\', '/');
  return path.startsWith('../') ? path : `./${path}`;
}

function compilerMissing(error: Error): Result<never> {
  return failed('user-stage-compiler-missing', `esbuild, which reads stages in TypeScript and JavaScript, cannot be used: ${error.message.split('\n', 1)[0]}`, {
    hint: 'install giverny again, with its optional packages (npm install without --omit=optional)',
  });
}

function notCompiled(messages: readonly Message[], file: string): { readonly ok: false; readonly failure: Failure } {
  const [first, ...others] = messages.map((message) => failureOf(message, file));
  return { ok: false, failure: others.length === 0 ? first! : { ...first!, also: others.slice(0, 4) } };
}

function failureOf({ text, location }: Message, file: string): Failure {
  const lost = /^Could not resolve "(.*)"/.exec(text)?.[1];
  const hint = lost === undefined ? undefined : /^[./]/.test(lost) ? 'an import names the file with its extension, relative to the file that imports' : `npm install ${lost.split('/').slice(0, lost.startsWith('@') ? 2 : 1).join('/')}, beside the stage`;
  const where = location === null ? { file } : placeIn(resolve(dirname(file), location.file), location.line, columnOf(location), lengthOf(location));
  return failed('user-stage-not-compiled', lost === undefined ? `${basename(file)} does not compile: ${text}` : `${lost} cannot be found`, { where, ...(hint === undefined ? {} : { hint }) }).failure;
}

type Location = NonNullable<Message['location']>;

/** esbuild counts bytes from 0. */
const columnOf = ({ lineText, column }: Location): number => Buffer.from(lineText).subarray(0, column).toString().length + 1;

const lengthOf = ({ lineText, column, length }: Location): number => Math.max(1, Buffer.from(lineText).subarray(column, column + length).toString().length);
