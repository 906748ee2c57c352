// How a group's count changes: by hand, by its policy, and what was done so far.
import { html } from '../core/html.js';
import { seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { fromNanos } from '../core/format.js';
import { inNs } from '../parts/namespaces.js';
import { Ago, Name, Tag } from '../parts/ui.js';
import { Table } from '../parts/table.js';

/** A group's limits in words. Pure. */
export const limitsOf = scaling => `${scaling.Min ?? 0} to ${scaling.Max}${scaling.Enabled === false ? ', turned off' : ''}`;

/** What the policy looks at, as words. Pure. */
export const checksOf = scaling => {
  const policy = [scaling.Policy].flat().filter(Boolean)[0] ?? {};
  return [policy.check ?? []].flat().flatMap(check => Object.entries(check).map(([name, value]) => `${name}: ${[value].flat()[0]?.source ?? ''} ${[value].flat()[0]?.query ?? ''}`.trim()));
};

export const Limits = ({ of }) => html`${limitsOf(of)}${checksOf(of).map(text => html` <${Tag} text=${text} />`)}`;

/** Changes of the counts of a job's groups, the newest first. */
export function ScalingEvents({ job }) {
  const read = useLive('scheduler', inNs(`/v1/job/${seg(job.ID)}/scale`, job.Namespace));
  const rows = Object.entries(read.data?.TaskGroups ?? {}).flatMap(([group, one]) => (one.Events ?? []).map((event, i) => ({ group, i, ...event }))).sort((a, b) => b.Time - a.Time);
  return rows.length === 0 ? null : html`<section class="panel"><header><h2>Changes of counts</h2></header><${Table} label="Changes of counts" what="change" rows=${rows} keyOf=${one => `${one.group} ${one.Time} ${one.i}`} filter=${one => `${one.group} ${one.Message}`} columns=${[
    { title: 'When', cell: one => html`<${Ago} at=${fromNanos(one.Time)} />` }, { title: 'Group', cell: one => html`<${Name} text=${one.group} />` },
    { title: 'Count', num: true, cell: one => one.Count === null || one.Count === undefined ? '' : `${one.PreviousCount} → ${one.Count}` },
    { title: 'Why', wrap: true, cell: one => html`<span class=${one.Error ? 'state bad' : ''} style=${{ whiteSpace: 'normal' }}><${Name} text=${one.Message ?? ''} /></span>` }]} /></section>`;
}
