import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readImageSet } from '../../../stages/image-set/input.ts';
import { fetchStage } from '../../../stages/fetch/definition.ts';
import { encodePng } from '../../../stages/image/pixels.ts';
import { resizeStage } from '../../../stages/resize/definition.ts';
import { randomStream } from '../../../stages/random.ts';
import { codeOf, contentOf, createRig, filesBelow, inputFrom, messageOf, placesIn, prepared } from '../stage-rig.ts';
import type { Rig } from '../stage-rig.ts';
import { startMoodyServer } from './moody-server.ts';
import { zipOf } from './zip-bytes.ts';
import type { ZipMember } from './zip-bytes.ts';

const test = suite<{ rig: Rig }>('fetch');
test.before.each(async (context) => {
  context.rig = await createRig();
});
test.after.each(({ rig }) => rig.remove());

const standard = { train: { A: 'trainA', B: 'trainB' }, test: { A: 'testA', B: 'testB' } };
const params = (url: string, more: object = {}) => ({ url, splits: standard, paired: [], ...more });
const bytesOf = (text: string) => Buffer.from(text);
const digestOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** fetch does not look into images, so any bytes will do. */
const member = (path: string, more: Partial<ZipMember> = {}): ZipMember => ({ path, content: bytesOf(`content of ${path}`), ...more });
const plainMembers = ['trainA/1.jpg', 'trainA/2.JPEG', 'trainB/ü 1.png', 'testA/a.b.webp', 'testB/x.tiff'].map((path) => member(path));
const below = (top: string, members: readonly ZipMember[]) => members.map((one) => ({ ...one, path: `${top}/${one.path}` }));

async function fetchZip(rig: Rig, members: readonly ZipMember[] | Buffer, more: object = {}) {
  const file = join(rig.folder, 'data.zip');
  await writeFile(file, Buffer.isBuffer(members) ? members : zipOf(members));
  return rig.run(fetchStage, params(file, more));
}

const expectedFiles = ['image-set.json', 'test/A/a.b.webp', 'test/B/x.tiff', 'train/A/1.jpg', 'train/A/2.JPEG', 'train/B/ü 1.png'];

test('with or without a top folder, stored or deflated, litter or none: the same set, files as they came', async ({ rig }) => {
  const litter = ['__MACOSX/trainA/._1.jpg', 'trainA/.DS_Store', 'trainB/Thumbs.db', 'trainA/._2.jpg', 'other/9.jpg'].map((path) => member(path));
  const zips: (readonly ZipMember[])[] = [
    plainMembers,
    below('monet2photo', plainMembers),
    [...plainMembers, ...litter],
    below('top', [...plainMembers, ...litter, { path: 'trainA/' }, { path: 'empty/' }]),
    plainMembers.map((one) => ({ ...one, deflate: true })),
    plainMembers.map((one) => ({ ...one, path: `./${one.path}` })),
  ];
  for (const zip of zips) {
    const { result, out, warnings } = await fetchZip(rig, zip);
    assert.is(codeOf(result), 'ok', messageOf(result));
    assert.equal(warnings, []);
    assert.equal(await filesBelow(out), expectedFiles);
    const text = await readFile(join(out, 'train/B/ü 1.png'), 'utf8');
    assert.match(text, /^content of .*trainB\/ü 1\.png$/);
    const set = await readImageSet(await inputFrom(out));
    assert.ok(set.ok && set.value.parts.length === 4 && !set.value.description.splits.test?.paired);
  }
});

test('splits: swapped, nested, one folder twice, one split alone, paired', async ({ rig }) => {
  const swapped = await fetchZip(rig, plainMembers, { splits: { train: standard.test, test: standard.train } });
  assert.ok((await filesBelow(swapped.out)).includes('train/A/a.b.webp'));
  const nested = await fetchZip(rig, [member('deep/monet/1.jpg'), member('deep/photo/1.jpg')], { splits: { train: { A: 'deep/monet/', B: './deep/photo' } }, paired: ['train'] });
  assert.is(codeOf(nested.result), 'ok', messageOf(nested.result));
  assert.equal(await filesBelow(nested.out), ['image-set.json', 'train/A/1.jpg', 'train/B/1.jpg']);
  assert.equal(JSON.parse(await readFile(join(nested.out, 'image-set.json'), 'utf8')).splits, { train: { paired: true, from: { A: 'deep/monet', B: 'deep/photo' } } });
  const twice = await fetchZip(rig, plainMembers, { splits: { train: standard.train, test: standard.train } });
  const content = await contentOf(twice.out);
  assert.is(content['train/A/1.jpg'], content['test/A/1.jpg']);
});

test('a local folder gives the same set as its zip; links of the user are followed', async ({ rig }) => {
  const folder = join(rig.folder, 'mine');
  for (const { path, content } of below('top', plainMembers)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content!);
  }
  await writeFile(join(rig.folder, 'elsewhere.jpg'), 'linked');
  await symlink(join(rig.folder, 'elsewhere.jpg'), join(folder, 'top/trainA/3.jpg'));
  await symlink(join(rig.folder, 'nothing'), join(folder, 'top/trainA/4.jpg'));
  const local = await rig.run(fetchStage, params(folder));
  assert.is(codeOf(local.result), 'ok', messageOf(local.result));
  const zip = await fetchZip(rig, [...below('top', plainMembers), { path: 'top/trainA/3.jpg', content: bytesOf('linked') }]);
  assert.equal(await contentOf(local.out), await contentOf(zip.out));
});

test('files that are no images, or lie deeper, are left out with one warning that names them', async ({ rig }) => {
  const { result, warnings } = await fetchZip(rig, [...plainMembers, member('trainA/readme.txt'), member('trainB/deep/2.jpg')]);
  assert.is(codeOf(result), 'ok');
  assert.is(warnings.length, 1);
  assert.match(warnings[0]!, /left out 2 files.*trainA\/readme\.txt, trainB\/deep\/2\.jpg/);
});

test('a zip that leads out of its folder, links, or is locked is refused before anything is written', async ({ rig }) => {
  const evil: Record<string, ZipMember> = {
    parent: member('trainA/../../../outside.jpg'),
    absolute: member('/etc/cron.d/evil.jpg'),
    drive: member('C:/evil.jpg'),
    backslash: { ...member(''), rawPath: bytesOf('trainA\\..\\..\\outside.jpg') },
    link: { path: 'trainA/link.jpg', content: bytesOf('/etc/passwd'), mode: 0o120777 },
    encrypted: member('trainA/secret.jpg', { encrypted: true }),
  };
  for (const [kind, one] of Object.entries(evil)) {
    const { result, out } = await fetchZip(rig, [...plainMembers, one]);
    assert.is(codeOf(result), 'fetch-unsafe-archive', `${kind}: ${messageOf(result)}`);
    assert.equal(await filesBelow(out), []);
    assert.equal((await readdir(join(rig.folder))).filter((name) => name.includes('outside')), []);
  }
});

test('a zip cut anywhere, a damaged one and what is no zip: each one failure', async ({ rig }) => {
  const whole = zipOf(plainMembers);
  const places = randomStream(1, 'cut');
  for (let i = 0; i < 30; i++) {
    const { result } = await fetchZip(rig, whole.subarray(0, 4 + places.integer(whole.length - 4)));
    assert.is(codeOf(result), 'fetch-not-a-zip');
    assert.match(messageOf(result), /data\.zip is cut short or damaged/);
  }
  for (const members of [[...plainMembers, member('testB/y.jpg', { wrongSum: true })], [...plainMembers, member('testB/y.jpg', { wrongSum: true, deflate: true })]]) {
    assert.match(messageOf((await fetchZip(rig, members)).result), /checksum of testB\/y\.jpg is wrong/);
  }
  for (let i = 0; i < 40; i++) {
    const flipped = Buffer.from(whole);
    flipped[places.integer(whole.length)]! ^= 1 << places.integer(8);
    const { result, out } = await fetchZip(rig, flipped);
    // Bits of dates, modes and names of no meaning may be flipped unseen; content may not.
    if (result.ok) for (const path of await filesBelow(out)) if (path !== 'image-set.json') assert.match(await readFile(join(out, path), 'utf8'), /^content of /);
  }
  assert.match(messageOf((await fetchZip(rig, bytesOf('<!DOCTYPE html><p>Log in'))).result), /is a web page, not a zip/);
  assert.match(messageOf((await fetchZip(rig, bytesOf('Rar!'))).result), /is not a zip/);
  assert.is(codeOf((await fetchZip(rig, Buffer.alloc(0))).result), 'fetch-not-a-zip');
});

test('missing folders, empty ones and names that clash are named', async ({ rig }) => {
  const missing = await fetchZip(rig, below('set', [member('monet/1.jpg'), member('photo/1.jpg')]));
  assert.is(codeOf(missing.result), 'fetch-folder-missing');
  assert.match(messageOf(missing.result), /it has set, set\/monet, set\/photo .*trainA, trainB, testA, testB/);
  await mkdir(join(rig.folder, 'own/cats'), { recursive: true });
  assert.match(messageOf((await rig.run(fetchStage, params(join(rig.folder, 'own')))).result), /it has cats /);
  const empty = await fetchZip(rig, [...plainMembers.filter(({ path }) => !path.startsWith('testB')), member('testB/notes.txt')]);
  assert.is(codeOf(empty.result), 'domain-empty');
  assert.match(messageOf(empty.result), /testB \(test\/B\) holds no image/);
  const emptyFolder = await fetchZip(rig, [...plainMembers.filter(({ path }) => !path.startsWith('testB')), { path: 'testB/' }]);
  assert.is(codeOf(emptyFolder.result), 'domain-empty');
  for (const other of ['trainA/1.jpg', 'trainA/1.JPG']) {
    const clash = await fetchZip(rig, [...plainMembers, member(other)]);
    assert.is(codeOf(clash.result), 'image-names-clash');
    assert.match(messageOf(clash.result), /trainA\/1\.jpg/);
  }
});

test('paired splits that cannot be pairs are refused, before anything is written', async ({ rig }) => {
  const paired = async (a: readonly string[], b: readonly string[]) => {
    const members = [...a.map((name) => member(`trainA/${name}`)), ...b.map((name) => member(`trainB/${name}`))];
    const { result, out } = await fetchZip(rig, members, { splits: { train: standard.train }, paired: ['train', 'test'] });
    if (!result.ok) assert.equal(await filesBelow(out), []);
    return [codeOf(result), messageOf(result)] as const;
  };
  assert.is((await paired(['1.jpg', '2.jpg'], ['1.png', '2.png']))[0], 'ok');
  assert.is((await paired(['monet 1.jpg', 'monet 2.jpg'], ['photo 7.jpg', 'photo 8.jpg']))[0], 'ok', 'then the order counts');
  const cases: [string[], string[], RegExp][] = [
    [['1.jpg', '2.jpg'], ['1.jpg'], /A has 2 images and train\/B has 1/],
    [['1.jpg', '2.jpg', '3.jpg'], ['1.jpg', '3.jpg', '4.jpg'], /image 2 of train\/A is 2 and that of train\/B is 3/],
    [['x.jpg', 'x.k.jpg'], ['x.png', 'x.k.png'], /image 1/],
  ];
  for (const [a, b, why] of cases) {
    const [code, message] = await paired(a, b);
    assert.is(code, 'fetch-not-paired');
    assert.match(message, why);
  }
});

test('a local zip is checked against its sha256', async ({ rig }) => {
  const zip = zipOf(plainMembers);
  assert.is(codeOf((await fetchZip(rig, zip, { sha256: digestOf(zip).toUpperCase() })).result), 'ok');
  const { result } = await fetchZip(rig, zip, { sha256: '0'.repeat(64) });
  assert.is(codeOf(result), 'fetch-wrong-digest');
  assert.ok(messageOf(result).includes(digestOf(zip)));
  assert.is(codeOf((await rig.run(fetchStage, params(join(rig.folder, 'gone.zip')))).result), 'outside-input-missing');
});

test('from a URL: attempts share what has arrived, and other splits need no second download', async ({ rig }) => {
  const content = zipOf([...plainMembers, member('trainA/big.jpg', { content: Buffer.alloc(300_000, 7) })]);
  const server = await startMoodyServer({ content, etag: '"v"' });
  const checkpoints = join(rig.folder, 'checkpoints');
  try {
    const stop = new AbortController();
    const first = await rig.run(fetchStage, params(server.address), { checkpoints, stop: stop.signal, onProgress: () => stop.abort() });
    assert.is(codeOf(first.result), 'interrupted');
    const second = await rig.run(fetchStage, params(server.address), { checkpoints });
    assert.is(codeOf(second.result), 'ok', messageOf(second.result));
    assert.ok(second.progress.some(({ unit }) => unit === 'bytes') && second.progress.some(({ unit }) => unit === 'images'));
    assert.ok(second.lines.some((line) => line.includes(digestOf(content))));
    const asked = server.ranges.length;
    const pinned = { sha256: digestOf(content), splits: { train: standard.train } };
    const other = await rig.run(fetchStage, params(server.address, pinned), { checkpoints, offline: true });
    assert.is(codeOf(other.result), 'ok', messageOf(other.result));
    assert.is(server.ranges.length, asked);
    const offline = await rig.run(fetchStage, params(server.address), { checkpoints: `${checkpoints}-none`, offline: true });
    assert.is(codeOf(offline.result), 'offline');
  } finally {
    await server.close();
  }
});

test('from a URL: a page instead of a zip is no finished download', async ({ rig }) => {
  const server = await startMoodyServer({ content: bytesOf('<html>'), etag: '"v"' });
  const checkpoints = join(rig.folder, 'checkpoints');
  try {
    const page = await rig.run(fetchStage, params(server.address), { checkpoints });
    assert.is(codeOf(page.result), 'fetch-not-a-zip');
    assert.ok(messageOf(page.result).includes(server.address));
    assert.equal(await readdir(checkpoints), []);
    server.mood.content = zipOf(plainMembers);
    assert.is(codeOf((await rig.run(fetchStage, params(server.address), { checkpoints })).result), 'ok');
  } finally {
    await server.close();
  }
});

test('from a URL: a zip of which an entry fails its checksum is no finished download', async ({ rig }) => {
  const server = await startMoodyServer({ content: zipOf([...plainMembers, member('testB/y.jpg', { wrongSum: true })]), etag: '"v"' });
  const checkpoints = join(rig.folder, 'checkpoints');
  try {
    assert.is(codeOf((await rig.run(fetchStage, params(server.address), { checkpoints })).result), 'fetch-not-a-zip');
    assert.equal(await readdir(checkpoints), []);
    server.mood.content = zipOf(plainMembers);
    assert.is(codeOf((await rig.run(fetchStage, params(server.address), { checkpoints })).result), 'ok');
  } finally {
    await server.close();
  }
});

test('a folder that is missing is named; two data sets in one zip are both named', async ({ rig }) => {
  const lacking = plainMembers.filter(({ path }) => !path.startsWith('testB'));
  assert.match(messageOf((await fetchZip(rig, lacking)).result), /there is no testB in .*data\.zip: it has testA, trainA, trainB/);
  assert.match(messageOf((await fetchZip(rig, below('top', lacking))).result), /there is no top\/testB in /);
  const two = await fetchZip(rig, [...below('one', plainMembers), ...below('two', plainMembers)]);
  assert.is(codeOf(two.result), 'fetch-folders-ambiguous');
  assert.match(messageOf(two.result), /2 data sets: one, two .*A: one\/trainA/);
  assert.is(codeOf((await fetchZip(rig, [...plainMembers, ...below('two', plainMembers)])).result), 'ok', 'the top goes first');
});

test('an image that cannot be read is called by its place in the data; what is made of images forgets that place', async ({ rig }) => {
  const { out } = await fetchZip(rig, below('top', plainMembers), { splits: { train: { A: 'trainA', B: './trainB/' } } });
  const { result } = await rig.run(resizeStage, { size: 4 }, { inputs: [await inputFrom(out)] });
  assert.is(codeOf(result), 'image-unreadable');
  assert.match(messageOf(result), /^trainA\/1\.jpg \(train\/A\) cannot be read/);
  const image = await encodePng({ data: new Uint8Array(12), height: 2, width: 2 });
  const described = async (folder: string) => {
    const fetched = await fetchZip(rig, [member(`${folder}/1.png`, { content: image }), member('b/1.png', { content: image })], { splits: { train: { A: folder, B: 'b' } } });
    const made = await rig.run(resizeStage, { size: 4 }, { inputs: [await inputFrom(fetched.out)] });
    return contentOf(made.out);
  };
  assert.equal(await described('monet'), await described('paintings'));
});

test('the key: content where there is a sha256, else the URL, else the files', () => {
  const sha256 = 'a'.repeat(64);
  const key = (url: string, more: object = {}) => prepared(fetchStage, params(url, more));
  const remote = key('http://one.org/x.zip', { sha256 });
  assert.equal(key('https://two.org/y.zip', { sha256: sha256.toUpperCase() }).keyed, remote.keyed);
  assert.equal(key('/local/x.zip', { sha256 }).keyed, remote.keyed);
  assert.equal([remote.network, remote.trajectory, remote.outside ?? []], [true, { sha256 }, []]);
  assert.not.equal(key('http://one.org/x.zip').keyed, key('http://two.org/x.zip').keyed);
  assert.equal(key('http://me:pw@one.org/x.zip').keyed, key('http://one.org/x.zip').keyed);
  assert.not.equal(key('http://one.org/x.zip', { splits: { train: standard.train } }).keyed, key('http://one.org/x.zip').keyed);
  const local = key('/local/x.zip');
  assert.equal(local.outside?.map(({ name, path }) => [name, path]), [['url', '/local/x.zip']]);
  assert.not.match(JSON.stringify(local.keyed), /local/);
  assert.is(local.network ?? false, false);
});

test('of a folder only what splits names is read into the key', async ({ rig }) => {
  for (const name of ['trainA', 'trainB', 'testA', 'testB', 'holiday videos']) await mkdir(join(rig.folder, 'mine', name), { recursive: true });
  const { outside, params: made } = prepared(fetchStage, params('mine'), rig.folder);
  assert.equal(outside?.map(({ name, path }) => [name, path]), ['trainA', 'trainB', 'testA', 'testB'].map((name) => [name, join(rig.folder, 'mine', name)]));
  assert.is(made.url, join(rig.folder, 'mine'));
  assert.equal(prepared(fetchStage, made, '/elsewhere').outside, outside);
  await mkdir(join(rig.folder, 'above'));
  await rename(join(rig.folder, 'mine'), join(rig.folder, 'above', 'mine'));
  assert.is(prepared(fetchStage, params('above'), rig.folder).outside?.[0]?.path, join(rig.folder, 'above/mine/trainA'));
});

test('what cannot be meant is refused before anything runs', async ({ rig }) => {
  const sha256 = 'b'.repeat(64);
  const wrong = [params('ftp://one.org/x.zip'), params('http://'), params(rig.folder, { sha256 }), params('x.zip', { splits: { train: { A: '../a', B: 'b' } } }), params('x.zip', { splits: { train: { A: './', B: 'b' } } })];
  for (const given of [...wrong, params('http://u%zz@one.org/x.zip'), params('file://host/x'), params('file:///a%2Fb')]) assert.is(codeOf(fetchStage.prepare(given, placesIn('/'))), 'config-invalid-value', JSON.stringify(given));
});

test('a path that cannot be read is one failure, before and while it runs', async ({ rig }) => {
  await writeFile(join(rig.folder, 'z.zip'), zipOf(plainMembers));
  await symlink('loop', join(rig.folder, 'loop'));
  for (const [name, why] of [['z.zip/inner', /does not exist/], ['loop', /leads to itself/]] as const) {
    const given = params(join(rig.folder, name));
    assert.is(codeOf(fetchStage.prepare(given, placesIn('/'))), 'ok', 'the runner looks at what lies outside');
    const { result } = await rig.run(fetchStage, given);
    assert.is(codeOf(result), 'outside-input-missing');
    assert.match(messageOf(result), why);
  }
});

test('a link to itself beside the images is passed over', async ({ rig }) => {
  const mine = join(rig.folder, 'mine');
  for (const name of ['trainA', 'trainB']) {
    await mkdir(join(mine, name), { recursive: true });
    await writeFile(join(mine, name, '1.png'), bytesOf('an image'));
  }
  await symlink('loop', join(mine, 'loop'));
  await symlink('loop.png', join(mine, 'trainA', 'loop.png'));
  const { result, out } = await rig.run(fetchStage, params(mine, { splits: { train: standard.train } }));
  assert.is(codeOf(result), 'ok', messageOf(result));
  assert.equal(await filesBelow(out), ['image-set.json', 'train/A/1.png', 'train/B/1.png']);
});

test.run();
