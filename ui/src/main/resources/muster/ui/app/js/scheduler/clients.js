// Clients: the machines that run allocations, what they have left, and taking them out of use.
import { html, useMemo, useState } from '../core/html.js';
import { put, seg } from '../core/api.js';
import { href } from '../core/place.js';
import { useLive } from '../core/live.js';
import { bytes, plural, short } from '../core/format.js';
import { Ago, Command, Empty, Facts, Field, Link, Meter, Name, Page, Panel, State, Tag, isAwaited, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { close, confirm, show, toast } from '../parts/dialog.js';
import { AllocationTable } from './allocations.js';
import { ofAll } from '../parts/namespaces.js';
import { isLive, packed } from './model.js';

const wordOf = node => node.Drain ? 'draining' : node.Status !== 'ready' ? node.Status : node.SchedulingEligibility === 'eligible' ? 'ready' : 'ineligible';

export function Clients() {
  const nodes = useLive('scheduler', '/v1/nodes?resources=true');
  const allocations = useLive('scheduler', ofAll('/v1/allocations?resources=true&task_states=false'));
  return html`<${Page} title="Clients">${ready([nodes, allocations], 'the clients', 'nomad node status', (list, all) => html`<${Panel}><${Table} label="Clients" what="client" rows=${packed(list, all)} keyOf=${one => one.node.ID} filter=${one => `${one.node.Name} ${one.node.ID} ${one.node.Datacenter} ${one.node.NodeClass} ${wordOf(one.node)}`}
    empty=${html`<${Empty} title="No client has joined" command="muster agent -config client.hcl" />`}
    columns=${[
      { title: 'Client', by: one => one.node.Name, cell: one => html`<${Link} class="name" to=${`/clients/${one.node.ID}`}><${Name} text=${one.node.Name} /></${Link}> <span class="dim mono">${short(one.node.ID)}</span>` },
      { title: 'State', by: one => wordOf(one.node), cell: one => html`<${State} word=${wordOf(one.node)} />` },
      { title: 'Allocations', num: true, by: one => one.allocations.length, cell: one => one.allocations.length },
      { title: 'CPU given', far: true, by: one => one.cpu.used / one.cpu.all, cell: one => html`<${Meter} label="CPU" part=${one.cpu.used / one.cpu.all} text=${`${one.cpu.used} of ${one.cpu.all} MHz`} />` },
      { title: 'Memory given', far: true, by: one => one.memory.used / one.memory.all, cell: one => html`<${Meter} label="memory" part=${one.memory.used / one.memory.all} text=${`${one.memory.used} of ${one.memory.all} MiB`} />` },
      { title: 'Datacenter', far: true, by: one => one.node.Datacenter, cell: one => one.node.Datacenter },
      { title: 'Class', far: true, cell: one => one.node.NodeClass },
    ]} /></${Panel}>`)}</${Page}>`;
}

export function Client({ params }) {
  const id = params.client;
  const read = useLive('scheduler', `/v1/node/${seg(id)}`);
  const allocations = useLive('scheduler', `/v1/node/${seg(id)}/allocations`);
  const stats = useLive('scheduler', `/v1/client/stats?node_id=${seg(id)}`);
  return ready([read], `the client ${short(id)}`, `nomad node status ${id}`, node => {
    const all = (allocations.data ?? []).map(one => ({ ...one, JobVersion: one.Job?.Version }));
    const live = all.filter(isLive);
    const [fill] = packed([node], live);
    return html`<${Page} title=${node.Name} state=${html`<${State} word=${wordOf(node)} />`} sub=${html`<span class="mono">${node.ID}</span>, ${node.Datacenter}${node.NodeClass ? `, class ${node.NodeClass}` : ''}, <span class="mono">${node.HTTPAddr}</span>`}
      actions=${html`${node.Drain ? html`<button type="button" class="button" onClick=${() => endDrain(node)}>End draining</button>` : html`<button type="button" class="button danger" disabled=${isAwaited(allocations)} onClick=${() => drain(node, allocations.data ? live : null)}>Drain</button>`}
        <button type="button" class="button" disabled=${node.Drain} onClick=${() => eligible(node)}>${node.SchedulingEligibility === 'eligible' ? 'Make ineligible' : 'Make eligible'}</button>`}>
      <div class="cols"><${Panel} title="What is given away"><div class="body stack">
        <div class="bars"><span>CPU</span><${Meter} label="CPU" part=${fill.cpu.used / fill.cpu.all} text=${`${fill.cpu.used} of ${fill.cpu.all} MHz`} /><span>Memory</span><${Meter} label="Memory" part=${fill.memory.used / fill.memory.all} text=${`${fill.memory.used} of ${fill.memory.all} MiB`} />
        ${stats.data?.Memory ? html`<span>Memory in use</span><${Meter} label="Memory in use" part=${1 - stats.data.Memory.Available / stats.data.Memory.Total} text=${`${bytes(stats.data.Memory.Total - stats.data.Memory.Available)} of ${bytes(stats.data.Memory.Total)}`} />` : null}
        ${stats.data?.CPU?.length ? html`<span>CPU in use</span><${Meter} label="CPU in use" part=${stats.data.CPU.reduce((sum, cpu) => sum + cpu.Total, 0) / stats.data.CPU.length / 100} text=${`${Math.round(stats.data.CPU.reduce((sum, cpu) => sum + cpu.Total, 0) / stats.data.CPU.length)} %`} />` : null}
        ${stats.data?.AllocDirStats ? html`<span>Disk in use</span><${Meter} label="Disk in use" part=${stats.data.AllocDirStats.UsedPercent / 100} text=${`${bytes(stats.data.AllocDirStats.Used)} of ${bytes(stats.data.AllocDirStats.Size)}`} />` : null}</div>
        <div>${fill.ports.map(port => html`<${Tag} text=${`${port.value} ${port.label}`} />`)}</div></div></${Panel}>
      <${Panel} title="Drivers"><${Table} label="Drivers" rows=${Object.entries(node.Drivers ?? {})} keyOf=${([name]) => name} columns=${[{ title: 'Driver', cell: ([name]) => name }, { title: 'State', cell: ([, driver]) => html`<${State} word=${driver.Healthy ? 'healthy' : driver.Detected ? 'unhealthy' : 'not found'} />` }, { title: 'What it says', wrap: true, cell: ([, driver]) => driver.HealthDescription }]} /></${Panel}></div>
      ${ready([allocations], 'its allocations', `nomad node status ${id}`, () => html`<${AllocationTable} list=${all} title="Allocations" />`)}
      <div class="cols"><${Panel} title="Events"><${Table} label="Events" rows=${[...(node.Events ?? [])].reverse()} keyOf=${event => event.Timestamp + event.Message} columns=${[{ title: 'When', cell: event => html`<${Ago} at=${Date.parse(event.Timestamp)} />` }, { title: 'Part', far: true, cell: event => event.Subsystem }, { title: 'What', wrap: true, cell: event => event.Message }]} /></${Panel}>
      <${Panel} title="Attributes"><${Table} label="Attributes" what="attribute" rows=${[...Object.entries(node.Meta ?? {}).map(([name, value]) => [`meta.${name}`, value]), ...Object.entries(node.Attributes ?? {})]} keyOf=${([name]) => name} filter=${pair => pair.join(' ')} columns=${[{ title: 'Name', by: ([name]) => name, cell: ([name]) => html`<span class="mono"><${Name} text=${name} /></span>` }, { title: 'Value', wrap: true, cell: ([, value]) => html`<${Name} text=${value} />` }]} /></${Panel}></div>
      <${Command} text=${`nomad node status -verbose ${short(id)}`} /></${Page}>`;
  });
}

/** @param live its allocations that run; null where they could not be read */
function drain(node, live) {
  show(`Drain ${node.Name}?`, () => {
    const [minutes, setMinutes] = useState(60);
    const [system, setSystem] = useState(false);
    const [problem, setProblem] = useState('');
    const go = async () => {
      try { await put('scheduler', `/v1/node/${node.ID}/drain`, { DrainSpec: { Deadline: minutes * 60e9, IgnoreSystemJobs: system } }); close(); toast(`${node.Name} drains`); } catch (failure) { setProblem(failure.message); }
    };
    return html`<p class="soft">${!live ? 'What runs here could not be read; it will be moved to other clients, or stopped at the deadline.' : live.length ? `${plural(live.length, 'allocation')} will be moved to other clients, or stopped at the deadline:` : 'Nothing runs here.'}</p>
      ${live?.length ? html`<ul class="hits" tabindex="0" aria-label="What this interrupts">${live.map(one => html`<li><bdi>${one.Name}</bdi></li>`)}</ul>` : null}
      <div class="inline"><${Field} label="Deadline in minutes" hint="0 waits for ever"><input type="number" min="0" value=${minutes} onInput=${event => setMinutes(Number(event.currentTarget.value))} /></${Field}><label class="check"><input type="checkbox" checked=${system} onChange=${event => setSystem(event.currentTarget.checked)} />Leave system jobs</label></div>
      ${problem ? html`<div class="trouble" role="alert">${problem}</div>` : null}<${Command} text=${`nomad node drain -enable -deadline ${minutes}m${system ? ' -ignore-system' : ''} ${short(node.ID)}`} />
      <div class="buttons"><button type="button" class="button" data-first onClick=${close}>Cancel</button><button type="button" class="button main-act danger" onClick=${go}>Drain</button></div>`;
  });
}

function endDrain(node) {
  confirm({ title: `End draining ${node.Name}?`, text: 'It becomes eligible again; what was moved stays where it is.', word: 'End draining', command: `nomad node drain -disable ${short(node.ID)}`, act: () => put('scheduler', `/v1/node/${node.ID}/drain`, { DrainSpec: null, MarkEligible: true }), done: `${node.Name} takes allocations again` });
}

function eligible(node) {
  const on = node.SchedulingEligibility !== 'eligible';
  confirm({ title: on ? `Let ${node.Name} take allocations again?` : `Give ${node.Name} no more allocations?`, text: on ? '' : 'What runs there goes on.', word: on ? 'Make eligible' : 'Make ineligible', command: `nomad node eligibility -${on ? 'enable' : 'disable'} ${short(node.ID)}`,
    act: () => put('scheduler', `/v1/node/${node.ID}/eligibility`, { Eligibility: on ? 'eligible' : 'ineligible' }), done: `${node.Name} is ${on ? 'eligible' : 'ineligible'}` });
}

/** What each client has given away, drawn to scale. */
export function Packing() {
  const nodes = useLive('scheduler', '/v1/nodes?resources=true');
  const allocations = useLive('scheduler', ofAll('/v1/allocations?resources=true&task_states=false'));
  const rows = useMemo(() => packed(nodes.data ?? [], allocations.data ?? []), [nodes.data, allocations.data]);
  const total = key => rows.reduce((sum, one) => ({ used: sum.used + one[key].used, all: sum.all + one[key].all }), { used: 0, all: 0 });
  const strip = (one, key, unit) => html`<div class="strip" role="group" aria-label=${`${key}: ${one[key].used} of ${one[key].all} ${unit}`}>${one.allocations.map(alloc => html`<a key=${alloc.id} href=${href(`/allocations/${alloc.id}`)} aria-label=${`${alloc.name}: ${alloc[key]} ${unit}`} title=${`${alloc.name}\n${alloc[key]} ${unit}`} style=${{ width: `${alloc[key] / one[key].all * 100}%` }}></a>`)}</div>`;
  return html`<${Page} title="Packing" sub="What of each client's CPU, memory and ports is given to which allocation.">${ready([nodes, allocations], 'the clients', 'nomad node status -allocs -stats', () => html`
    <div class="bars"><span>CPU of all</span><${Meter} label="CPU of all" part=${total('cpu').used / total('cpu').all} text=${`${total('cpu').used} of ${total('cpu').all} MHz`} /><span>Memory of all</span><${Meter} label="Memory of all" part=${total('memory').used / total('memory').all} text=${`${total('memory').used} of ${total('memory').all} MiB`} /></div>
    <div class="packing">${rows.map(one => html`<section key=${one.node.ID} class="packed"><div class="inline" style=${{ alignItems: 'center' }}><b><${Link} to=${`/clients/${one.node.ID}`}><${Name} text=${one.node.Name} /></${Link}></b><${State} word=${wordOf(one.node)} /><span class="dim">${plural(one.allocations.length, 'allocation')}</span></div>
      <div class="soft">CPU ${one.cpu.used} of ${one.cpu.all} MHz</div>${strip(one, 'cpu', 'MHz')}<div class="soft">Memory ${one.memory.used} of ${one.memory.all} MiB</div>${strip(one, 'memory', 'MiB')}
      <div class="soft">Ports</div><div class="ports">${one.ports.length ? one.ports.slice(0, 80).map(port => html`<span class="tag" title=${`${port.label} of ${port.of.name}`}>${port.value}</span>`) : html`<span class="dim">none</span>`}${one.ports.length > 80 ? html`<span class="dim">+${one.ports.length - 80}</span>` : null}</div></section>`)}</div>`)}</${Page}>`;
}

export function Servers() {
  const members = useLive('scheduler', '/v1/agent/members');
  const leader = useLive('scheduler', '/v1/status/leader');
  return html`<${Page} title="Servers">${ready([members], 'the servers', 'nomad server members', answer => html`<${Panel}><${Table} label="Servers" rows=${answer.Members ?? []} keyOf=${one => one.Name} columns=${[
    { title: 'Server', cell: one => html`<${Name} text=${one.Name} />${leader.data === one.Tags?.rpc_addr || leader.data?.endsWith(`:${one.Tags?.port}`) ? html` <span class="tag info">leader</span>` : null}` }, { title: 'State', cell: one => html`<${State} word=${one.Status} />` }, { title: 'Address', cell: one => html`<span class="mono">${one.Addr}:${one.Port}</span>` }, { title: 'Version', far: true, cell: one => one.Tags?.build }]} /></${Panel}>`)}</${Page}>`;
}
