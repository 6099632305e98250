/**
 * Provisions TensorFlow: packages (npm), wheels (pip), unpack, compile, try, stamp. Each step is finished or repeated, the whole
 * is built beside its place and moved there at the end, and one giverny at a time does it.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { engineFailed } from '../../failures.ts';
import { installationFolder, readInstallation, writeStamp } from '../installation.ts';
import { probeTensorFlow } from '../probe.ts';
import { wheelBytes, type Recipe } from '../recipe.ts';
import { compileBinding } from './compile.ts';
import type { InstallHelp, Workshop } from './help.ts';
import { acquireLock } from './lock.ts';
import { installPackages } from './packages.ts';
import { engineFolderFailure } from './tool.ts';
import { cudaPlacement, dependenciesFolder, tensorflowPlacement, unpackWheel } from './unpack.ts';
import { bytesBelow, namesIn } from './watch.ts';
import { downloadWheel, findPip } from './wheels.ts';

/** Where an unfinished installation waits to be continued. */
export const workshopFolder = (recipe: Recipe): string => `${installationFolder(recipe)}.partial`;

// Wheels lie beside what is unpacked of them, some three times as large, and npm's packages take 0.3 GB.
const diskBytes = (recipe: Recipe): number => 0.3e9 + 4.2 * wheelBytes(recipe);

/** Installs a recipe unless it is installed, and returns the folder. Fails with a code of engineFailures; nothing half-made is left in place. */
export async function installTensorFlow(recipe: Recipe, help: InstallHelp): Promise<Result<string>> {
  const folder = installationFolder(recipe);
  if (readInstallation(recipe).state === 'installed') return ok(folder);
  try {
    const lock = await acquireLock(`${folder}.lock`, help);
    if (!lock.ok) return lock;
    try {
      // The process that held the lock may have done it all.
      return readInstallation(recipe).state === 'installed' ? ok(folder) : await build(recipe, help, folder);
    } finally {
      lock.value();
    }
  } catch (error) {
    return engineFolderFailure(error);
  }
}

async function build(recipe: Recipe, help: InstallHelp, destination: string): Promise<Result<string>> {
  const workshop = openWorkshop(recipe, help);
  for (const check of [checkRoom, checkTools]) {
    const checked = await check(workshop);
    if (!checked.ok) return checked;
  }
  for (const step of steps) {
    if (readMarker(workshop, step.name)) continue;
    const done = await step.run(workshop);
    if (!done.ok) return done;
    writeMarker(workshop, step.name, done.value ?? '');
    step.cleanUp?.(workshop);
  }
  const proven = await probeTensorFlow(workshop.packages, help.stop);
  if (!proven.ok) return discardBuild(workshop, proven);
  if (recipe.variant === 'cuda' && !proven.value.gpu) return engineFailed('engine-load-failed', 'TensorFlow runs but sees no GPU', { hint: 'Look at nvidia-smi and the driver, or set engine.device: cpu.' });
  writeStamp(recipe, workshop.packages, readMarker(workshop, 'compile')!.result);
  moveIntoPlace(workshop, destination);
  return ok(destination);
}

function openWorkshop(recipe: Recipe, help: InstallHelp): Workshop {
  const folder = workshopFolder(recipe);
  mkdirSync(join(folder, 'steps'), { recursive: true });
  for (const name of namesIn(folder).filter((candidate) => candidate.startsWith('work-'))) rmSync(join(folder, name), { recursive: true, force: true });
  return { recipe, help, folder, packages: join(folder, 'packages'), downloads: join(folder, 'downloads') };
}

/** Fails with `engine-disk-full` before anything is downloaded in vain. */
function checkRoom({ recipe, folder }: Workshop): Result<void> {
  const { bavail, bsize } = statfsSync(folder);
  const needed = diskBytes(recipe) - bytesBelow(folder);
  if (bavail * bsize >= needed) return ok(undefined);
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  return engineFailed('engine-disk-full', `installing TensorFlow needs ${gigabytes(needed)} GB for a while, and only ${gigabytes(bavail * bsize)} GB are free`, {
    where: { file: dirname(folder) },
    hint: 'Make room, or set GIVERNY_ENGINE_DIR to a folder on another disk.',
  });
}

/**
 * Fails with `engine-no-pip` before npm downloads anything in vain. A compiler need not be there: pip brings one.
 * Offline nothing is downloaded, and what is missing is said by the step that misses it.
 */
async function checkTools(workshop: Workshop): Promise<Result<unknown>> {
  const { offline, stop } = workshop.help;
  return offline || readMarker(workshop, 'wheels') ? ok(undefined) : findPip(stop);
}

interface Step {
  readonly name: 'packages' | 'wheels' | 'unpack' | 'compile';
  /** The value is kept in the step's marker. */
  run(workshop: Workshop): Promise<Result<string | void>>;
  /** Removes what later steps do not need; only once the marker says that the step need not be repeated. */
  cleanUp?(workshop: Workshop): void;
}

const steps: readonly Step[] = [
  { name: 'packages', run: needsNetwork(installPackages) },
  { name: 'wheels', run: downloadWheels },
  { name: 'unpack', run: unpackWheels, cleanUp: ({ downloads }) => rmSync(downloads, { recursive: true, force: true }) },
  { name: 'compile', run: compileBinding },
];

function needsNetwork(run: (workshop: Workshop) => Promise<Result<void>>): Step['run'] {
  return async (workshop) =>
    workshop.help.offline
      ? engineFailed('engine-not-installed', 'TensorFlow is not installed, and --offline was given', { hint: 'Run `giverny engine install` with a network.' })
      : run(workshop);
}

async function downloadWheels(workshop: Workshop): Promise<Result<string>> {
  for (const wheel of [workshop.recipe.wheel, ...workshop.recipe.libraryWheels]) {
    const downloaded = await downloadWheel(workshop, wheel);
    if (!downloaded.ok) return downloaded;
  }
  return ok(workshop.recipe.wheel.sha256);
}

async function unpackWheels(workshop: Workshop): Promise<Result<void>> {
  const { recipe } = workshop;
  const target = dependenciesFolder(workshop);
  for (const wheel of [recipe.wheel, ...recipe.libraryWheels]) {
    const file = await downloadWheel(workshop, wheel);
    if (!file.ok) return file;
    const unpacked = await unpackWheel(file.value, target, wheel === recipe.wheel ? tensorflowPlacement(recipe) : cudaPlacement, workshop);
    if (!unpacked.ok) return unpacked;
  }
  const missing = recipe.libraries.find(({ file }) => !namesIn(join(target, 'lib')).includes(file));
  if (missing) return engineFailed('engine-wheel-damaged', `${missing.file} is not in the wheel of ${recipe.wheel.package} ${recipe.wheel.version}`);
  for (const { file, linkName } of recipe.libraries) {
    rmSync(join(target, 'lib', linkName), { force: true });
    symlinkSync(file, join(target, 'lib', linkName));
  }
  return ok(undefined);
}

interface Marker {
  readonly recipe: string;
  readonly result: string;
}

const markerFile = (workshop: Workshop, step: Step['name']) => join(workshop.folder, 'steps', `${step}.json`);

function readMarker(workshop: Workshop, step: Step['name']): Marker | undefined {
  try {
    const marker = JSON.parse(readFileSync(markerFile(workshop, step), 'utf8')) as Marker;
    return marker.recipe === workshop.recipe.digest ? marker : undefined;
  } catch {
    return undefined;
  }
}

function writeMarker(workshop: Workshop, step: Step['name'], result: string): void {
  const file = markerFile(workshop, step);
  writeFileSync(`${file}.new`, JSON.stringify({ recipe: workshop.recipe.digest, result } satisfies Marker));
  renameSync(`${file}.new`, file);
}

// A build that does not run cannot be mended by continuing it: only the download is worth keeping, and it is gone by then.
function discardBuild<T>(workshop: Workshop, failure: Result<T> & { ok: false }) {
  if (failure.failure.code !== 'interrupted') rmSync(workshop.folder, { recursive: true, force: true });
  return failure;
}

function moveIntoPlace(workshop: Workshop, destination: string): void {
  const old = `${destination}.damaged`;
  rmSync(old, { recursive: true, force: true });
  if (namesIn(destination).length > 0) renameSync(destination, old);
  renameSync(workshop.packages, destination);
  rmSync(old, { recursive: true, force: true });
  rmSync(workshop.folder, { recursive: true, force: true });
}
