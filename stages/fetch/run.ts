import { join } from 'node:path';
import { failed, interrupted, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { openArchive } from './archive.ts';
import { download, sha256Of, wrongDigest } from './download.ts';
import { openFolder } from './local-folder.ts';
import { discard, finishedDownload } from './partial-download.ts';
import type { FetchParams } from './schema.ts';
import { sourceOf } from './source.ts';
import type { Source } from './source.ts';
import { unpack } from './unpack.ts';
import type { ReadableData } from './unpack.ts';

export const implementation: StageImplementation<FetchParams> = {
  run: fetchData,
};

async function fetchData(context: StageContext<FetchParams>): Promise<Result<void>> {
  const data = await openData(context);
  if (!data.ok) return data;
  try {
    return await unpack(context, data.value);
  } finally {
    await data.value.close();
  }
}

async function openData(context: StageContext<FetchParams>): Promise<Result<ReadableData>> {
  const { url, splits } = context.params;
  const source = sourceOf(url);
  if (!source) throw new Error(`${url} was not checked before the stage ran`);
  switch (source.kind) {
    case 'remote':
      return openRemote(context, source);
    case 'folder':
      return openFolder(splits, source.path);
    case 'unreadable':
      return failed('outside-input-missing', `${source.path} ${source.why}`, { expected: 'a zip or a folder' });
    case 'zip':
      return openLocal(context.params, source.path);
  }
}

async function openLocal({ splits, sha256 }: FetchParams, path: string): Promise<Result<ReadableData>> {
  const digest = sha256 === undefined ? undefined : await sha256Of(path);
  if (sha256 !== undefined && digest !== undefined && digest !== sha256) return wrongDigest(path, sha256, digest);
  return openArchive(splits, path, path);
}

async function openRemote(context: StageContext<FetchParams>, source: Source & { kind: 'remote' }): Promise<Result<ReadableData>> {
  const file = await downloaded(context, source);
  if (!file.ok) return file;
  const data = await openArchive(context.params.splits, file.value.file, source.address);
  // Without a sha256 a broken file must not be taken for a finished download the next time.
  const orDiscarded = async <T>(result: Result<T>): Promise<Result<T>> => {
    if (!result.ok && result.failure.code === 'fetch-not-a-zip') await discard(file.value.folder);
    return result;
  };
  if (!data.ok) return orDiscarded(data);
  const { copy } = data.value;
  return ok({ ...data.value, copy: async (image, target) => orDiscarded(await copy(image, target)) });
}

async function downloaded(context: StageContext<FetchParams>, source: Source & { kind: 'remote' }) {
  const { sha256 } = context.params;
  const home = context.checkpoints ?? join(context.scratch, 'download');
  if (context.offline) return offlineDownload(home, source.address, sha256);
  try {
    return await download({
      address: source.address,
      ...(source.login !== undefined && { login: source.login }),
      ...(sha256 !== undefined && { sha256 }),
      checkedAfterwards: sha256 !== undefined,
      home,
      stop: context.stop,
      log: context.log,
      warn: context.warn,
      progress: (done, total) => context.progress({ done, ...(total !== undefined && { total }), unit: 'bytes', phase: 'download' }),
    });
  } catch (error) {
    if (context.stop.aborted) return interrupted();
    throw error;
  }
}

/** With --offline, a finished download serves if its content is the one that is asked for. */
async function offlineDownload(home: string, address: string, sha256: string | undefined) {
  const earlier = await finishedDownload(home);
  if (earlier && sha256 !== undefined && (await sha256Of(earlier.file)) === sha256) return ok(earlier);
  return failed('offline', `${address} has to be downloaded, and --offline was given`, {
    hint: 'run it once without --offline, or give the path of a local zip or folder as url',
  });
}
