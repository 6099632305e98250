/** `giverny translate RUN IMAGE|FOLDER…`: the stage `translate` on a run's networks, its pictures into a folder of the user's. */
import type { EngineSelectionHelp } from '../catalog.ts';
import { shortPath } from '../config/tree/source.ts';
import { ok, type Result } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { EngineSelection } from '../stage.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { folderFor, onRun, runStageOnRun, type OnRun, type StageOnRun } from './stage-on-run.ts';
import { trainedNetworks } from './trained-networks.ts';
import { readTranslateArguments, type TranslateArguments } from './translate-arguments.ts';
import { namedImages } from './translate-files.ts';

export async function translateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const asked = readTranslateArguments(args);
  if (!asked.ok) return printFailure(asked.failure, io);
  const stage = await translation(asked.value, io);
  if (!stage.ok) return printFailure(stage.failure, io);
  const written = await onRun(io, async (around) => {
    const engine = await selectEngine(asked.value, around);
    return engine.ok ? runStageOnRun({ ...stage.value, engine: engine.value }, around) : engine;
  });
  if (!written.ok) return printFailure(written.failure, io);
  const { length } = written.value;
  io.stderr(`${length} ${length === 1 ? 'image' : 'images'} translated to ${asked.value.params.to}\n`);
  io.stdout(`${shortPath(length === 1 ? written.value[0]! : stage.value.into, io.cwd)}\n`);
  return 0;
}

async function translation(asked: TranslateArguments, io: CommandIo): Promise<Result<StageOnRun>> {
  const found = await findRun(asked.run, io.root, io.cwd);
  if (!found.ok) return found;
  const networks = trainedNetworks(found.value, asked.stage);
  if (!networks.ok) return networks;
  const into = folderFor(asked.into, io.cwd);
  if (!into.ok) return into;
  const images = namedImages({ ...asked, into: into.value, cwd: io.cwd });
  if (!images.ok) return images;
  return ok({
    uses: 'translate', into: into.value, networks: networks.value, offline: asked.offline,
    params: { ...asked.params, images: images.value.map(({ path }) => path) },
    outside: images.value.map(({ files }, index) => ({ name: `images.${index}`, digest: '', ...(files && { files: files.map((path) => ({ path, digest: '' })) }) })),
  });
}

function selectEngine({ backend, offline }: TranslateArguments, { io, reporter, signals }: OnRun): Promise<Result<EngineSelection>> {
  const help: EngineSelectionHelp = {
    provision: true, offline, stop: signals.stop,
    progress: (label, progress) => reporter.report({ event: 'preparing', label, progress }),
    say: (line) => reporter.report({ event: 'message', line }),
  };
  return io.catalog.selectEngine({ backend }, help);
}
