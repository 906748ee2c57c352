// Services and their instances.
import { html, useState } from '../core/html.js';
import { put, seg } from '../core/api.js';
import { at, inDc } from '../core/dc.js';
import { useLive } from '../core/live.js';
import { plural, short } from '../core/format.js';
import { Command, Copy, Empty, Facts, Link, Name, Page, Panel, Spread, State, Tabs, Tags, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { confirm } from '../parts/dialog.js';
import { fromHealth, statusOf } from './model.js';

const checksOf = one => [['ok', one.ChecksPassing, 'passing'], ['warn', one.ChecksWarning, 'warning'], ['bad', one.ChecksCritical, 'critical']];

export function Services() {
  const all = useLive('registry', inDc('/v1/internal/ui/services'));
  return html`<${Page} title="Services">
    ${ready([all], 'the services', 'consul catalog services -tags', list => html`<${Panel}><${Table} label="Services" what="service" rows=${list} keyOf=${one => one.Name} filter=${one => `${one.Name} ${one.Tags.join(' ')} ${statusOf(one)} ${one.Nodes.join(' ')}`}
      empty=${html`<${Empty} title="No service is registered" command="nomad job run FILE">Services appear when a job registers them, or an application registers itself.</${Empty}>`}
      columns=${[
        { title: 'Service', by: one => one.Name, cell: one => html`<${Link} class="name" to=${at(`/services/${seg(one.Name)}/instances`)}><${Name} text=${one.Name} /></${Link}>` },
        { title: 'Health', by: one => ['critical', 'warning', 'passing'].indexOf(statusOf(one)), cell: one => html`<${State} word=${statusOf(one)} />` },
        { title: 'Instances', num: true, by: one => one.InstanceCount, cell: one => one.InstanceCount },
        { title: 'Checks', far: true, by: one => -one.ChecksCritical, cell: one => html`<${Spread} of=${checksOf(one)} />` },
        { title: 'Nodes', num: true, far: true, by: one => one.Nodes.length, cell: one => one.Nodes.length },
        { title: 'Tags', far: true, cell: one => html`<${Tags} list=${one.Tags} />` },
      ]} /></${Panel}>`)}</${Page}>`;
}

/** A check: status, name, what it said. */
export const Check = ({ of }) => html`<div class="stack" style=${{ padding: '8px 14px', borderBottom: '1px solid var(--line)' }}>
  <div class="inline" style=${{ alignItems: 'center' }}><${State} word=${of.Status} /><b style=${{ fontWeight: '550' }}><${Name} text=${of.Name || of.CheckID} /></b><span class="dim mono">${of.CheckID}</span>${of.Type ? html`<span class="tag">${of.Type}</span>` : null}${of.ServiceID ? null : html`<span class="tag">node</span>`}</div>
  ${of.Notes ? html`<p class="soft">${of.Notes}</p>` : null}
  ${of.Output ? html`<pre class="output">${of.Output}</pre>` : null}</div>`;

const isMaintained = of => of.checks.some(check => check.CheckID === `_service_maintenance:${of.id}`);

/** All of an instance: every check with what it said, and what was registered with it. */
const Details = ({ of }) => html`<${Panel} title=${html`<span class="mono">${of.address}:${of.port}</span>`} note=${html`<${Name} text=${of.id} />`} actions=${html`<${State} word=${of.status} />`}>
  ${of.checks.map(check => html`<${Check} key=${check.Node + check.CheckID} of=${check} />`)}
  <div class="body"><${Facts} of=${[['Tags', of.tags.length ? html`<${Tags} list=${of.tags} most=${50} />` : ''], ...Object.entries(of.meta).map(([name, value]) => [html`<${Name} text=${name} />`, html`<${Name} text=${value} />`]),
    of.weights ? ['Weights', `${of.weights.Passing} passing, ${of.weights.Warning} warning`] : null]} /></div></${Panel}>`;

const ORDER = ['critical', 'warning', 'passing'];

function Instances({ list }) {
  const [turned, setTurned] = useState(new Set());
  const turn = key => setTurned(now => { const next = new Set(now); if (!next.delete(key)) next.add(key); return next; });
  // What fails is open at first, and what is alone.
  const isOpen = one => turned.has(one.key) !== (one.status !== 'passing' || list.length === 1);
  return html`<${Panel}><${Table} label="Instances" what="instance" rows=${list} keyOf=${one => one.key} filter=${one => `${one.id} ${one.address}:${one.port} ${one.node} ${one.tags.join(' ')} ${one.status}`} sort=${{ column: 1, down: false }}
    columns=${[
      { title: 'Instance', by: one => `${one.address}:${one.port}`, cell: one => html`<button type="button" class="button small mono" aria-expanded=${isOpen(one)} title=${one.id} onClick=${() => turn(one.key)}>${one.address}:${one.port}</button>` },
      { title: 'Health', by: one => ORDER.indexOf(one.status), cell: one => html`<${State} word=${one.status} />` },
      { title: 'Checks', far: true, cell: one => html`<${Spread} of=${[['ok', one.checks.filter(check => check.Status === 'passing').length, 'passing'], ['warn', one.checks.filter(check => check.Status === 'warning').length, 'warning'], ['bad', one.checks.filter(check => check.Status === 'critical').length, 'critical']]} />` },
      { title: 'Node', far: true, by: one => one.node, cell: one => html`<${Link} to=${at(`/nodes/${seg(one.node)}`)}><${Name} text=${one.node} /></${Link}>` },
      { title: 'Allocation', cell: one => one.allocation ? html`<${Link} class="mono" to=${`/allocations/${one.allocation}`}>${short(one.allocation)}</${Link}>` : html`<span class="dim">none</span>` },
      { title: 'Tags', far: true, cell: one => html`<${Tags} list=${one.tags} most=${3} />` },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small" onClick=${() => maintain(one, !isMaintained(one))}>${isMaintained(one) ? 'End maintenance' : 'Maintenance'}</button> <button type="button" class="button small danger" onClick=${() => deregister(one)}>Deregister</button>` },
    ]} /></${Panel}>
    ${list.filter(isOpen).slice(0, 30).map(one => html`<${Details} key=${one.key} of=${one} />`)}`;
}

function maintain(of, on) {
  confirm({
    title: on ? `Take ${of.id} out for maintenance?` : `Bring ${of.id} back?`,
    text: on ? 'It fails a check of its own until maintenance ends: names, routes and templates stop giving it out.' : 'Its own checks decide again.',
    hits: on ? [`${of.service} at ${of.address}:${of.port}`] : [], word: on ? 'Start maintenance' : 'End maintenance', danger: on,
    command: `consul maint -${on ? 'enable' : 'disable'} -service=${of.id}${on ? ' -reason="…"' : ''}`,
    act: () => put('registry', `/v1/agent/service/maintenance/${seg(of.id)}?enable=${on}${on ? '&reason=from%20the%20web%20pages' : ''}`),
    done: on ? 'Maintenance started' : 'Maintenance ended',
  });
}

function deregister(of) {
  confirm({
    title: `Deregister ${of.id}?`, text: 'The instance leaves the catalog; the process behind it goes on. A job that still runs registers it again.',
    hits: [`${of.service} at ${of.address}:${of.port} on ${of.node}`], word: 'Deregister', danger: true, command: `consul services deregister -id=${of.id}`,
    // The node's own agent would register it again, so it is told first where it is this one.
    act: async () => {
      try { await put('registry', `/v1/agent/service/deregister/${seg(of.id)}`); } catch (problem) { if (problem.status !== 404) throw problem; }
      return put('registry', '/v1/catalog/deregister', { Node: of.node, ServiceID: of.id });
    },
    done: `${of.id} was deregistered`,
  });
}

export function Service({ params }) {
  const all = useLive('registry', inDc(`/v1/health/service/${seg(params.service)}`));
  const intentions = useLive('registry', params.tab === 'intentions' ? inDc(`/v1/connect/intentions/match?by=destination&name=${seg(params.service)}`) : null);
  const tab = ['intentions', 'tags'].includes(params.tab) ? params.tab : 'instances';
  const to = name => at(`/services/${seg(params.service)}/${name}`);
  return ready([all], `the service ${params.service}`, `consul catalog nodes -service=${params.service}`, list => {
    const instances = fromHealth(list);
    const tags = [...new Set(instances.flatMap(one => one.tags))].sort();
    const counts = word => instances.filter(one => one.status === word).length;
    const state = counts('critical') ? 'critical' : counts('warning') ? 'warning' : 'passing';
    return html`<${Page} title=${params.service} state=${instances.length ? html`<${State} word=${state} />` : null} actions=${html`<${Copy} text=${`${params.service}.service.consul`} label="Copy DNS name" />`}
      sub=${`${plural(instances.length, 'instance')}: ${counts('passing')} passing, ${counts('warning')} warning, ${counts('critical')} critical`}>
      <${Tabs} label="Parts of the service" current=${tab} of=${[['instances', 'Instances', to('instances'), instances.length], ['tags', 'Tags', to('tags'), tags.length], ['intentions', 'Intentions', to('intentions')]]} />
      ${tab === 'tags' ? html`<${Panel} plain>${tags.length ? tags.map(text => html`<p class="mono"><${Name} text=${text} /></p>`) : html`<p class="dim">No tags.</p>`}</${Panel}>`
      : tab === 'intentions' ? ready([intentions], 'its intentions', `consul intention match ${params.service}`, found => html`<${Panel} plain>${found.length ? found.map(one => html`<p><${Name} text=${one.SourceName} /> → <${Name} text=${one.DestinationName} /> <${State} word=${one.Action} /></p>`) : html`<p class="dim">No intention has this service as its destination; the default policy decides.</p>`}</${Panel}>`)
      : instances.length === 0 ? html`<${Panel}><${Empty} title="No instance is registered under this name" command="consul services register -name=NAME -port=PORT">It may have been stopped, or the name may be written differently.</${Empty}></${Panel}>`
      : html`<${Instances} list=${instances} />`}
      <${Command} text=${`consul catalog nodes -service=${params.service}`} />
    </${Page}>`;
  });
}
