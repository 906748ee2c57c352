// Lists of allocations.
import { html } from '../core/html.js';
import { useLive } from '../core/live.js';
import { fromNanos, short } from '../core/format.js';
import { Ago, Empty, Link, Name, Page, Panel, State, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { nsColumn, ofAll } from '../parts/namespaces.js';
import { eventsOf } from './model.js';

/** The newest event's words, where the list has events. */
const lastWords = alloc => eventsOf(alloc)[0]?.DisplayMessage ?? alloc.ClientDescription ?? '';

export const AllocationTable = ({ list, title, bare }) => {
  const table = html`<${Table} label=${title ?? 'Allocations'} what="allocation" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.ID} ${one.Name} ${one.NodeName} ${one.ClientStatus} ${one.DesiredStatus}`}
    empty=${html`<${Empty} title="No allocation" command="nomad job run FILE">Nothing was placed yet.</${Empty}>`}
    columns=${[
      { title: 'Allocation', by: one => one.ID, cell: one => html`<${Link} class="name mono" to=${`/allocations/${one.ID}`}>${short(one.ID)}</${Link}>` },
      { title: 'Name', by: one => one.Name, cell: one => html`<${Name} text=${one.Name} />` },
      ...nsColumn(list),
      { title: 'Status', by: one => one.ClientStatus, cell: one => html`<${State} word=${one.ClientStatus} />${one.DesiredStatus !== 'run' ? html` <span class="dim">to ${one.DesiredStatus}</span>` : null}${one.DeploymentStatus?.Healthy === false ? html` <span class="tag bad">unhealthy</span>` : null}${one.DeploymentStatus?.Canary ? html` <span class="tag info">canary</span>` : null}` },
      { title: 'Client', far: true, by: one => one.NodeName, cell: one => html`<${Link} to=${`/clients/${one.NodeID}`}><${Name} text=${one.NodeName} /></${Link}>` },
      { title: 'Version', num: true, far: true, by: one => one.JobVersion ?? one.Job?.Version, cell: one => one.JobVersion ?? one.Job?.Version },
      { title: 'What it says', far: true, cell: one => html`<span class="soft" title=${lastWords(one)}><${Name} text=${lastWords(one)} /></span>` },
      { title: 'Changed', far: true, by: one => -one.ModifyTime, cell: one => html`<${Ago} at=${fromNanos(one.ModifyTime)} />` },
    ]} />`;
  if (bare && list.length === 0) return html`<p class="body dim">No allocation of it is there.</p>`;
  return bare ? table : html`<${Panel} title=${title}>${table}</${Panel}>`;
};

export function Allocations() {
  const all = useLive('scheduler', ofAll('/v1/allocations?task_states=false'));
  return html`<${Page} title="Allocations">${ready([all], 'the allocations', 'nomad job status', list => html`<${AllocationTable} list=${list} />`)}</${Page}>`;
}
