// What runs, what does not and why, in one screen.
import { html, useEffect, useMemo, useState } from '../core/html.js';
import { get, parts, seg } from '../core/api.js';
import { at, inDc } from '../core/dc.js';
import { useLive } from '../core/live.js';
import { fromNanos, iso, number, plural, short } from '../core/format.js';
import { Ago, Link, Name, Page, Panel, Refusal, State, Tally } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { instancesOf } from '../registry/model.js';
import { jobTo, ofAll } from '../parts/namespaces.js';
import { useRoutes } from '../balancer/model.js';
import { Traffic } from './traffic.js';

const open = part => parts.value[part] === 'open';
const RECENT = 3_600_000;
/** What needs a look is shown whole only when asked for: the picture of the traffic stays in the first screen. */
const FEW = 7;

const said = check => check.Output ? `${iso(check.Name)}: ${iso(check.Output)}` : iso(check.Name);

/** What is wrong, worst first: {key, tone, what, why, to, at}. Pure. */
export function troubles({ nodes, instances, allocations, clients, problems, jobs }) {
  const found = [];
  for (const node of nodes) for (const check of node.Checks ?? []) {
    if (check.ServiceID || check.Status === 'passing') continue;
    found.push({ key: `n${node.Node}${check.CheckID}`, word: check.Status, what: `node ${iso(node.Node)}`, why: said(check), to: at(`/nodes/${seg(node.Node)}`) });
  }
  for (const one of instances) for (const check of one.checks) {
    if (!check.ServiceID || check.Status === 'passing') continue;
    found.push({ key: `i${one.key}${check.CheckID}`, word: check.Status, what: `${iso(one.service)} at ${one.address}:${one.port}`, why: said(check), to: at(`/services/${seg(one.service)}/instances`) });
  }
  const running = new Set(jobs.filter(job => !job.Stop).map(job => `${job.Namespace}/${job.ID}`));
  for (const alloc of allocations) {
    if (!['failed', 'lost'].includes(alloc.ClientStatus) || !running.has(`${alloc.Namespace}/${alloc.JobID}`) || Date.now() - fromNanos(alloc.ModifyTime) > RECENT) continue;
    found.push({ key: `a${alloc.ID}`, word: alloc.ClientStatus, what: `allocation ${iso(alloc.Name)} ${short(alloc.ID)}`, why: alloc.ClientDescription, alloc: alloc.ID, to: `/allocations/${alloc.ID}`, at: fromNanos(alloc.ModifyTime) });
  }
  for (const job of jobs) {
    const queued = Object.entries(job.JobSummary?.Summary ?? {}).filter(([, group]) => group.Queued > 0);
    if (queued.length && !job.Stop) found.push({ key: `j${job.Namespace}/${job.ID}`, word: 'pending', what: `job ${iso(job.ID)}`, why: `${queued.map(([name, group]) => `${group.Queued} of ${name}`).join(', ')} could not be placed`, to: jobTo(job.ID, job.Namespace, '/evaluations') });
  }
  for (const client of clients) {
    if (client.Status !== 'ready') found.push({ key: `c${client.ID}`, word: client.Status, what: `client ${client.Name}`, why: client.StatusDescription || 'it does not answer', to: `/clients/${client.ID}` });
    else if (client.Drain) found.push({ key: `c${client.ID}`, word: 'draining', what: `client ${client.Name}`, why: 'its allocations are moved away', to: `/clients/${client.ID}` });
  }
  for (const problem of problems) found.push({ key: `p${problem.where}${problem.text}`, word: 'warning', what: `balancer: ${problem.where}`, why: problem.text, to: '/routes' });
  const order = ['down', 'critical', 'failed', 'lost'];
  return found.sort((a, b) => (order.includes(b.word) ? 1 : 0) - (order.includes(a.word) ? 1 : 0));
}

const TELLING = ['Terminated', 'Driver Failure', 'Not Restarting'];

/** Why an allocation failed: the list of all leaves the events out, so this asks for those of the one; what is over does not change. */
function Failure({ of }) {
  const [why, setWhy] = useState(of.why);
  useEffect(() => {
    const control = new AbortController();
    get('scheduler', `/v1/allocation/${of.alloc}`, { signal: control.signal }).then(alloc => {
      const last = Object.values(alloc.TaskStates ?? {}).flatMap(task => task.Events ?? []).filter(event => event.FailsTask || TELLING.includes(event.Type)).at(-1);
      if (last?.DisplayMessage) setWhy(last.DisplayMessage);
    }, () => { /* the list's own words stay */ });
    return () => control.abort();
  }, [of.alloc]);
  return html`<${Name} text=${why} />`;
}

const none = [];

const Count = ({ count, one, ...rest }) => html`<${Tally} value=${count === undefined ? '…' : number(count)} label=${count === 1 ? one : `${one}s`} ...${rest} />`;

export function Overview() {
  const nodes = useLive('registry', open('registry') ? inDc('/v1/internal/ui/nodes') : null);
  const jobs = useLive('scheduler', open('scheduler') ? ofAll('/v1/jobs') : null);
  const allocations = useLive('scheduler', open('scheduler') ? ofAll('/v1/allocations?task_states=false') : null);
  const clients = useLive('scheduler', open('scheduler') ? '/v1/nodes' : null);
  const balancer = useRoutes();
  const instances = useMemo(() => instancesOf(nodes.data ?? none), [nodes.data]);
  const bad = useMemo(() => troubles({ nodes: nodes.data ?? none, instances, allocations: allocations.data ?? none, clients: clients.data ?? none, problems: balancer.problems, jobs: jobs.data ?? none }), [nodes.data, allocations.data, clients.data, jobs.data, balancer.problems]);
  const services = useMemo(() => new Set(instances.map(one => one.service)).size, [instances]);
  const sick = instances.filter(one => one.status === 'critical').length;
  const refused = [[nodes, 'the registry'], [jobs, 'the jobs'], [allocations, 'the allocations']].filter(([read]) => read.error && read.data === undefined);
  const [isWhole, setWhole] = useState(false);
  const told = (read, part) => !open(part) || read.data !== undefined || read.error !== null;
  const isReading = !told(nodes, 'registry') || !told(jobs, 'scheduler') || !told(allocations, 'scheduler');
  const known = (read, value) => read.data === undefined ? undefined : value();
  const sumOf = word => job => Object.values(job.JobSummary?.Summary ?? {}).reduce((sum, group) => sum + (group[word] ?? 0), 0);
  return html`<${Page} title="Overview" state=${isReading ? html`<span class="dim" role="status">Reading …</span>` : html`<${State} word=${bad.length === 0 ? 'all is well' : plural(bad.length, 'thing needs a look', 'things need a look')} as=${bad.length === 0 ? 'ok' : 'bad'} />`}>
    ${refused.map(([read, what]) => html`<${Refusal} error=${read.error} what=${what} command="muster status" />`)}
    <div class="tallies">
      ${open('registry') ? html`<${Count} count=${known(nodes, () => services)} one="service" to=${at('/services')} /><${Count} count=${known(nodes, () => instances.length)} one="instance" to=${at('/services')} /><${Count} count=${known(nodes, () => sick)} one="critical instance" as=${sick ? 'bad' : ''} to=${at('/services')} /><${Count} count=${nodes.data?.length} one="node" to=${at('/nodes')} />` : null}
      ${open('scheduler') ? html`<${Count} count=${known(jobs, () => jobs.data.filter(job => job.Status === 'running').length)} one="running job" to="/jobs" /><${Count} count=${known(jobs, () => jobs.data.map(sumOf('Running')).reduce((sum, one) => sum + one, 0))} one="running allocation" to="/allocations" />` : null}
      ${open('balancer') ? html`<${Count} count=${known(balancer.read, () => balancer.routes.length)} one="route" to="/routes" />` : null}
    </div>
    <${Panel} title="What needs a look" note=${bad.length > FEW && !isWhole ? `${FEW} of ${number(bad.length)}, the worst first` : ''} actions=${bad.length > FEW ? html`<button type="button" class="button small" aria-expanded=${isWhole} onClick=${() => setWhole(!isWhole)}>${isWhole ? 'Show fewer' : 'Show all'}</button>` : null}>${bad.length === 0 ? html`<p class="body soft"><b>${isReading ? 'Reading …' : 'Nothing.'}</b> Failing checks, allocations that failed within the hour, what could not be placed, clients that are away and the balancer's problems appear here.</p>`
      : html`<${Table} label="What needs a look" what="thing" rows=${isWhole ? bad : bad.slice(0, FEW)} keyOf=${one => one.key} filter=${one => `${one.what} ${one.why} ${one.word}`} columns=${[
        { title: 'State', by: one => one.word, cell: one => html`<${State} word=${one.word} />` },
        { title: 'What', by: one => one.what, cell: one => html`<${Link} class="name" to=${one.to}><${Name} text=${one.what} /></${Link}><div class="near soft"><${Name} text=${one.why ?? ''} /></div>` },
        { title: 'Why', wrap: true, far: true, className: 'short', cell: one => html`<div title=${one.why}>${one.alloc ? html`<${Failure} of=${one} />` : html`<${Name} text=${one.why} />`}</div>` },
        { title: 'When', far: true, cell: one => one.at ? html`<${Ago} at=${one.at} />` : null },
      ]} />`}</${Panel}>
    <${Traffic} isReading=${!told(nodes, 'registry') || !told(balancer.read, 'balancer')} routes=${balancer.routes} instances=${instances} allocations=${allocations.data ?? none} />
  </${Page}>`;
}
