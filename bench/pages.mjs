// How quick the pages are with much to show: 500 services, 2,000 allocations, 5,000 keys. Installs the browser's modules where they are
// missing, measures, and says at the end which of its limits were kept; a limit that was not ends it with 1. Run: node bench/pages.mjs
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '..');
process.chdir(repository);
process.env.MUSTER_BROWSER_MODULES ??= path.join(repository, 'ui/target/browser');
if (!existsSync(path.join(process.env.MUSTER_BROWSER_MODULES, 'node_modules/playwright-core'))) {
  mkdirSync(process.env.MUSTER_BROWSER_MODULES, { recursive: true });
  copyFileSync('ui/src/test/browser/package.json', path.join(process.env.MUSTER_BROWSER_MODULES, 'package.json'));
  execFileSync('npm', ['install', '--prefix', process.env.MUSTER_BROWSER_MODULES, '--no-audit', '--no-fund', '--silent'], { stdio: 'inherit', env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' } });
}
const { Suite, until } = await import('../ui/src/test/browser/suite.mjs');

const LIMITS = { usable: 1_000, update: 300, growth: 1.15 };
const broken = [];
const limit = (what, value, most, unit) => { if (value > most) broken.push(`${what}: ${Math.round(value * 100) / 100} ${unit}, ${most} at most`); };

const SERVICES = 500;
const ALLOCATIONS = 2_000;
const KEYS = 5_000;
const UPDATES = 1_000;
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const line = (what, value) => console.log(`${what.padEnd(58)} ${value}`);
const suite = await Suite.start();

async function fill() {
  const batches = (count, size, make) => Array.from({ length: Math.ceil(count / size) }, (_, b) => Array.from({ length: Math.min(size, count - b * size) }, (_, i) => make(b * size + i)));
  for (const keys of batches(KEYS, 64, i => ({ KV: { Verb: 'set', Key: `bench/${Math.floor(i / 500)}/key-${i}`, Value: btoa(`value ${i}`) } }))) await suite.ask(`${suite.registry}/v1/txn`, 'PUT', keys);
  for (let i = 0; i < SERVICES; i++) {
    for (const place of [0, 1]) await suite.ask(`${suite.registry}/v1/catalog/register`, 'PUT', { Node: `node-${(i + place) % 20}`, Address: `10.0.0.${(i + place) % 20}`, Service: { ID: `service-${i}-${place}`, Service: `service-${i}`, Port: 1000 + i, Tags: [`urlprefix-/service-${i}`] }, Check: { CheckID: `check-${i}-${place}`, Name: 'up', Status: 'passing', ServiceID: `service-${i}-${place}` } });
  }
  const job = await suite.ask(`${suite.scheduler}/v1/jobs/parse`, 'POST', { Canonicalize: true, JobHCL: `job "many" {\n datacenters = ["dc1"]\n type = "batch"\n group "g" {\n count = ${ALLOCATIONS}\n ephemeral_disk { size = 10 }\n task "t" {\n driver = "raw_exec"\n config { command = "/bin/true" }\n logs {\n max_files = 1\n max_file_size = 1\n }\n resources {\n cpu = 1\n memory = 10\n }\n }\n }\n}` });
  await suite.ask(`${suite.scheduler}/v1/jobs`, 'PUT', { Job: job });
  await until('all allocations are placed', async () => (await suite.ask(`${suite.scheduler}/v1/job/many/allocations`)).length === ALLOCATIONS);
  const end = Date.now() + 600_000;
  while (Date.now() < end) {
    const all = await suite.ask(`${suite.scheduler}/v1/job/many/allocations`);
    if (all.every(one => one.ClientStatus === 'complete' || one.ClientStatus === 'failed')) break;
    await new Promise(done => { setTimeout(done, 2_000); });
  }
}

try {
  const began = Date.now();
  await fill();
  line('load average', loadavg().map(value => value.toFixed(1)).join(' '));
  line('filled in', `${Math.round((Date.now() - began) / 1000)} s`);
  const pages = [['overview', `${suite.registry}/ui/overview`, 'svg a.box'], ['services', `${suite.registry}/ui/dc1/services`, 'tr[data-key]'], ['keys of a folder of 500', `${suite.registry}/ui/dc1/kv/bench/0/`, 'tr[data-key]'], ['allocations', `${suite.scheduler}/ui/allocations`, 'tr[data-key]']];
  for (const [name, address, shown] of pages) {
    const first = [];
    const busy = [];
    for (let round = 0; round < 3; round++) {
      const page = await suite.page();
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      const start = performance.now();
      await page.goto(address);
      await page.locator(shown).first().waitFor({ state: 'attached' });
      first.push(performance.now() - start);
      busy.push((await session.send('Performance.getMetrics')).metrics.find(metric => metric.name === 'TaskDuration').value * 1000);
      if (round === 2) await page.screenshot({ path: `ui/target/screenshots/scale-${name.replaceAll(' ', '-')}.png` });
      await page.context().close();
    }
    line(`${name}: first visit until usable, median of 3`, `${Math.round(median(first))} ms`);
    limit(`${name}: first visit until usable`, median(first), LIMITS.usable, 'ms');
    line('  processor time of the page\'s thread in it', `${Math.round(median(busy))} ms`);
  }
  const page = await suite.page();
  await page.goto(`${suite.registry}/ui/dc1/services`);
  await page.locator('tr[data-key]').first().waitFor();
  const heap = async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    await session.detach();
    return usedSize / 1048576;
  };
  const before = await heap();
  const memory = [];
  const times = [];
  for (let i = 0; i < UPDATES; i++) {
    const status = i % 2 ? 'passing' : 'critical';
    const seen = page.evaluate(wanted => new Promise(done => {
      const is = () => document.querySelector('tr[data-key="service-0"]')?.textContent.includes(wanted);
      if (is()) { done(performance.timeOrigin + performance.now()); return; }
      const watch = new MutationObserver(() => { if (is()) { watch.disconnect(); done(performance.timeOrigin + performance.now()); } });
      watch.observe(document.querySelector('table'), { subtree: true, childList: true, characterData: true, attributes: true });
    }), status);
    const start = performance.timeOrigin + performance.now();
    await suite.ask(`${suite.registry}/v1/catalog/register`, 'PUT', { Node: 'node-0', Address: '10.0.0.0', Check: { CheckID: 'check-0-0', Name: 'up', Status: status, ServiceID: 'service-0-0' } });
    times.push(await seen - start);
    if (times.length % (UPDATES / 4) === 0) {
      line(`${times.length} updates of one of ${SERVICES} services until drawn, median`, `${Math.round(median(times))} ms`);
      line('  the slowest of a hundred', `${Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)])} ms`);
      memory.push(await heap());
      line('  memory of the page before and now', `${before.toFixed(1)} and ${memory.at(-1).toFixed(1)} MiB`);
    }
  }
  limit('an update until drawn, median', median(times), LIMITS.update, 'ms');
  limit('memory after the last update, beside that after the first quarter', memory.at(-1) / memory[0], LIMITS.growth, 'times');
  console.log(broken.length ? `\nlimits that were not kept:\n  ${broken.join('\n  ')}` : '\nall limits were kept');
  process.exitCode = broken.length ? 1 : 0;
} finally {
  await suite.stop();
}
