// A running suite with real jobs, and a browser to look at it. Started once for all tests; everything it starts ends with it.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../../..');
const installed = createRequire(path.join(process.env.MUSTER_BROWSER_MODULES ?? path.join(repository, 'ui/target/browser'), 'x.js'));
export const { chromium } = installed('playwright-core');
export const axeScript = installed.resolve('axe-core/axe.min.js');
export const pictures = path.join(repository, 'ui/target/screenshots');
mkdirSync(pictures, { recursive: true });

/** The launcher, or what stands in for it. */
export const agentCommand = (process.env.MUSTER_AGENT ?? path.join(repository, 'muster')).split(' ');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const PATIENCE = Number(process.env.MUSTER_BROWSER_PATIENCE ?? 60_000);

/** Ports that nobody listens at, below those that connections get: until the agent listens there, none is taken by chance. */
export async function freePorts(count) {
  const ports = new Set();
  for (let tries = 0; ports.size < count && tries < 1_000; tries++) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const isFree = await new Promise(done => {
      const server = net.createServer().on('error', () => done(false)).listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (isFree) ports.add(port);
  }
  return [...ports];
}

/** Waits until a look gives a value that counts. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE * 2;
  let last;
  for (;;) {
    try { last = await look(); if (last) return last; } catch (problem) { last = problem; }
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE * 2} ms; last: ${last}`);
    await new Promise(done => { setTimeout(done, 200); });
  }
}

export class Suite {
  /** @param more flags of the agent */
  static async start(more = []) {
    const suite = new Suite();
    const [http, dns, server, scheduler, lb, lbApi] = await freePorts(6);
    Object.assign(suite, { registry: `http://127.0.0.1:${http}`, scheduler: `http://127.0.0.1:${scheduler}`, balancer: `http://127.0.0.1:${lbApi}`, entry: `http://127.0.0.1:${lb}` });
    suite.process = spawn(agentCommand[0], [...agentCommand.slice(1), 'agent', '-dev', '-dc', 'dc1', '-node', 'n1', '-http-port', http, '-dns-port', dns, '-server-port', server, '-scheduler-port', scheduler, '-lb-port', lb, '-lb-api-port', lbApi, '-log-level', 'WARN', ...more].map(String), {
      stdio: ['ignore', 'pipe', 'inherit'], detached: true, env: { ...process.env, PATH: `${path.join(repository, 'examples/bin')}:${process.env.PATH}` } });
    await new Promise((done, failed) => {
      let text = '';
      const timer = setTimeout(() => failed(new Error(`the agent was not ready:\n${text}`)), 600_000);
      suite.process.stdout.on('data', data => { text += data; if (text.includes('==> Ready')) { clearTimeout(timer); done(); } });
      suite.process.on('exit', code => failed(new Error(`the agent ended with ${code}:\n${text}`)));
    });
    suite.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
    return suite;
  }

  async ask(address, method = 'GET', body = undefined) {
    const answer = await fetch(address, { method, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
    try { return JSON.parse(text); } catch { return text; }
  }

  async run(hcl) {
    const job = await this.ask(`${this.scheduler}/v1/jobs/parse`, 'POST', { JobHCL: hcl, Canonicalize: true });
    await this.ask(`${this.scheduler}/v1/jobs`, 'PUT', { Job: job });
    return job.ID;
  }

  allocations(job) { return this.ask(`${this.scheduler}/v1/job/${encodeURIComponent(job)}/allocations`); }

  async running(job, count) {
    return until(`${count} of ${job} run`, async () => {
      const all = (await this.allocations(job)).filter(one => one.ClientStatus === 'running');
      return all.length === count ? all : null;
    });
  }

  /** A page that fails its test for anything on the console, and for requests to another machine. */
  async page({ theme = 'light', width = 1360, height = 860 } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.problems = [];
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) page.problems.push(`${message.type()}: ${message.text()}`); });
    page.on('pageerror', problem => page.problems.push(`thrown: ${problem.stack}`));
    page.on('request', request => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) page.problems.push(`request to ${request.url()}`); });
    return page;
  }

  async stop() {
    await this.browser?.close();
    if (this.process && this.process.exitCode === null) {
      const gone = new Promise(done => { this.process.on('exit', done); });
      try { process.kill(-this.process.pid, 'SIGTERM'); } catch { this.process.kill(); }
      await gone;
    }
  }
}

/** A job that only sleeps. @param more of the job @param inside of its group */
export const IDLE = (id, group, task, more = '', inside = '') => `job ${JSON.stringify(id)} {
  datacenters = ["dc1"]
  ${more}
  group ${JSON.stringify(group)} {
    ${inside}
    task ${JSON.stringify(task)} {
      driver = "raw_exec"
      config {
        command = "/bin/sleep"
        args    = ["3600"]
      }
      resources {
        cpu    = 10
        memory = 10
      }
    }
  }
}
`;

const AT_ONCE = 'update {\n      min_healthy_time = "0s"\n    }';

/** A job of servers with a route. @param more of its group; without it deployments are over as soon as checks pass */
export const JOB = (id, count, more = '', text = 'hello') => `job ${JSON.stringify(id)} {
  datacenters = ["dc1"]
  group "web" {
    count = ${count}
    ${more || AT_ONCE}
    network {
      port "http" {}
    }
    service {
      name = ${JSON.stringify(id)}
      port = "http"
      tags = ["urlprefix-/${id}"]
      check {
        type     = "tcp"
        interval = "1s"
        timeout  = "1s"
      }
    }
    task "server" {
      driver = "raw_exec"
      config {
        command = "http-echo"
        args    = ["-listen", ":\${NOMAD_PORT_http}", "-text", "${text}"]
      }
      template {
        data        = "greeting: {{ key \\"app/greeting\\" }}"
        destination = "local/config.yml"
        change_mode = "noop"
      }
      resources {
        cpu    = 20
        memory = 32
      }
    }
  }
}
`;
