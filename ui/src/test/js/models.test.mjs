// What the answers of the parts mean, and the picture of the traffic's way.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const app = new URL('../../main/resources/muster/ui/app/js/', import.meta.url);
const load = name => import(new URL(name, app));
const { layout, reach } = await load('overview/layout.js');
const registry = await load('registry/model.js');
const scheduler = await load('scheduler/model.js');

test('instances come with their own checks and those of their node', () => {
  const [one, two] = registry.instancesOf([{ Node: 'n', Address: '10.0.0.1', Services: [{ ID: 'a', Service: 's', Port: 1, Address: '' }, { ID: 'b', Service: 's', Port: 2, Address: '10.0.0.9' }],
    Checks: [{ CheckID: 'serf', Status: 'passing', ServiceID: '' }, { CheckID: 'c', Status: 'critical', ServiceID: 'b' }] }]);
  assert.deepEqual([one.status, one.address, one.checks.length], ['passing', '10.0.0.1', 1]);
  assert.deepEqual([two.status, two.address, two.checks.length], ['critical', '10.0.0.9', 2]);
});
test('an instance that a job registered names its allocation', () => {
  assert.equal(registry.allocationOf('_nomad-task-1a5104cc-eb2b-45c2-8292-0cb85d37ac0e-group-web-http-8080'), '1a5104cc-eb2b-45c2-8292-0cb85d37ac0e');
  assert.equal(registry.allocationOf('web-1'), '');
});
test('folders of keys', () => { assert.equal(registry.folderOf('a/b/c'), 'a/b/'); assert.equal(registry.folderOf('a/b/'), 'a/'); assert.equal(registry.folderOf('a'), ''); });
test('a rule is quoted', () => assert.equal(registry.ruleText('key_prefix', 'a"b', 'read'), 'key_prefix "a\\"b" {\n  policy = "read"\n}'));

test('what an allocation was given', () => {
  const given = scheduler.granted({ AllocatedResources: { Tasks: { a: { Cpu: { CpuShares: 20 }, Memory: { MemoryMB: 32 }, Networks: null }, b: { Cpu: { CpuShares: 5 }, Memory: { MemoryMB: 8 } } }, Shared: { Ports: [{ Label: 'http', Value: 8080 }] } } });
  assert.deepEqual(given, { cpu: 25, memory: 40, ports: [{ value: 8080, label: 'http' }] });
  assert.deepEqual(scheduler.granted({}), { cpu: 0, memory: 0, ports: [] });
});
test('only what runs or will run takes room on a client', () => {
  const alloc = (id, status, desired = 'run') => ({ ID: id, NodeID: 'n', ClientStatus: status, DesiredStatus: desired, AllocatedResources: { Tasks: { t: { Cpu: { CpuShares: 10 }, Memory: { MemoryMB: 1 } } } } });
  const [one] = scheduler.packed([{ ID: 'n', NodeResources: { Cpu: { CpuShares: 100 }, Memory: { MemoryMB: 50 } }, ReservedResources: { Cpu: { CpuShares: 20 } } }], [alloc('a', 'running'), alloc('b', 'complete'), alloc('c', 'running', 'stop'), alloc('d', 'pending')]);
  assert.deepEqual([one.cpu.used, one.cpu.all, one.allocations.length], [20, 80, 2]);
});
test('every reason why something was not placed is told', () => {
  const told = scheduler.reasons({ NodesEvaluated: 3, NodesFiltered: 2, NodesAvailable: { dc1: 3 }, ConstraintFiltered: { '${attr.kernel.name} = windows': 2 }, NodesExhausted: 1, DimensionExhausted: { memory: 1 }, CoalescedFailures: 4 }).map(one => one.text).join('; ');
  for (const word of ['3 clients looked at', '2 clients filtered out', 'Constraint ${attr.kernel.name} = windows', '1 client had too little left', 'memory is exhausted', '4 more of the same']) assert.ok(told.includes(word), word);
  assert.ok(scheduler.reasons({ NodesEvaluated: 0, NodesAvailable: {} })[0].text.includes('No client'));
});
test('lines of errors are found', () => {
  assert.deepEqual(scheduler.errorLines('input.hcl:2,3-6: Unsupported argument; x\ninput.hcl:9,1-2: y\ninput.hcl:2,8-9: z'), [2, 9]);
  assert.deepEqual(scheduler.errorLines('no line'), []);
  assert.equal(scheduler.lineAt('a\nb\nc', 4), 3);
});

const ways = (services, instances) => {
  const boxes = [{ id: 'e', lane: 0, label: 'http', tone: 'ok' }];
  const links = [];
  for (let s = 0; s < services; s++) {
    boxes.push({ id: `r${s}`, lane: 1, label: `/r${s}`, tone: 'ok' }, { id: `s${s}`, lane: 2, label: `s${s}`, tone: s === services - 1 ? 'bad' : 'ok' });
    links.push(['e', `r${s}`], [`r${s}`, `s${s}`]);
    for (let i = 0; i < instances; i++) { boxes.push({ id: `i${s}.${i}`, lane: 3, label: `10.0.0.1:${i}`, tone: 'ok' }); links.push([`s${s}`, `i${s}.${i}`]); }
  }
  return [boxes, links];
};
test('a small picture has every box and every line, none over another', () => {
  const picture = layout(...ways(5, 2));
  assert.equal(picture.boxes.length, 21);
  assert.equal(picture.links.length, 20);
  const places = new Set(picture.boxes.map(box => `${box.x} ${box.y}`));
  assert.equal(places.size, picture.boxes.length);
});
test('a picture of five hundred services stays small, shows trouble first, and says what it left out', () => {
  const picture = layout(...ways(500, 3), 22);
  assert.ok(picture.boxes.length <= 22 * 3 + 1);
  assert.ok(picture.boxes.some(box => box.id === 's499'));
  assert.ok(picture.boxes.some(box => box.label === '479 more'));
  assert.ok(picture.height < 1_200);
  const services = new Set(picture.boxes.filter(box => box.lane === 2).map(box => box.id));
  assert.ok(picture.boxes.filter(box => box.lane === 3 && !box.isRest).every(box => services.has(`s${box.id.slice(1).split('.')[0]}`)), 'instances shown are those of services shown');
});
test('the way through a box is everything before and behind it', () => {
  const picture = layout(...ways(2, 1));
  assert.deepEqual([...reach('s0', picture.links)].sort(), ['e', 'i0.0', 'r0', 's0']);
});
