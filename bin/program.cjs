// How a build is started: its program is one CommonJS script, and what V8 has compiled of it is kept in the per-user cache
// folder, one file a verb, so that the next command compiles nothing. Node 20 has no module.enableCompileCache(). CommonJS
// itself, and without imports it can do without: Node starts that sooner. build.js ends this file with the call and makes it
// the build's giverny.cjs.
const { createHash } = require('node:crypto');
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { homedir } = require('node:os');
const { basename, dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** Of all verbs and builds together; each is some 600 kB. */
const keptAtMost = 48;
const digestBytes = 32;
/** What ran longer has thrown away again the code of how it began, and gains little by it. */
const longestSeconds = 2;

/**
 * The exports of `file`, beside this one: a CommonJS function that gets `importModule` for import() as well. The file's name
 * must change with its content, since V8 knows a source by its length alone.
 */
function loadProgram(file) {
  const kept = keptCode(file);
  const cachedData = kept && readCode(kept);
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, ...(cachedData && { cachedData }) });
  if (kept && (cachedData === undefined || script.cachedDataRejected)) process.once('exit', () => writeCode(kept, script));
  const module = { exports: {} };
  // Code that V8 has kept cannot import by itself: Node forgets how.
  const importModule = (name) => import(name);
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file), importModule);
  return module.exports;
}

/** Where the code of this command is kept: by its verb, since what they use differs; undefined for what looks like none. */
function keptCode(file) {
  const [verb = '--help'] = process.argv.slice(2);
  if (!/^[a-z-]{2,12}$/.test(verb)) return undefined;
  return join(cacheFolder(), 'code', `${basename(file, '.cjs')}-${process.version}-${process.arch}-${verb}`);
}

/** As the package env-paths names it. */
function cacheFolder() {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/giverny');
  if (process.platform === 'win32') return join(local || join(homedir(), 'AppData', 'Local'), 'giverny', 'Cache');
  return join(xdg || join(homedir(), '.cache'), 'giverny');
}

/** Its own digest comes first: damaged code must not run. */
function readCode(file) {
  try {
    const content = readFileSync(file);
    const code = content.subarray(digestBytes);
    return createHash('sha256').update(code).digest().equals(content.subarray(0, digestBytes)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** With what was compiled since: at the end of the first short command. Where nothing can be written, the next one compiles again. */
function writeCode(file, script) {
  if (process.uptime() > longestSeconds) return;
  try {
    const code = script.createCachedData();
    const folder = dirname(file);
    const temporary = `${file}.${process.pid}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, Buffer.concat([createHash('sha256').update(code).digest(), code]), { flag: 'wx' });
    renameSync(temporary, file);
    removeOldest(folder);
  } catch {
    // It only saves time.
  }
}

function removeOldest(folder) {
  const files = readdirSync(folder).map((name) => ({ file: join(folder, name), at: statSync(join(folder, name)).mtimeMs }));
  for (const { file } of files.sort((a, b) => b.at - a.at).slice(keptAtMost)) rmSync(file, { force: true });
}
