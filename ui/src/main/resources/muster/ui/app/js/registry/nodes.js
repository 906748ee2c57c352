// Machines of the catalog.
import { html } from '../core/html.js';
import { seg } from '../core/api.js';
import { at, inDc } from '../core/dc.js';
import { useLive } from '../core/live.js';
import { plural, worst } from '../core/format.js';
import { Empty, Facts, Link, Name, Page, Panel, Spread, State, Tags, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Check } from './services.js';
import { instancesOf } from './model.js';

const tally = checks => ['passing', 'warning', 'critical'].map((word, i) => [['ok', 'warn', 'bad'][i], checks.filter(check => check.Status === word).length, word]);

export function Nodes() {
  const all = useLive('registry', inDc('/v1/internal/ui/nodes'));
  const leader = useLive('registry', '/v1/status/leader');
  return html`<${Page} title="Nodes">${ready([all], 'the nodes', 'consul catalog nodes -detailed', list => html`<${Panel}><${Table} label="Nodes" what="node" rows=${list} keyOf=${node => node.Node} filter=${node => `${node.Node} ${node.Address} ${node.ID} ${worst(node.Checks)}`}
    empty=${html`<${Empty} title="No node is in the catalog" command="consul members" />`}
    columns=${[
      { title: 'Node', by: node => node.Node, cell: node => html`<${Link} class="name" to=${at(`/nodes/${seg(node.Node)}`)}><${Name} text=${node.Node} /></${Link}> ${leader.data && String(leader.data).split(':')[0] === node.Address ? html`<span class="tag info">leader</span>` : null}` },
      { title: 'Health', by: node => ['critical', 'warning', 'passing'].indexOf(worst(node.Checks)), cell: node => html`<${State} word=${worst(node.Checks)} />` },
      { title: 'Address', far: true, by: node => node.Address, cell: node => html`<span class="mono">${node.Address}</span>` },
      { title: 'Services', num: true, by: node => node.Services.length, cell: node => node.Services.length },
      { title: 'Checks', far: true, cell: node => html`<${Spread} of=${tally(node.Checks)} />` },
    ]} /></${Panel}>`)}</${Page}>`;
}

export function Node({ params }) {
  const read = useLive('registry', inDc(`/v1/internal/ui/node/${seg(params.node)}`));
  const sessions = useLive('registry', inDc(`/v1/session/node/${seg(params.node)}`));
  return ready([read], `the node ${params.node}`, `consul catalog services -node=${params.node}`, node => {
    if (!node) return html`<${Page} title=${params.node}><${Panel}><${Empty} title="This node is not in the catalog" command="consul catalog nodes" /></${Panel}></${Page}>`;
    const own = node.Checks.filter(check => !check.ServiceID);
    const instances = instancesOf([node]);
    return html`<${Page} title=${node.Node} state=${html`<${State} word=${worst(node.Checks)} />`} sub=${html`<span class="mono">${node.Address}</span> · ${plural(instances.length, 'service instance')}`}>
      <div class="cols"><${Panel} title="Checks of the node">${own.length ? own.map(check => html`<${Check} key=${check.CheckID} of=${check} />`) : html`<div class="body dim">None.</div>`}</${Panel}>
      <${Panel} title="About" plain><${Facts} of=${[['ID', html`<span class="mono">${node.ID}</span>`], ...Object.entries(node.TaggedAddresses ?? {}).map(([name, value]) => [name, html`<span class="mono">${value}</span>`]),
        ...Object.entries(node.Meta ?? {}).map(([name, value]) => [html`<${Name} text=${name} />`, html`<${Name} text=${value} />`]), ['Sessions', sessions.data ? String(sessions.data.length) : '']]} /></${Panel}></div>
      <${Panel} title="Instances on this node"><${Table} label="Instances on this node" what="instance" rows=${instances} keyOf=${one => one.key} filter=${one => `${one.id} ${one.service} ${one.tags.join(' ')} ${one.status}`}
        empty=${html`<${Empty} title="Nothing is registered on this node" command="consul services register -name=NAME -port=PORT" />`}
        columns=${[
          { title: 'Instance', by: one => one.id, cell: one => html`<${Link} class="name" to=${at(`/services/${seg(one.service)}/instances`)}><${Name} text=${one.id} /></${Link}>` },
          { title: 'Service', by: one => one.service, cell: one => html`<${Name} text=${one.service} />` },
          { title: 'Health', by: one => ['critical', 'warning', 'passing'].indexOf(one.status), cell: one => html`<${State} word=${one.status} />` },
          { title: 'Port', num: true, by: one => one.port, cell: one => one.port },
          { title: 'Tags', far: true, cell: one => html`<${Tags} list=${one.tags} />` },
        ]} /></${Panel}></${Page}>`;
  });
}
