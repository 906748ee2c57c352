// The pages while access control is on: refused without a token, open with one, and the editors of policies, roles and tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { Suite, pictures, until } from './suite.mjs';

const ROOT = '8fb4c2a6-0b6a-4d3a-9a53-2f1b6a0e7d11';
let suite;
before(async () => { suite = await Suite.start(['-hcl', `acl { enabled = true  default_policy = "deny"  tokens { master = "${ROOT}" } }\nscheduler_acl { enabled = true }`]); }, { timeout: 900_000 });
after(() => suite?.stop());

const api = async what => {
  const answer = await fetch(`${suite.registry}/v1/acl/${what}`, { headers: { 'X-Consul-Token': ROOT } });
  return answer.json();
};

/** The browser itself notes the answers that refused a token. */
const calm = page => assert.deepEqual(page.problems.filter(problem => !/status of 40[13]/.test(problem)), []);

/** @param isTaken whether somebody takes the token: it is asked about before it is kept, and a page left meanwhile forgets it */
async function login(page, token, at = suite.registry, isTaken = true) {
  await page.goto(`${at}/ui/access`);
  await page.getByLabel('Secret ID').fill(token);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  if (isTaken) await page.waitForFunction(kept => (localStorage.getItem('muster.tokens') ?? '').includes(kept), token);
}

test('without a token nothing is shown, with one everything is', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await page.goto(`${suite.registry}/ui/dc1/acls/tokens`);
  await page.getByText('Not allowed to see').waitFor();
  await page.screenshot({ path: path.join(pictures, 'access-refused.png') });
  await login(page, ROOT);
  await page.getByText('global-management').waitFor();
  await page.getByText('Nobody: requests carry no token').waitFor();
  await page.goto(`${suite.registry}/ui/dc1/acls/tokens`);
  await page.getByRole('row').nth(2).waitFor();
  calm(page);
  await page.context().close();
});

test('a policy is written with the rule editor, put into a role, given to a token, and all are deleted', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await login(page, ROOT);
  await page.goto(`${suite.registry}/ui/dc1/acls/policies/new`);
  await page.getByLabel('Name').first().fill('readers');
  await page.locator('select').first().selectOption('key_prefix');
  await page.getByLabel('Name').last().fill('app/');
  await page.getByRole('button', { name: 'Add rule', exact: true }).click();
  await page.screenshot({ path: path.join(pictures, 'access-policy.png') });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  const policy = await until('the policy is there', async () => (await api('policies')).find(one => one.Name === 'readers'));
  assert.match((await api(`policy/${policy.ID}`)).Rules, /key_prefix "app\/" \{\n {2}policy = "read"\n\}/);
  await page.goto(`${suite.registry}/ui/dc1/acls/roles/new`);
  await page.getByLabel('Name').first().fill('reader');
  await page.getByLabel('readers').check();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await until('the role is there', async () => (await api('roles')).some(one => one.Name === 'reader' && one.Policies[0].Name === 'readers'));
  await page.goto(`${suite.registry}/ui/dc1/acls/tokens/new`);
  await page.getByLabel('Description').fill('of a reader');
  await page.getByLabel('reader', { exact: true }).check();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByText('The secret is shown here and nowhere again.').waitFor();
  const token = (await api('tokens')).find(one => one.Description === 'of a reader');
  assert.equal(token.Roles[0].Name, 'reader');
  for (const [list, name] of [['tokens', 'of a reader'], ['roles', 'reader'], ['policies', 'readers']]) {
    await page.goto(`${suite.registry}/ui/dc1/acls/${list}`);
    await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('row').filter({ hasText: name }).waitFor({ state: 'detached' });
  }
  calm(page);
  await page.context().close();
});

test('a token that nobody takes is said, and not kept', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await login(page, '00000000-1111-2222-3333-444444444444', suite.registry, false);
  await page.getByText('Nobody here takes this token').waitFor();
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  await page.screenshot({ path: path.join(pictures, 'access-nobody.png') });
  calm(page);
  await page.context().close();
});

test('the scheduler has tokens, policies and roles of its own; one page holds a token of each part', { timeout: 300_000 }, async () => {
  // Plan: refused; log in at both; a policy by the rule editor, a role, a token; log in with that one at the scheduler alone; delete all.
  const root = await suite.ask(`${suite.scheduler}/v1/acl/bootstrap`, 'PUT');
  const ask = async what => (await fetch(`${suite.scheduler}/v1/acl/${what}`, { headers: { 'X-Nomad-Token': root.SecretID } })).json();
  const page = await suite.page();
  await page.goto(`${suite.scheduler}/ui/access-control/policies`);
  await page.getByRole('heading', { name: 'Policies of the scheduler', level: 1 }).waitFor();
  await login(page, ROOT, suite.scheduler);
  await page.getByText('global-management').waitFor();
  await login(page, root.SecretID, suite.scheduler);
  await page.getByText('Bootstrap Token').waitFor();
  await page.getByText('global-management').waitFor();
  await page.screenshot({ path: path.join(pictures, 'access-both.png') });
  await page.goto(`${suite.scheduler}/ui/access-control/policies/new`);
  await page.getByLabel('Name').first().fill('watchers');
  await page.getByRole('button', { name: 'Add rule', exact: true }).click();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await until('the policy is there', async () => (await ask('policy/watchers')).Rules === 'namespace "default" {\n  policy = "read"\n}\n');
  await page.getByRole('heading', { name: 'watchers', level: 1 }).waitFor();
  await page.goto(`${suite.scheduler}/ui/access-control/roles/new`);
  await page.getByLabel('Name').first().fill('watcher');
  await page.getByLabel('watchers').check();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await until('the role is there', async () => (await ask('roles')).some(one => one.Name === 'watcher' && one.Policies[0].Name === 'watchers'));
  await page.goto(`${suite.scheduler}/ui/access-control/tokens/new`);
  await page.getByLabel('Name').first().fill('of a watcher');
  await page.getByLabel('Ends after').fill('8h');
  await page.getByLabel('watcher', { exact: true }).check();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByText('The secret is shown here and nowhere again.').waitFor();
  const token = (await ask('tokens')).find(one => one.Name === 'of a watcher');
  assert.equal(token.Roles[0].Name, 'watcher');
  await page.goto(`${suite.scheduler}/ui/access-control/policies`);
  await page.getByRole('row').filter({ hasText: 'watchers' }).getByRole('button', { name: 'Delete', exact: true }).click();
  assert.match(await page.getByRole('dialog').innerText(), /role watcher/, 'it names what loses something');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click();
  for (const [list, name] of [['tokens', 'of a watcher'], ['roles', 'watcher'], ['policies', 'watchers']]) {
    await page.goto(`${suite.scheduler}/ui/access-control/${list}`);
    await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('row').filter({ hasText: name }).waitFor({ state: 'detached' });
  }
  calm(page);
  await page.context().close();
});
