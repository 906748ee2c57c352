// The pure parts of the pages, as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const app = new URL('../../main/resources/muster/ui/app/js/', import.meta.url);
const load = name => import(new URL(name, app));
const { ROUTES, match, queryOf } = await load('core/router.js');
const { applyDelta, eventSplitter } = await load('core/delta.js');
const { ago, byName, bytes, iso, number, span, textOf, tone, worst } = await load('core/format.js');
const { rank, score } = await load('core/search.js');
const { folded, jobChanges, lineDiff } = await load('core/lines.js');

const ADDRESSES = [
  ['/dev-general/services/hello-world-greeter/instances', 'service', { dc: 'dev-general', service: 'hello-world-greeter', tab: 'instances' }],
  ['/dc1/services', 'services', { dc: 'dc1' }],
  ['/dc1', 'services', { dc: 'dc1' }],
  ['/dc1/kv/app/config.yml', 'keys', { dc: 'dc1', key: 'app/config.yml' }],
  ['/dc1/kv/app/', 'keys', { dc: 'dc1', key: 'app/' }],
  ['/dc1/kv/a%2Fb%20c', 'keys', { dc: 'dc1', key: 'a/b c' }],
  ['/dc1/kv', 'keys', { dc: 'dc1' }],
  ['/dc1/acls/tokens', 'tokens', { dc: 'dc1' }],
  ['/dc1/nodes/n1/health-checks', 'node', { dc: 'dc1', node: 'n1', tab: 'health-checks' }],
  ['/jobs/hello-world/web', 'job', { job: 'hello-world', tab: 'group', group: 'web' }],
  ['/jobs/hello-world/versions', 'job', { job: 'hello-world', tab: 'versions' }],
  ['/jobs/batch%2Fnightly', 'job', { job: 'batch/nightly' }],
  ['/jobs/services', 'job', { job: 'services' }],
  ['/clients', 'clients', {}],
  ['/allocations/abc/fs/web/local/', 'allocation', { alloc: 'abc', tab: 'files', path: 'web/local/' }],
  ['/allocations/abc/web/exec', 'allocation', { alloc: 'abc', tab: 'exec', task: 'web' }],
  ['/http/services/hello-world-greeter@consulcatalog', 'balancer-service', { protocol: 'http', name: 'hello-world-greeter@consulcatalog' }],
  ['/routes', 'routes', {}],
  ['/manual/team/a', 'manual', { name: 'team/a' }],
  ['/', 'home', {}],
  ['/overview?x=1', 'overview', {}],
  ['/jobs/a/b/c/d', 'unknown', {}],
  ['/dc1/%E0%A4%A', 'unknown', {}],
];
for (const [path, page, params] of ADDRESSES) test(`the address ${path} leads to ${page}`, () => assert.deepEqual(match(path), { page, params }));

test('the module that the server asks for ahead is the one that draws the page', async () => {
  // Each address leads to its page by the router, and to its module by the words that the server looks at.
  const { readFile } = await import('node:fs/promises');
  const words = new Map((await readFile(new URL('../pages.txt', app), 'utf8')).trim().split('\n').map(line => line.split(' ').slice(0, 2)));
  const drawn = new Map([...(await readFile(new URL('pages.js', app), 'utf8')).matchAll(/'?([\w-]+)'?: \['([\w/.]+)'/g)].map(([, page, file]) => [page, `js/${file}`]));
  const found = [];
  for (const { segments, page } of ROUTES) {
    const at = words.has(segments[0]) || segments.length === 1 ? 0 : 1;
    const word = at === 0 && !words.has(segments[0]) ? 'services' : segments.length > at + 1 && words.has(`${segments[at]}/`) ? `${segments[at]}/` : segments[at];
    // An older link to the job editor: the list of jobs stands beside it.
    if (page !== 'home' && segments.join('/') !== 'jobs/run' && words.get(segments[0] === ':protocol' ? 'http' : word) !== drawn.get(page)) found.push(`${segments.join('/')}: ${words.get(word)} instead of ${drawn.get(page)}`);
  }
  assert.deepEqual(found, []);
});

for (const [name, list] of [['by their numbers', ['a-2', 'a-10', 'a-10b', 'b-1']], ['whatever the case', ['alpha', 'Beta', 'gamma']], ['shorter first', ['web', 'web-1', 'web-2']], ['by addresses', ['10.0.0.2:9', '10.0.0.2:80', '10.0.0.10:1']], ['equal numbers by what follows', ['1', '01', '1a']]]) {
  test(`names are ordered ${name}`, () => assert.deepEqual([...list].reverse().sort(byName), list));
}
for (const [value, text] of [[0, '0'], [999, '999'], [1000, '1,000'], [1234567, '1,234,567'], [undefined, '0']]) test(`${value} is written ${text}`, () => assert.equal(number(value), text));

test('what stands behind a question mark is read', () => assert.deepEqual(queryOf('/run?job=a%20b&new=yes'), { job: 'a b', new: 'yes' }));

test('a difference keeps the objects of what stayed', () => {
  const before = [{ id: 1 }, { id: 2 }, { id: 3 }];
  const after = applyDelta(before, [[0, 1], { v: { id: 9 } }, [2, 1]]);
  assert.deepEqual(after, [{ id: 1 }, { id: 9 }, { id: 3 }]);
  assert.equal(after[2], before[2]);
});
test('a difference of another list is refused', () => {
  assert.throws(() => applyDelta([1], [[0, 2]]), RangeError);
  assert.throws(() => applyDelta(undefined, [[0, 1]]), RangeError);
});
test('events are split wherever the network cuts them', () => {
  const whole = 'event: whole\ndata: {"w":0}\n\nevent: beat\ndata: {}\n\n';
  for (let cut = 0; cut <= whole.length; cut++) {
    const seen = [];
    const split = eventSplitter((name, data) => seen.push([name, data]));
    split(whole.slice(0, cut));
    split(whole.slice(cut));
    assert.deepEqual(seen, [['whole', '{"w":0}'], ['beat', '{}']]);
  }
});

const SPANS = [[0, '0 ms'], [999, '999 ms'], [1_000, '1 s'], [61_000, '1 min 1 s'], [600_000, '10 min'], [3_660_000, '1 h 1 min'], [90_000_000, '1 d 1 h'], [-5, '0 ms']];
for (const [ms, text] of SPANS) test(`${ms} ms are ${text}`, () => assert.equal(span(ms), text));
test('ages', () => { assert.equal(ago(0), ''); assert.equal(ago(10_000, 10_500), 'now'); assert.equal(ago(10_000, 70_000), '1 min ago'); });
test('sizes', () => { assert.equal(bytes(0), '0 B'); assert.equal(bytes(1536), '1.5 KiB'); assert.equal(bytes(20 * 1048576), '20 MiB'); });
test('values that are text are shown, others are not', () => {
  assert.equal(textOf(btoa('a\nb')), 'a\nb');
  assert.equal(textOf(Buffer.from('ü→').toString('base64')), 'ü→');
  assert.equal(textOf(btoa('\u0000\u0001')), null);
  assert.equal(textOf(btoa('\xff\xfe')), null);
  assert.equal(textOf(null), '');
});
test('a name inside a sentence does not turn it', () => assert.equal(`${iso('x')}`, '\u2068x\u2069'));
test('the worst check is the state', () => { assert.equal(worst([]), 'passing'); assert.equal(worst([{ Status: 'warning' }, { Status: 'critical' }]), 'critical'); });
test('words of all parts have a tone', () => { assert.equal(tone('Running'), 'ok'); assert.equal(tone('failed'), 'bad'); assert.equal(tone('draining'), 'warn'); assert.equal(tone(undefined), 'idle'); });

test('an exact name comes before its beginnings, those before other finds', () => {
  const names = ['web-api', 'api', 'api-v2', 'a-p-i', 'other'].map(name => ({ name, kind: 'service' }));
  assert.deepEqual(rank(names, 'api').map(item => item.name), ['api', 'api-v2', 'web-api', 'a-p-i']);
});
test('marks in what was typed are letters, not patterns', () => { assert.equal(score('abc', '.*'), 0); assert.ok(score('a.*b', '.*') > 0); });

test('differences of texts by lines', () => {
  const rows = lineDiff('a\nb\nc', 'a\nx\nc\nd');
  assert.deepEqual(rows.map(row => `${row.kind} ${row.text}`), ['same a', 'cut b', 'add x', 'same c', 'add d']);
  assert.deepEqual(lineDiff('', 'a').map(row => row.kind), ['add']);
  assert.deepEqual(lineDiff('a', '').map(row => row.kind), ['cut']);
});
test('a difference made of its rows is both texts again', () => {
  let seed = 7;
  const random = below => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
  for (let round = 0; round < 300; round++) {
    const text = () => Array.from({ length: 1 + random(12) }, () => 'abc'[random(3)]).join('\n');
    const [before, after] = [text(), text()];
    const rows = lineDiff(before, after);
    assert.equal(rows.filter(row => row.kind !== 'add').map(row => row.text).join('\n'), before);
    assert.equal(rows.filter(row => row.kind !== 'cut').map(row => row.text).join('\n'), after);
  }
});
test('texts too long to compare are shown as replaced', () => {
  const long = letter => Array.from({ length: 5_000 }, (_, i) => `${letter}${i}`).join('\n');
  assert.equal(lineDiff(long('a'), long('b')).length, 10_000);
});
test('unchanged runs are folded', () => {
  const lines = Array.from({ length: 40 }, (_, i) => String(i));
  const rows = folded(lineDiff(lines.join('\n'), lines.with(20, 'x').join('\n')));
  assert.deepEqual(rows.filter(row => row.kind === 'fold').map(row => row.count), [17, 16]);
});
test('changes of a job are flat rows', () => {
  const rows = jobChanges({ Fields: [{ Type: 'Edited', Name: 'Priority', Old: '50', New: '60' }], TaskGroups: [{ Type: 'Edited', Name: 'web', Updates: { create: 2 }, Fields: [{ Type: 'None', Name: 'Same' }], Tasks: [{ Type: 'Added', Name: 'new', Fields: [{ Type: 'Added', Name: 'Driver', New: 'raw_exec' }] }] }] });
  assert.deepEqual(rows.map(row => `${row.kind} ${row.depth} ${row.text}`), ['edited 0 Priority: "50" → "60"', 'edited 0 group web  (2 create)', 'added 1 task new', 'added 2 Driver: "raw_exec"']);
});
