// The dashboard of a balancer in Traefik's manner: files alone are served there, and the links that tutorials give lead to their things.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Suite, agentCommand, freePorts, pictures, until } from './suite.mjs';

let suite;
let balancer;
let dashboard;
before(async () => {
  suite = await Suite.start();
  const [web, api] = await freePorts(2);
  dashboard = `http://127.0.0.1:${api}/dashboard/`;
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'muster-browser-')), 'traefik.toml');
  writeFileSync(file, `[entryPoints.http]\naddress = "127.0.0.1:${web}"\n[entryPoints.traefik]\naddress = "127.0.0.1:${api}"\n[api]\ndashboard = true\ninsecure = true\n[providers.consulCatalog]\nprefix = "traefik"\nexposedByDefault = false\n[providers.consulCatalog.endpoint]\naddress = "${suite.registry.replace('http://', '')}"\nscheme = "http"\n`);
  for (const port of [1, 2]) {
    await suite.ask(`${suite.registry}/v1/agent/service/register`, 'PUT', { Name: 'greeter', ID: `greeter-${port}`, Address: '127.0.0.1', Port: port, Tags: ['traefik.enable=true', 'traefik.http.routers.greeter.rule=PathPrefix(`/greet`)', 'traefik.http.routers.greeter.middlewares=cut', 'traefik.http.middlewares.cut.stripprefix.prefixes=/greet'] });
  }
  const [command, ...first] = agentCommand;
  balancer = spawn(command, [...first, 'lb', '--configFile', file], { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  await until('the balancer knows the service', async () => (await (await fetch(`http://127.0.0.1:${api}/api/rawdata`)).text()).includes('greeter@consulcatalog'));
}, { timeout: 900_000 });
after(async () => {
  if (balancer) process.kill(-balancer.pid, 'SIGTERM');
  await suite?.stop();
});

test('the links of tutorials lead to routers, services and middlewares, and a URL is explained', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await page.goto(dashboard);
  await page.getByRole('heading', { name: 'Routes', level: 1 }).waitFor();
  await page.getByText('PathPrefix(`/greet`)').first().waitFor();
  await page.screenshot({ path: path.join(pictures, 'traefik-routes.png') });
  await page.goto(`${dashboard}#/http/services/greeter@consulcatalog`);
  await page.getByRole('heading', { name: 'greeter@consulcatalog', level: 1 }).waitFor();
  await page.getByRole('row').filter({ hasText: '127.0.0.1:2' }).waitFor();
  await page.screenshot({ path: path.join(pictures, 'traefik-service.png') });
  await page.goto(`${dashboard}#/http/middlewares`);
  await page.getByRole('link', { name: 'cut@consulcatalog' }).click();
  await page.getByRole('heading', { name: 'cut@consulcatalog', level: 1 }).waitFor();
  await page.goto(`${dashboard}#/targets`);
  await page.getByRole('row').filter({ hasText: '127.0.0.1:2' }).getByRole('button', { name: 'Drain', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click();
  await page.getByRole('button', { name: 'Take back' }).waitFor();
  await page.goto(`${dashboard}#/entrypoints`);
  await page.getByRole('row').filter({ hasText: 'http' }).first().waitFor();
  await page.goto(`${dashboard}#/try?url=${encodeURIComponent('http://any/greet/x')}`);
  await page.locator('.steps .taken').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a service that comes is seen without a reload', { timeout: 300_000 }, async () => {
  const page = await suite.page();
  await page.goto(`${dashboard}#/http/services`);
  await page.getByRole('link', { name: 'greeter@consulcatalog' }).waitFor();
  await suite.ask(`${suite.registry}/v1/agent/service/register`, 'PUT', { Name: 'newcomer', Port: 3, Tags: ['traefik.enable=true', 'traefik.http.routers.newcomer.rule=Path(`/new`)'] });
  await page.getByRole('link', { name: 'newcomer@consulcatalog' }).waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
