// A terminal in a task: typed at by the keyboard alone, at each address that leads to the scheduler.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { JOB, Suite, axeScript, pictures, until } from './suite.mjs';

let suite;
let alloc;

before(async () => {
  suite = await Suite.start();
  await suite.ask(`${suite.registry}/v1/kv/app/greeting`, 'PUT', 'hello');
  await suite.run(JOB('web', 1));
  [alloc] = await suite.running('web', 1);
}, { timeout: 900_000 });
after(() => suite?.stop());

const screenOf = page => page.locator('.term .rows').innerText();
const shows = (page, text) => until(`the terminal shows ${text}`, async () => (await screenOf(page)).includes(text));

for (const at of ['scheduler', 'registry']) {
  test(`a shell beside a task, from the ${at}'s address, by the keyboard alone`, { timeout: 300_000 }, async () => {
    // Plan: open it, run a shell, type, see colours and an editor's page, change the window, leave by Shift+Tab, end with a code, run again.
    const page = await suite.page();
    await page.goto(`${suite[at]}/ui/allocations/${alloc.ID}/server/exec`);
    await page.getByLabel('Command').focus();
    await page.keyboard.press('Enter');
    await page.getByText('connected', { exact: true }).waitFor();
    await page.keyboard.type('echo "task is $NOMAD_TASK_NAME" $((40 + 2))\n');
    await shows(page, 'task is server 42');
    await page.keyboard.type("printf '\\033[31mred\\033[0m <b>plain</b>\\n'\n");
    await page.locator('.term .fg1', { hasText: 'red' }).waitFor();
    await shows(page, '<b>plain</b>');
    assert.equal(await page.locator('.term b').count(), 0, 'what a task writes is text');
    // What is waited for must not stand in what was typed: that is shown before anything ran.
    await page.keyboard.type("printf '\\033[?1049h\\033[2J\\033[5;10Hfull %s' page; read x; printf '\\033[?1049l'\n");
    await shows(page, 'full page');
    await page.keyboard.press('Enter');
    await shows(page, 'task is server 42');
    await page.setViewportSize({ width: 900, height: 700 });
    await until('the size followed the window', async () => {
      // Asked for again: the window's size may come after the question.
      await page.keyboard.type('stty size\n');
      const sizes = [...(await screenOf(page)).matchAll(/^(\d+) (\d+) *$/gm)].map(found => Number(found[2]));
      return sizes.length && sizes.at(-1) < 120 && sizes.at(-1) > 20;
    });
    // The interrupt is for the one that sleeps: before it runs it would be the shell's, and be forgotten.
    await page.keyboard.type('sh -c \'echo "sleeps $((40 + 3))"; exec sleep 600\'\n');
    await shows(page, 'sleeps 43');
    await page.keyboard.press('Control+c');
    await page.keyboard.type('echo "back $((40 + 4))"\n');
    await shows(page, 'back 44');
    await page.evaluate(await readFile(axeScript, 'utf8'));
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
    assert.deepEqual(violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`), []);
    await page.screenshot({ path: path.join(pictures, `terminal-${at}.png`) });
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate(() => document.activeElement.matches('.term')), true, 'Shift+Tab leaves the keys');
    await page.getByLabel(/^Keys for/).focus();
    await page.keyboard.type('exit 3\n');
    await page.getByText('ended with exit code 3').waitFor();
    await page.getByRole('button', { name: 'Run again' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('ended with exit code').or(page.getByText('The terminal was closed')).first().waitFor();
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test('what can\'t be run is said', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await page.goto(`${suite.scheduler}/ui/allocations/${alloc.ID}/server/exec`);
  await page.getByLabel('Command').fill('no-such-program');
  await page.keyboard.press('Enter');
  await page.getByText('command "no-such-program" not found').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a command ends with its page', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await page.goto(`${suite.scheduler}/ui/allocations/${alloc.ID}/server/exec`);
  await page.keyboard.press('Escape');
  await page.getByLabel('Command').fill('sh -c "echo $$ > local/shell; exec sleep 600"');
  await page.keyboard.press('Enter');
  await page.getByText('connected', { exact: true }).waitFor();
  const id = await until('the command tells its id', async () => String(await suite.ask(`${suite.scheduler}/v1/client/fs/cat/${alloc.ID}?path=server/local/shell`)).match(/^\d+$/m)?.[0]);
  await page.context().close();
  await until('it is gone', async () => { try { process.kill(Number(id), 0); return false; } catch { return true; } });
});
