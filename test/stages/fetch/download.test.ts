import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { download } from '../../../stages/fetch/download.ts';
import type { Download } from '../../../stages/fetch/download.ts';
import { randomStream } from '../../../stages/random.ts';
import { codeOf, messageOf } from '../stage-rig.ts';
import { startMoodyServer } from './moody-server.ts';
import type { Mood, MoodyServer } from './moody-server.ts';
import { untrusted } from './untrusted-certificate.ts';

interface Context {
  home: string;
  server: MoodyServer | undefined;
}

const test = suite<Context>('download', { home: '', server: undefined });
test.before.each(async (context) => {
  context.home = join(await mkdtemp(join(tmpdir(), 'giverny-download-')), 'kept');
});
test.after.each(async ({ home, server }) => {
  await server?.close();
  await rm(join(home, '..'), { recursive: true, force: true });
});

const bytes = (size: number, seed: number): Buffer => {
  const stream = randomStream(seed, 'bytes');
  return Buffer.from(Uint8Array.from({ length: size }, () => stream.integer(256)));
};
const digestOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');
/** Patience for as many breaks as a test makes, even if each brings nothing. */
const noWaits = [0, 0, 0, 0, 0, 0];

async function start(context: Context, mood: Mood): Promise<MoodyServer> {
  context.server = await startMoodyServer(mood);
  return context.server;
}

const request = ({ home, server }: Context, more: Partial<Download> = {}): Download => ({
  address: server!.address,
  checkedAfterwards: more.sha256 !== undefined,
  home,
  stop: new AbortController().signal,
  log: () => undefined,
  warn: () => undefined,
  progress: () => undefined,
  ...more,
});

test('connections that break anywhere: the file is whole, and the beginning is not asked for again', async (context) => {
  const content = bytes(200_000, 1);
  for (let seed = 0; seed < 25; seed++) {
    const cuts = randomStream(seed, 'cuts');
    let breaks = 1 + cuts.integer(5);
    const validator = [{ etag: '"v1"' }, { lastModified: 'Mon, 01 Jan 2024 00:00:00 GMT' }, {}][seed % 3]!;
    const sha256 = seed % 3 === 2 || cuts.integer(2) === 0 ? digestOf(content) : undefined;
    const server = await start(context, {
      content,
      ...validator,
      chunked: cuts.integer(4) === 0 && sha256 !== undefined,
      cutAfter: () => (breaks-- > 0 ? 1 + cuts.integer(150_000) : undefined),
    });
    const home = `${context.home}-${seed}`;
    const result = await download(request(context, { home, ...(sha256 !== undefined && { sha256, checkedAfterwards: true }) }), noWaits);
    assert.ok(result.ok, messageOf(result));
    if (result.ok) assert.ok((await readFile(result.value.file)).equals(content), `seed ${seed}`);
    assert.equal(await readdir(home), ['complete']);
    const starts = server.ranges.map((range) => Number(/\d+/.exec(range ?? '0')![0]));
    assert.equal(starts, [...starts].sort((one, other) => one - other), 'never asks again for what it has');
    await server.close();
    await rm(home, { recursive: true });
  }
});

test('stopped at random and started again (a new attempt each time): whole in the end', async (context) => {
  const content = bytes(400_000, 2);
  await start(context, { content, etag: '"v1"' });
  const moments = randomStream(4, 'stops');
  for (let attempt = 0; attempt < 30; attempt++) {
    const stop = new AbortController();
    const until = moments.integer(150_000);
    let arrived = 0;
    let before: number | undefined;
    const progress = (done: number) => {
      arrived = done;
      before ??= done;
      if (done - before > until) stop.abort();
    };
    const result = await download(request(context, { stop: stop.signal, progress }), noWaits).catch((error: Error) => error.name);
    if (typeof result !== 'string') {
      assert.ok(result.ok && (await readFile(result.value.file)).equals(content));
      return;
    }
    assert.is(result, 'AbortError');
    assert.ok(arrived > 0);
  }
  assert.unreachable('it never ended');
});

test('a file that changes on the server between two pieces is never joined with the old one', async (context) => {
  const [old, fresh] = [bytes(100_000, 5), bytes(100_000, 6)];
  const longer = bytes(130_000, 7);
  for (const [content, ignoresIfRange, strong] of [[fresh, false, true], [fresh, true, true], [longer, true, true], [longer, false, false]] as const) {
    const validators = (v: string) => (strong ? { etag: `"${v}"` } : { etag: `W/"${v}"`, lastModified: v });
    const server = await start(context, {
      content: old,
      ...validators('old'),
      ignoresIfRange,
      cutAfter: (answer) => (answer === 0 ? 60_000 : undefined),
      onRequest: (_, answer) => {
        if (answer === 1) Object.assign(server.mood, { content, ...validators('new') });
      },
    });
    const result = await download(request(context), noWaits);
    assert.ok(result.ok && (await readFile(result.value.file)).equals(content));
    await server.close();
    await rm(context.home, { recursive: true });
  }
});

test('where the server marks no versions, pieces are joined only if a sha256 can prove it', async (context) => {
  const [old, fresh] = [bytes(100_000, 8), bytes(100_000, 9)];
  const server = await start(context, { content: old, lingers: 100, cutAfter: (answer) => (answer % 2 === 0 && answer < 3 ? 60_000 : undefined) });
  const without = await download(request(context), noWaits);
  assert.ok(without.ok && (await readFile(without.value.file)).equals(old));
  assert.equal(server.ranges, [undefined, undefined]);
  await rm(context.home, { recursive: true });
  server.mood.onRequest = (_, answer) => {
    if (answer === 3) server.mood.content = fresh;
  };
  const joined = await download(request(context, { sha256: digestOf(fresh), checkedAfterwards: true }), noWaits);
  assert.ok(joined.ok && (await readFile(joined.value.file)).equals(fresh));
  assert.equal(server.ranges.slice(2), [undefined, 'bytes=60000-', undefined]);
});

test('a server that ignores Range, and one that has no more bytes to give', async (context) => {
  const content = bytes(50_000, 10);
  const server = await start(context, { content, etag: '"v"', ranges: false, cutAfter: (answer) => (answer === 0 ? 30_000 : undefined) });
  const result = await download(request(context), noWaits);
  assert.ok(result.ok && (await readFile(result.value.file)).equals(content));
  await rm(context.home, { recursive: true });
  server.mood.ranges = true;
  server.mood.chunked = true;
  server.mood.cutAfter = (answer) => (answer === 2 ? 50_000 - 1 : undefined);
  server.mood.onRequest = (_, answer) => {
    if (answer === 3) server.mood.content = content.subarray(0, 20_000);
  };
  const shrunk = await download(request(context), noWaits);
  assert.ok(shrunk.ok && (await readFile(shrunk.value.file)).equals(content.subarray(0, 20_000)), messageOf(shrunk));
});

test('a mirror goes on with what another server began, if there is a sha256', async (context) => {
  const content = bytes(80_000, 11);
  const sha256 = digestOf(content);
  const first = await start(context, { content, etag: '"a"', lingers: 100, cutAfter: () => 50_000, status: (answer) => (answer > 0 ? { code: 500 } : undefined) });
  const failed = await download(request(context, { sha256, checkedAfterwards: true }), noWaits);
  assert.is(codeOf(failed), 'fetch-unreachable');
  assert.match(messageOf(failed), /500/);
  await first.close();
  const mirror = await start(context, { content, etag: '"b"' });
  const result = await download(request(context, { sha256, checkedAfterwards: true }), noWaits);
  assert.ok(result.ok && (await readFile(result.value.file)).equals(content));
  assert.equal(mirror.ranges, ['bytes=50000-']);
});

test('a wrong sha256 is a failure with both digests, and nothing is kept', async (context) => {
  const content = bytes(1000, 12);
  await start(context, { content, etag: '"a"' });
  const wanted = digestOf(bytes(1000, 13));
  const result = await download(request(context, { sha256: wanted, checkedAfterwards: true }), noWaits);
  assert.is(codeOf(result), 'fetch-wrong-digest');
  assert.ok(messageOf(result).includes(wanted) && messageOf(result).includes(digestOf(content)));
  assert.equal(await readdir(context.home), []);
});

test('refusals end at once, passing troubles are tried again', async (context) => {
  const content = bytes(1000, 14);
  const server = await start(context, { content });
  for (const code of [400, 401, 403, 404, 410]) {
    server.mood.status = () => ({ code });
    const asked = server.ranges.length;
    const result = await download(request(context), noWaits);
    assert.is(codeOf(result), 'fetch-refused');
    assert.match(messageOf(result), new RegExp(`${server.address}.*${code}`));
    assert.is(server.ranges.length, asked + 1);
  }
  const already = server.ranges.length;
  const troubles = [429, 503, 500];
  server.mood.status = (answer) => {
    const code = troubles[answer - already];
    return code === undefined ? undefined : { code, headers: { 'retry-after': '0' } };
  };
  const warnings: string[] = [];
  const result = await download(request(context, { warn: (line) => void warnings.push(line) }), noWaits);
  assert.ok(result.ok, messageOf(result));
  assert.is(warnings.length, troubles.length, 'each is said where people see it');
  assert.match(warnings[2]!, /answered 500.*; trying again \(4 of 7\)/);
});

test('an unknown host, a closed port and a false certificate are each one sentence', async (context) => {
  await start(context, { content: bytes(10, 1) });
  const ask = (address: string) => download(request(context, { address }), [0]);
  const unknown = await ask('http://no-such-host.invalid/data.zip');
  assert.is(codeOf(unknown), 'fetch-unreachable');
  assert.match(messageOf(unknown), /no-such-host\.invalid.*(DNS|host)/);
  const { address } = context.server!;
  await context.server!.close();
  assert.match(messageOf(await ask(address)), /refused the connection/);
  const impostor = createServer(untrusted, (_, response) => response.end('data'));
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
  const untrustedResult = await ask(`https://127.0.0.1:${(impostor.address() as AddressInfo).port}/data.zip`);
  impostor.closeAllConnections();
  await new Promise((resolve) => impostor.close(resolve));
  assert.is(codeOf(untrustedResult), 'fetch-untrusted', messageOf(untrustedResult));
});

test('a connection over which nothing comes any more is given up, said, and made again; in the end it is an error', async (context) => {
  const content = bytes(100_000, 23);
  const server = await start(context, { content, etag: '"v"', cutAfter: (answer) => (answer === 0 ? 5000 : undefined), lingers: 60_000 });
  const warnings: string[] = [];
  const ask = () => download(request(context, { patience: 0.3, warn: (line) => void warnings.push(line) }), [0, 0]);
  const whole = await ask();
  assert.ok(whole.ok && (await readFile(whole.value.file)).equals(content), messageOf(whole));
  assert.equal(warnings, ['the connection stalled at 5.0 kB; trying again (1 of 3)']);
  assert.equal(server.ranges, [undefined, 'bytes=5000-']);
  await rm(context.home, { recursive: true });
  warnings.length = 0;
  server.mood.cutAfter = () => 0;
  const failed = await ask();
  assert.is(codeOf(failed), 'fetch-unreachable');
  assert.match(messageOf(failed), /could not be downloaded: .*(stalled at 0 B|did not answer in time)/);
  assert.is(warnings.length, 2);
});

test('what trying again cannot mend ends at once: a redirect in a circle or to nowhere, a port that is not for the web', async (context) => {
  let location = '/data.zip';
  const server = await start(context, { content: bytes(10, 1), status: () => ({ code: 302, headers: { location } }) });
  const warnings: string[] = [];
  const ask = (address: string) => download(request(context, { address, warn: (line) => void warnings.push(line) }), noWaits);
  const cases: [string, string, RegExp][] = [
    [server.address, '/data.zip', /redirects in a circle/],
    [server.address, 'ftp://example.org/x.zip', /not http or https/],
    [server.address, 'http://[', /no valid address/],
    ['http://127.0.0.1:6000/x.zip', '', /that port/],
    ['http://no-such-host.invalid/x.zip', '', /DNS/],
  ];
  for (const [address, leadsTo, why] of cases) {
    location = leadsTo;
    const result = await ask(address);
    assert.is(codeOf(result), 'fetch-unreachable');
    assert.match(messageOf(result), why);
  }
  assert.equal(warnings.filter((line) => !line.includes('no-such-host')), []);
});

test('redirects are followed; a user and password in the URL are sent', async (context) => {
  const content = bytes(1000, 15);
  let authorization: string | undefined;
  const server = await start(context, {
    content,
    status: (answer) => (answer === 0 ? { code: 302, headers: { location: '/elsewhere.zip' } } : undefined),
    onRequest: (asked) => (authorization = asked.headers.authorization),
  });
  const result = await download(request(context, { login: 'me:secret' }), noWaits);
  assert.ok(result.ok && (await readFile(result.value.file)).equals(content));
  assert.is(server.ranges.length, 2);
  assert.is(authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`);
});

test('a finished download is used again: by its digest without asking, else if the server says it is current', async (context) => {
  const [old, fresh] = [bytes(1000, 16), bytes(1000, 17)];
  const server = await start(context, { content: old, etag: '"old"' });
  const sha256 = digestOf(old);
  const get = async (more: Partial<Download> = {}) => {
    const result = await download(request(context, more), noWaits);
    return result.ok ? readFile(result.value.file) : assert.unreachable(messageOf(result));
  };
  await get();
  await get({ sha256, checkedAfterwards: true });
  assert.is(server.ranges.length, 1);
  assert.ok((await get())?.equals(old));
  assert.is(server.ranges.length, 2);
  Object.assign(server.mood, { content: fresh, etag: '"new"' });
  assert.ok((await get())?.equals(fresh));
});

test('a wrong sha256 over a connection that breaks each time ends, after one beginning again', async (context) => {
  const content = bytes(100_000, 19);
  const server = await start(context, { content, etag: '"v"', lingers: 50, cutAfter: (answer) => (answer % 2 === 0 ? 60_000 : undefined) });
  const result = await download(request(context, { sha256: digestOf(bytes(10, 20)), checkedAfterwards: true }), noWaits);
  assert.is(codeOf(result), 'fetch-wrong-digest');
  assert.equal(server.ranges, [undefined, 'bytes=60000-', undefined, 'bytes=60000-']);
  assert.equal(await readdir(context.home), []);
});

test('without a sha256, a finished download outlives a server that is gone, refuses or marks no versions', async (context) => {
  const [old, fresh] = [bytes(1000, 21), bytes(1000, 22)];
  const server = await start(context, { content: old });
  const warnings: string[] = [];
  const get = async () => {
    const result = await download(request(context, { warn: (line) => void warnings.push(line) }), [0]);
    return result.ok ? readFile(result.value.file) : assert.unreachable(messageOf(result));
  };
  await get();
  server.mood.status = () => ({ code: 404 });
  assert.ok((await get())?.equals(old));
  server.mood.status = () => undefined;
  server.mood.content = fresh;
  assert.ok((await get())?.equals(fresh), 'nothing says that it is the same, so it is asked for again');
  await server.close();
  assert.ok((await get())?.equals(fresh));
  assert.is(warnings.length, 3);
  assert.match(warnings[0]!, /404.*is used/);
  assert.match(warnings[1]!, /refused the connection; trying again \(2 of 2\)/);
  assert.match(warnings[2]!, /refused the connection.*is used/);
  const pinned = await download(request(context, { sha256: digestOf(old), checkedAfterwards: true }), [0]);
  assert.is(codeOf(pinned), 'fetch-unreachable', 'other data than the digest names never serves');
});

test('two downloads of one file at once do not disturb each other', async (context) => {
  const content = bytes(300_000, 18);
  await start(context, { content, etag: '"v"', cutAfter: (answer) => (answer < 4 ? 60_000 : undefined) });
  const results = await Promise.all(Array.from({ length: 4 }, () => download(request(context), noWaits)));
  for (const result of results) assert.ok(result.ok, messageOf(result));
  assert.ok((await readFile(join(context.home, 'complete', 'archive.zip'))).equals(content));
  assert.equal(await readdir(context.home), ['complete']);
});

test.run();
