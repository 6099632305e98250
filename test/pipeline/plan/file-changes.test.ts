import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestText, type ListedFile } from '../../../pipeline/plan/digest.ts';
import { fileChanges, sayFileChanges } from '../../../pipeline/plan/file-changes.ts';
import { randomStream } from '../../../stages/random.ts';

const files = (contents: Readonly<Record<string, string>>): readonly ListedFile[] =>
  Object.entries(contents).map(([path, content]) => ({ path, digest: digestText(content), bytes: content.length }));

const said = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string => sayFileChanges(fileChanges(files(before), files(after)), 'from resize');

test('each kind of change has its word; several are counted; images are called images, and others beside them are not hidden', () => {
  const base = { 'a.jpg': '1', 'b.PNG': '2', 'c.webp': '3', 'd.jpeg': '4' };
  assert.is(said(base, { ...base, 'a.jpg': '9' }), '1 of 4 images changed (from resize): a.jpg');
  assert.is(said(base, { ...base, 'e.jpg': '5' }), '1 of 5 images added (from resize): e.jpg');
  assert.is(said({ ...base, 'e.jpg': '5' }, base), '1 of 5 images removed (from resize): e.jpg');
  assert.is(said(base, { 'a.jpg': '9', 'b.PNG': '2', 'c.webp': '3', 'e.jpg': '5' }), '3 of 5 images differ (from resize: 1 changed, 1 added, 1 removed): a.jpg, e.jpg, d.jpeg');
  assert.is(said(base, { 'a.jpg': '2', 'b.PNG': '1', 'c.webp': '4', 'd.jpeg': '3' }), '4 of 4 images changed (from resize): a.jpg, b.PNG, c.webp, …');
  assert.is(said({ ...base, 'set.json': 'x' }, { ...base, 'e.jpg': '5', 'set.json': 'y' }), '1 of 5 images added (from resize): e.jpg, and 1 other file: set.json');
  assert.is(said({ ...base, 'set.json': 'x' }, { ...base, 'set.json': 'y' }), '1 of 5 files changed (from resize): set.json');
  assert.is(said({ 'script.py': 'x' }, { 'script.py': 'y' }), '1 of 1 file changed (from resize): script.py');
});

test('on random listings: every path is in the list that its two contents say, and in no other', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const random = randomStream(seed, 'listings');
    const names = ['__proto__', 'constructor', ...Array.from({ length: 30 }, (_, index) => `${index}.png`)];
    const side = () => new Map(names.filter(() => random.integer(3) > 0).map((name) => [name, String(random.integer(2))]));
    const [before, after] = [side(), side()];
    const listed = (contents: ReadonlyMap<string, string>) => [...contents].map(([path, content]) => ({ path, digest: digestText(content), bytes: 1 }));
    const which = (isMeant: (name: string) => boolean) => names.filter(isMeant).sort();
    const changes = fileChanges(listed(before), listed(after));
    assert.equal(changes.added, which((name) => !before.has(name) && after.has(name)));
    assert.equal(changes.removed, which((name) => before.has(name) && !after.has(name)));
    assert.equal(changes.changed, which((name) => before.has(name) && after.has(name) && before.get(name) !== after.get(name)));
    assert.is(changes.files, which((name) => before.has(name) || after.has(name)).length);
    assert.is(changes.images, which((name) => name.endsWith('.png') && (before.has(name) || after.has(name))).length);
  }
});

test.run();
