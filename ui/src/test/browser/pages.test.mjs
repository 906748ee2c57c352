// Every page and every action against a running suite, in a real browser: nothing on the console, no violation that axe finds, both
// themes and a phone, live updates without a reload, the keyboard alone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { IDLE, JOB, Suite, axeScript, pictures, until } from './suite.mjs';

const HOSTILE = '<img src=x onerror=alert(1)>"\'&';
const TURNED = 'right\u202eleft \u0627\u0644\u0639\u0631\u0628\u064a\u0629';
const LONG = `long-${'x'.repeat(240)}`;
// What a job file may call a job, a group and a task: no spaces and slashes there.
const ODD = `<b>"'&${'\u202e'}x`;
let suite;
let alloc;
let evaluation;
let deployment;
let client;

before(async () => {
  suite = await Suite.start();
  const kv = `${suite.registry}/v1/kv/`;
  await suite.ask(`${kv}app/greeting`, 'PUT', 'hello');
  await suite.ask(`${kv}app/config.yml`, 'PUT', 'a: 1\nb: 2\n');
  for (const name of [HOSTILE, TURNED, LONG]) await suite.ask(`${kv}${encodeURIComponent(name)}`, 'PUT', `value of ${name}`);
  for (const [i, name] of [HOSTILE, TURNED, LONG].entries()) {
    await suite.ask(`${suite.registry}/v1/agent/service/register`, 'PUT', { Name: name, ID: `hostile-${i}`, Port: 1, Tags: [name], Meta: { note: name.slice(0, 100) }, Check: { TTL: '1h', Name: name, Notes: name, Status: 'critical' } });
  }
  await suite.run(JOB('web', 2));
  await suite.ask(`${suite.scheduler}/v1/namespace`, 'PUT', { Name: 'team-a', Description: `of ${HOSTILE}` });
  await suite.run(IDLE('apart', 'g', 't', 'namespace = "team-a"'));
  await suite.run(IDLE(ODD, ODD, ODD));
  await suite.ask(`${suite.scheduler}/v1/var/nomad/jobs/web`, 'PUT', { Path: 'nomad/jobs/web', Items: { password: 'secret one', note: HOSTILE } });
  await suite.run(JOB('too-big', 1, '', 'x').replace('memory = 32', 'memory = 9000000'));
  [alloc] = await suite.running('web', 2);
  [evaluation] = await suite.ask(`${suite.scheduler}/v1/job/too-big/evaluations`);
  [deployment] = await suite.ask(`${suite.scheduler}/v1/job/web/deployments`);
  [client] = await suite.ask(`${suite.scheduler}/v1/nodes`);
  await until('the route is there', async () => (await suite.ask(`${suite.balancer}/api/routes`)).length >= 1);
  for (let i = 0; i < 6; i++) await suite.ask(`${suite.entry}/web`);
}, { timeout: 900_000 });
after(() => suite?.stop());

/** A page is there when its heading is, and nothing on it is still being read. */
async function open(page, address, heading) {
  await page.goto(address);
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => ![...document.querySelectorAll('main [role=status]')].some(one => one.textContent.startsWith('Reading')));
  if (heading) assert.equal(await page.locator('main h1').innerText(), heading);
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
/** What depends on colours; the other rules find the same in each theme. */
const OF_COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** The policy lets no script in, so axe comes in through the debugger. */
const bringAxe = async page => page.evaluate(await readFile(axeScript, 'utf8'));
async function axe(page, runOnly = RULES) {
  const { violations } = await page.evaluate(only => window.axe.run(document, { runOnly: only }), runOnly);
  return violations.map(one => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map(node => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`);
}

const calm = page => assert.deepEqual(page.problems, []);

const VISITS = () => [
  ['overview', `${suite.registry}/ui/overview`], ['home of the registry', `${suite.registry}/ui/`], ['services', `${suite.registry}/ui/dc1/services`],
  ['service', `${suite.registry}/ui/dc1/services/web/instances`], ['service tags', `${suite.registry}/ui/dc1/services/web/tags`], ['service intentions', `${suite.registry}/ui/dc1/services/web/intentions`],
  ['hostile service', `${suite.registry}/ui/dc1/services/${encodeURIComponent(HOSTILE)}/instances`], ['nodes', `${suite.registry}/ui/dc1/nodes`], ['node', `${suite.registry}/ui/dc1/nodes/n1`],
  ['keys', `${suite.registry}/ui/dc1/kv`], ['key', `${suite.registry}/ui/dc1/kv/app/config.yml`], ['new key', `${suite.registry}/ui/dc1/kv/app/?new=yes`], ['sessions', `${suite.registry}/ui/dc1/sessions`], ['intentions', `${suite.registry}/ui/dc1/intentions`],
  ['tokens while access control is off', `${suite.registry}/ui/dc1/acls/tokens`], ['log in', `${suite.registry}/ui/access`],
  ['home of the scheduler', `${suite.scheduler}/ui/`], ['job', `${suite.scheduler}/ui/jobs/web`], ['group', `${suite.scheduler}/ui/jobs/web/web`], ['job that is not placed', `${suite.scheduler}/ui/jobs/too-big`],
  ['versions', `${suite.scheduler}/ui/jobs/web/versions`], ['job evaluations', `${suite.scheduler}/ui/jobs/web/evaluations`], ['job deployments', `${suite.scheduler}/ui/jobs/web/deployments`], ['definition', `${suite.scheduler}/ui/jobs/web/definition`], ['run a job', `${suite.scheduler}/ui/run`],
  ['allocations', `${suite.scheduler}/ui/allocations`], ['allocation', `${suite.scheduler}/ui/allocations/${alloc.ID}`], ['logs', `${suite.scheduler}/ui/allocations/${alloc.ID}/server/logs`], ['files', `${suite.scheduler}/ui/allocations/${alloc.ID}/fs/server/local/`], ['terminal', `${suite.scheduler}/ui/allocations/${alloc.ID}/server/exec`],
  ['deployments', `${suite.scheduler}/ui/deployments`], ['deployment', `${suite.scheduler}/ui/deployments/${deployment.ID}`], ['evaluations', `${suite.scheduler}/ui/evaluations`], ['evaluation', `${suite.scheduler}/ui/evaluations/${evaluation.ID}`],
  ['clients', `${suite.scheduler}/ui/clients`], ['client', `${suite.scheduler}/ui/clients/${client.ID}`], ['packing', `${suite.scheduler}/ui/topology`], ['servers', `${suite.scheduler}/ui/servers`],
  ['variables', `${suite.scheduler}/ui/variables`], ['variable', `${suite.scheduler}/ui/variables/var/nomad/jobs/web`], ['new variable', `${suite.scheduler}/ui/variables/new`], ['namespaces', `${suite.scheduler}/ui/namespaces`], ['job access control is off', `${suite.scheduler}/ui/access-control/policies`],
  ['job of another namespace', `${suite.scheduler}/ui/jobs/apart?namespace=team-a`], ['hostile job', `${suite.scheduler}/ui/jobs/${encodeURIComponent(ODD)}`],
  ['routes', `${suite.balancer}/routes`], ['targets', `${suite.balancer}/ui/targets`], ['try', `${suite.balancer}/ui/try`], ['overrides', `${suite.balancer}/manual`], ['entry points', `${suite.balancer}/ui/entrypoints`],
  ['templates', `${suite.scheduler}/ui/templates`],
];

const LOOKS = [{ theme: 'light', width: 1360, rules: RULES }, { theme: 'dark', width: 1360, rules: OF_COLOURS }, { theme: 'light', width: 390, rules: RULES }];

/** An open page in another look. */
async function turn(page, { theme, width }) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 860 });
  await page.waitForFunction(wanted => document.documentElement.dataset.theme === wanted, theme);
}

test('every page, light and dark, wide and on a phone: no word on the console, nothing that axe finds', { timeout: 900_000 }, async () => {
  // Plan: two browser pages share the visits. Each visit is opened in one of the looks, by turns, and turned into the others there.
  const wrong = [];
  const visits = VISITS().map(([name, address], i) => ({ name, address, looks: LOOKS.map((_, j) => LOOKS[(i + j) % LOOKS.length]) }));
  await Promise.all([1, 2].map(async () => {
    const page = await suite.page();
    for (let visit; (visit = visits.shift());) {
      const { name, address, looks } = visit;
      await page.emulateMedia({ colorScheme: looks[0].theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width: looks[0].width, height: 860 });
      await open(page, address);
      await bringAxe(page);
      for (const look of looks) {
        const where = `${name}, ${look.theme}, ${look.width} wide`;
        await turn(page, look);
        await page.screenshot({ path: path.join(pictures, `${name.replaceAll(' ', '-')}-${look.theme}-${look.width}.png`), fullPage: false });
        for (const violation of await axe(page, look.rules)) wrong.push(`${where}: ${violation}`);
        for (const problem of page.problems.splice(0)) wrong.push(`${where}: ${problem}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 1) wrong.push(`${where}: the page is ${over} px wider than the window`);
      }
    }
    await page.context().close();
  }));
  assert.deepEqual(wrong, []);
});

test('names of every kind are text, wherever they stand', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  for (const [at, name, inTitles, button] of [[`/dc1/services`, HOSTILE], [`/dc1/services`, TURNED], [`/dc1/services`, LONG], [`/dc1/services/${encodeURIComponent(HOSTILE)}/instances`, HOSTILE], ['/dc1/kv', HOSTILE], ['/dc1/kv', TURNED], ['/dc1/kv', LONG], [`/dc1/kv/${encodeURIComponent(HOSTILE)}`, HOSTILE], ['/overview', HOSTILE], ['/jobs', ODD], [`/jobs/${encodeURIComponent(ODD)}`, ODD], ['/allocations', ODD], ['/evaluations', ODD], ['/topology', ODD, true], ['/variables/var/nomad/jobs/web', HOSTILE, false, 'Show values'], ['/namespaces', HOSTILE]]) {
    await open(page, `${suite.registry}/ui${at}`);
    if (button) await page.getByRole('button', { name: button, exact: true }).click();
    // The packing names allocations where the pointer rests.
    const shown = () => inTitles ? page.locator('main [title]').evaluateAll(all => all.map(one => one.title).join('\n')) : page.locator('main').textContent();
    await until(`${at} shows ${name}`, async () => (await shown()).includes(name));
    assert.equal(await page.locator('main img').count(), 0);
  }
  await page.keyboard.press('/');
  await page.getByRole('dialog').getByRole('combobox').fill('<img');
  await until('the search finds it', async () => (await page.getByRole('listbox').innerText()).includes(HOSTILE));
  calm(page);
  await page.context().close();
});

test('a change is seen without a reload, at each address', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.registry}/ui/dc1/services`);
  await suite.ask(`${suite.registry}/v1/agent/service/register`, 'PUT', { Name: 'newcomer', ID: 'newcomer', Port: 2 });
  await page.getByRole('link', { name: 'newcomer' }).waitFor();
  await suite.ask(`${suite.registry}/v1/agent/service/deregister/newcomer`, 'PUT');
  await page.getByRole('link', { name: 'newcomer' }).waitFor({ state: 'detached' });
  await open(page, `${suite.scheduler}/ui/jobs`);
  await suite.run(JOB('passing-by', 1));
  await page.getByRole('link', { name: 'passing-by' }).waitFor();
  await page.locator('tr', { hasText: 'passing-by' }).getByText('running').first().waitFor();
  await suite.ask(`${suite.scheduler}/v1/job/passing-by?purge=true`, 'DELETE');
  await page.getByRole('link', { name: 'passing-by' }).waitFor({ state: 'detached' });
  calm(page);
  await page.context().close();
});

test('a key is made, changed, fought over and deleted', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  const key = `${suite.registry}/v1/kv/app/made?raw`;
  await open(page, `${suite.registry}/ui/dc1/kv/app/?new=yes`);
  await page.getByLabel('Name').fill('app/made');
  await page.getByLabel('Value', { exact: true }).fill('one');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByLabel('Value of app/made').waitFor();
  assert.equal(await suite.ask(key), 'one');
  await page.getByLabel('Value of app/made').fill('mine');
  await suite.ask(`${suite.registry}/v1/kv/app/made`, 'PUT', 'theirs');
  await page.getByText('Somebody wrote this key while you were editing').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The key was written by somebody else').waitFor();
  assert.equal(await suite.ask(key), 'theirs');
  await page.screenshot({ path: path.join(pictures, 'key-conflict.png') });
  await page.getByRole('button', { name: 'Write mine over this version', exact: true }).click();
  await until('it is written', async () => await suite.ask(key) === 'mine');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await until('it is gone', async () => (await fetch(key)).status === 404);
  calm(page);
  await page.context().close();
});

test('a job is refused at its line, planned, run, scaled, changed, reverted and stopped', { timeout: 600_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.scheduler}/ui/run`, 'Run a job');
  const editor = page.getByLabel('Job file');
  await editor.fill('job "x" {\n  typ = 3\n}\n');
  await page.getByRole('button', { name: 'Plan', exact: true }).click();
  await page.getByText('The job file is wrong in line 2').waitFor();
  assert.equal(await page.locator('.gutter .hit').innerText(), '2');
  await page.screenshot({ path: path.join(pictures, 'job-error.png') });
  await editor.fill(JOB('shop', 1));
  await page.getByRole('button', { name: 'Plan', exact: true }).click();
  await page.getByRole('heading', { name: 'The plan' }).waitFor();
  await page.screenshot({ path: path.join(pictures, 'job-plan.png') });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('heading', { name: 'shop', level: 1 }).waitFor();
  await suite.running('shop', 1);
  await until('the deployment is over, before which nothing is scaled', async () => (await suite.ask(`${suite.scheduler}/v1/job/shop/deployment`)).Status === 'successful');
  await page.getByRole('button', { name: 'Scale', exact: true }).click();
  await page.getByLabel('How many').fill('2');
  await page.getByRole('dialog').getByRole('button', { name: 'Scale', exact: true }).click();
  await suite.running('shop', 2);
  await suite.run(JOB('shop', 2, '', 'second'));
  await page.goto(`${suite.scheduler}/ui/jobs/shop/versions`);
  await page.getByRole('listitem').filter({ hasText: 'second' }).first().waitFor();
  await page.getByRole('button', { name: 'Revert to this', exact: true }).last().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revert', exact: true }).click();
  await until('a version was made', async () => (await suite.ask(`${suite.scheduler}/v1/job/shop`)).Version >= 3);
  await page.goto(`${suite.scheduler}/ui/jobs/shop`);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  assert.ok((await page.getByRole('dialog').innerText()).includes('shop.web['));
  await page.getByRole('dialog').getByRole('button', { name: 'Stop the job', exact: true }).click();
  await page.getByText('stopped').first().waitFor();
  // The browser itself notes the answer that refused the job file.
  page.problems = page.problems.filter(problem => !problem.includes('status of 400'));
  calm(page);
  await page.context().close();
});

test('a deployment is paused, goes on, is promoted, and another is failed', { timeout: 600_000 }, async () => {
  const page = await suite.page();
  const canary = 'update {\n max_parallel = 1\n canary = 1\n min_healthy_time = "0s"\n }';
  await suite.run(JOB('rolling', 1, canary));
  await suite.running('rolling', 1);
  await until('the first is done', async () => (await suite.ask(`${suite.scheduler}/v1/job/rolling/deployment`)).Status === 'successful');
  const decide = async (button, word) => {
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: word, exact: true }).click();
  };
  await suite.run(JOB('rolling', 1, canary, 'second'));
  await page.goto(`${suite.scheduler}/ui/jobs/rolling`);
  await decide('Pause', 'Pause');
  await until('it is paused', async () => (await suite.ask(`${suite.scheduler}/v1/job/rolling/deployment`)).Status === 'paused');
  await decide('Go on', 'Go on');
  await until('the canary is healthy', async () => (await suite.ask(`${suite.scheduler}/v1/job/rolling/deployment`)).TaskGroups.web.HealthyAllocs >= 1);
  await page.screenshot({ path: path.join(pictures, 'deployment-canary.png') });
  await decide('Promote', 'Promote');
  await until('it is done', async () => (await suite.ask(`${suite.scheduler}/v1/job/rolling/deployment`)).Status === 'successful');
  await suite.run(JOB('rolling', 1, canary, 'third'));
  await until('the next one runs', async () => (await suite.ask(`${suite.scheduler}/v1/job/rolling/deployment`)).Status === 'running');
  await decide('Fail', 'Fail it');
  await until('it failed', async () => (await suite.ask(`${suite.scheduler}/v1/job/rolling/deployment`)).Status === 'failed');
  await suite.ask(`${suite.scheduler}/v1/job/rolling?purge=true`, 'DELETE');
  calm(page);
  await page.context().close();
});

test('an allocation tells its log while it is written, is signalled, restarted and stopped', { timeout: 600_000 }, async () => {
  const page = await suite.page();
  await suite.run(JOB('talker', 1).replace('command = "http-echo"', 'command = "/bin/sh"').replace(/args .*/, 'args = ["-c", "i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done"]').replace(/service \{[\s\S]*?\n {4}\}\n {4}task/, 'task'));
  const [one] = await suite.running('talker', 1);
  await page.goto(`${suite.scheduler}/ui/allocations/${one.ID}/server/logs`);
  await page.getByRole('log').filter({ hasText: 'line 2' }).waitFor();
  const before = (await page.getByRole('log').innerText()).length;
  await until('the log goes on', async () => (await page.getByRole('log').innerText()).length > before);
  await page.goto(`${suite.scheduler}/ui/allocations/${one.ID}/fs/server/local/config.yml`);
  await page.getByText('greeting: hello').waitFor();
  await page.goto(`${suite.scheduler}/ui/allocations/${one.ID}`);
  await page.getByRole('img', { name: /CPU: CPU/ }).waitFor();
  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart', exact: true }).click();
  await page.getByText('User requested restart').first().waitFor();
  await until('it runs again', async () => (await suite.ask(`${suite.scheduler}/v1/allocation/${one.ID}`)).TaskStates.server.State === 'running');
  await page.getByRole('button', { name: 'Signal', exact: true }).click();
  await page.getByRole('dialog').getByRole('combobox').first().selectOption('SIGUSR1');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('SIGUSR1 was sent').waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
  await until('another came', async () => (await suite.allocations('talker')).some(other => other.ID !== one.ID && other.ClientStatus === 'running'));
  await suite.ask(`${suite.scheduler}/v1/job/talker?purge=true`, 'DELETE');
  calm(page);
  await page.context().close();
});

test('a client is made ineligible and eligible, drained and taken back', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  const node = () => suite.ask(`${suite.scheduler}/v1/node/${client.ID}`);
  await open(page, `${suite.scheduler}/ui/clients/${client.ID}`);
  await page.getByRole('button', { name: 'Make ineligible', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make ineligible', exact: true }).click();
  await page.getByRole('button', { name: 'Make eligible', exact: true }).waitFor();
  assert.equal((await node()).SchedulingEligibility, 'ineligible');
  await page.getByRole('button', { name: 'Make eligible', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make eligible', exact: true }).click();
  await page.getByRole('button', { name: 'Make ineligible', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Drain', exact: true }).click();
  assert.ok((await page.getByRole('dialog').innerText()).includes('web.web['), 'it names what it interrupts');
  await page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click();
  await page.getByRole('button', { name: 'End draining', exact: true }).or(page.getByRole('button', { name: 'Make eligible', exact: true })).first().waitFor();
  await suite.ask(`${suite.scheduler}/v1/node/${client.ID}/drain`, 'PUT', { DrainSpec: null, MarkEligible: true });
  await until('it takes allocations again', async () => (await node()).SchedulingEligibility === 'eligible');
  await suite.running('web', 2);
  calm(page);
  await page.context().close();
});

test('a URL is explained, a target drained and taken back, an override written', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.balancer}/ui/try`, 'Try a URL');
  await page.getByLabel('URL', { exact: true }).fill('http://any/web/x');
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.locator('.steps .taken').waitFor();
  await page.screenshot({ path: path.join(pictures, 'try-explained.png') });
  await page.goto(`${suite.balancer}/ui/targets`);
  await page.getByRole('button', { name: 'Drain', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click();
  await page.getByRole('button', { name: 'Take back', exact: true }).waitFor();
  assert.equal((await suite.ask(`${suite.balancer}/api/drain`)).length, 1);
  await page.getByRole('button', { name: 'Take back', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Use again', exact: true }).click();
  await page.getByRole('button', { name: 'Take back', exact: true }).waitFor({ state: 'detached' });
  await page.goto(`${suite.balancer}/manual`);
  await page.getByLabel('Route commands').fill('route add extra /extra http://127.0.0.1:1/');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Write', exact: true }).click();
  await until('it is routed', async () => (await suite.ask(`${suite.balancer}/api/routes?raw`)).includes('/extra'));
  calm(page);
  await page.context().close();
});

test('an intention is made, asked about and deleted; an instance goes into maintenance and back', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.registry}/ui/dc1/intentions`);
  await page.getByRole('button', { name: 'New intention', exact: true }).click();
  await page.getByRole('dialog').getByLabel(/^Source/).fill('a');
  await page.getByRole('dialog').getByLabel('Destination', { exact: true }).fill('b');
  await page.getByRole('dialog').getByRole('combobox').selectOption('deny');
  await page.getByRole('dialog').getByRole('button', { name: 'Write', exact: true }).click();
  // It names what it interrupts.
  await page.getByRole('dialog').getByText('a → b').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Refuse them', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'deny' }).waitFor();
  await page.getByLabel('Source', { exact: true }).fill('a');
  await page.getByLabel('Destination', { exact: true }).fill('b');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'deny' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'deny' }).getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'deny' }).waitFor({ state: 'detached' });
  await open(page, `${suite.registry}/ui/dc1/services/web/instances`);
  await page.getByRole('button', { name: 'Maintenance', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start maintenance', exact: true }).click();
  await page.getByText('Maintenance mode').first().waitFor();
  await page.getByRole('button', { name: 'End maintenance', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End maintenance', exact: true }).click();
  await page.locator('main').getByRole('button', { name: 'End maintenance', exact: true }).waitFor({ state: 'detached' });
  calm(page);
  await page.context().close();
});

test('a variable is made, changed, fought over and deleted; its values are hidden until asked for', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  const address = `${suite.scheduler}/v1/var/app/made`;
  await open(page, `${suite.scheduler}/ui/variables/new`);
  await page.getByRole('textbox', { name: /^Path/ }).fill('app/made');
  await page.getByLabel('Name 1').fill('password');
  await page.getByLabel('Value 1').fill('one');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByRole('heading', { name: 'app/made', level: 1 }).waitFor();
  assert.equal((await suite.ask(address)).Items.password, 'one');
  assert.equal(await page.getByText('one', { exact: true }).count(), 0);
  await page.getByRole('button', { name: 'Show values', exact: true }).click();
  await page.getByText('one', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Value 1').fill('mine');
  await suite.ask(address, 'PUT', { Path: 'app/made', Items: { password: 'theirs' } });
  await page.getByText('Somebody wrote this variable while you were editing').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The variable was written by somebody else').waitFor();
  assert.equal((await suite.ask(address)).Items.password, 'theirs');
  await page.screenshot({ path: path.join(pictures, 'variable-conflict.png') });
  await page.getByRole('button', { name: 'Write mine over this version', exact: true }).click();
  await until('it is written', async () => (await suite.ask(address)).Items.password === 'mine');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await until('it is gone', async () => (await fetch(address)).status === 404);
  page.problems = page.problems.filter(problem => !/status of (409|404)/.test(problem));
  calm(page);
  await page.context().close();
});

test('a job tells what keeps it off a client, what it waits for, and how its count changed', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.scheduler}/ui/jobs/too-big`);
  await page.getByLabel('Client').selectOption({ index: 1 });
  await page.getByText('does not fit').waitFor();
  await page.getByText(/memory/i).last().waitFor();
  await page.screenshot({ path: path.join(pictures, 'job-why-not.png') });
  await suite.run(IDLE('later', 'g', 't', 'meta { muster.depends_on = "nobody" }').replace('meta { muster.depends_on = "nobody" }', 'meta = { "muster.depends_on" = "nobody" }'));
  await open(page, `${suite.scheduler}/ui/jobs/later`);
  await page.getByText('It waits for job "nobody", which is not there').waitFor();
  assert.equal(await page.getByRole('link', { name: 'nobody' }).count(), 1);
  await suite.ask(`${suite.scheduler}/v1/job/later?purge=true`, 'DELETE');
  await suite.run(IDLE('counted', 'g', 't', '', 'update {\n min_healthy_time = "0s"\n }\n scaling {\n min = 1\n max = 3\n }'));
  await until('the deployment is over', async () => (await suite.ask(`${suite.scheduler}/v1/job/counted/deployment`)).Status === 'successful');
  await suite.ask(`${suite.scheduler}/v1/job/counted/scale`, 'PUT', { Count: 2, Target: { Group: 'g' }, Message: 'for the evening' });
  await open(page, `${suite.scheduler}/ui/jobs/counted`);
  await page.getByText('for the evening').waitFor();
  await page.getByText('1 to 3').waitFor();
  await suite.ask(`${suite.scheduler}/v1/job/counted?purge=true`, 'DELETE');
  calm(page);
  await page.context().close();
});

test("links that Nomad's commands print lead to the job, and a variable is found by its path", { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.scheduler}/ui/jobs/web@default`, 'web');
  await open(page, `${suite.scheduler}/ui/jobs/apart@team-a`, 'apart');
  await page.getByRole('link', { name: 'Allocations', exact: false }).last().click();
  await page.waitForURL(/\/jobs\/apart\/allocations\?namespace=team-a$/);
  await page.keyboard.press('/');
  await page.getByRole('dialog').getByRole('combobox').fill('nomad/jobs/web');
  await page.waitForFunction(() => document.querySelector('[role=option]')?.textContent.includes('nomad/jobs/web'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'nomad/jobs/web', level: 1 }).waitFor();
  calm(page);
  await page.context().close();
});

test('a folder is deleted as it was seen: what changed meanwhile stays', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  for (const name of ['a', 'b']) await suite.ask(`${suite.registry}/v1/kv/old/${name}`, 'PUT', name);
  await open(page, `${suite.registry}/ui/dc1/kv/old/`);
  const remove = () => page.getByRole('button', { name: 'Delete folder', exact: true }).click();
  await remove();
  await page.getByRole('dialog').getByText('old/b').waitFor();
  await suite.ask(`${suite.registry}/v1/kv/old/b`, 'PUT', 'new');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete all', exact: true }).click();
  await page.getByRole('dialog').getByText('was written meanwhile').waitFor();
  assert.equal(await suite.ask(`${suite.registry}/v1/kv/old/b?raw`), 'new');
  await page.keyboard.press('Escape');
  await remove();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete all', exact: true }).click();
  await until('all are gone', async () => (await fetch(`${suite.registry}/v1/kv/old/?keys`)).status === 404);
  page.problems = page.problems.filter(problem => !problem.includes('status of 409'));
  calm(page);
  await page.context().close();
});

test('templates tell what they depend on, and the file follows the key', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.scheduler}/ui/templates`);
  await page.getByText('kv.block(app/greeting)').first().waitFor();
  await page.getByRole('button', { name: 'Show the file', exact: true }).first().click();
  await page.getByText('greeting: hello').first().waitFor();
  await suite.ask(`${suite.registry}/v1/kv/app/greeting`, 'PUT', 'good evening');
  await page.getByText('greeting: good evening').first().waitFor();
  await page.getByRole('heading', { name: 'The last change' }).waitFor();
  await page.screenshot({ path: path.join(pictures, 'template-changed.png') });
  calm(page);
  await page.context().close();
});

test('everything is reached by keys alone', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.registry}/ui/overview`);
  await until('g and j lead to the jobs', async () => {
    // The two belong together only when they come soon after each other, which a busy machine can't promise.
    await page.keyboard.press('g');
    await page.keyboard.press('j');
    return page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor({ timeout: 5_000 }).then(() => true);
  });
  await page.getByRole('link', { name: 'web', exact: true }).waitFor();
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr')?.rowIndex), 1);
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr')?.rowIndex), 2);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/jobs\/\w/);
  await page.keyboard.press('/');
  await page.getByRole('dialog').getByRole('combobox').fill('config.yml');
  await page.getByRole('dialog').getByRole('option').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[role=option]')?.textContent.includes('app/config.yml'));
  await page.screenshot({ path: path.join(pictures, 'search.png') });
  await page.keyboard.press('Enter');
  await page.getByLabel('Value of app/config.yml').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Next and last row').waitFor();
  await page.screenshot({ path: path.join(pictures, 'help.png') });
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const theme = await page.evaluate(() => document.documentElement.dataset.theme);
  await page.keyboard.press('x');
  assert.notEqual(await page.evaluate(() => document.documentElement.dataset.theme), theme);
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => {
    for (let one = document.activeElement; one; one = one.parentElement) if (getComputedStyle(one).outlineStyle !== 'none') return true;
    return false;
  }), `the focus is seen on ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200))}`);
  calm(page);
  await page.context().close();
});

test('a lost stream is told with the age of the data, and comes back', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await open(page, `${suite.registry}/ui/dc1/services`);
  await page.locator('.live.live').waitFor();
  await page.context().setOffline(true);
  await page.route('**/ui-api/live*', route => route.abort());
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByText(/Updates stopped/).waitFor();
  assert.ok(await page.getByRole('link', { name: 'web', exact: true }).isVisible(), 'the last data stays');
  await page.screenshot({ path: path.join(pictures, 'stream-lost.png') });
  await page.unroute('**/ui-api/live*');
  await page.context().setOffline(false);
  await page.getByText(/Updates stopped/).waitFor({ state: 'detached' });
  await page.context().close();
});
