// Why a job is not on a client: everything that stands between the two, at once.
import { html, useState } from '../core/html.js';
import { seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { plural } from '../core/format.js';
import { inNs, nsFlag } from '../parts/namespaces.js';
import { Command, Facts, Name, Panel, State, ready } from '../parts/ui.js';

export function WhyNot({ job }) {
  const clients = useLive('scheduler', '/v1/nodes');
  const [chosen, setChosen] = useState('');
  const answer = useLive('scheduler', chosen ? inNs(`/v1/job/${seg(job.ID)}/why-not/${chosen}`, job.Namespace) : null);
  const list = clients.data ?? [];
  const named = list.find(one => one.ID === chosen);
  const command = `nomad job why-not ${nsFlag(job.Namespace)}${job.ID} ${named?.Name ?? 'CLIENT'}`;
  return html`<${Panel} title="Could it run there?" note="what stands between this job and a client" actions=${html`<select aria-label="Client" value=${chosen} onChange=${event => setChosen(event.currentTarget.value)}>
      <option value="">Choose a client</option>${list.map(one => html`<option key=${one.ID} value=${one.ID}>${one.Name}</option>`)}</select>`}>
    ${chosen ? html`<div class="body stack" aria-live="polite">${ready([answer], 'the answer', command, of => html`<${Standing} of=${of} />`)}<${Command} text=${command} /></div>` : null}</${Panel}>`;
}

const list = reasons => html`<ul class="stack plain-list">${reasons.map(text => html`<li><bdi>${text}</bdi></li>`)}</ul>`;

const Standing = ({ of }) => html`${of.Reasons?.length ? list(of.Reasons) : null}
  <${Facts} of=${(of.Groups ?? []).map(group => [html`<${Name} text=${group.Name} />`, html`
    <div><${State} word=${group.Fits ? 'one more fits' : 'does not fit'} as=${group.Fits ? 'ok' : 'bad'} />${group.Instances ? html` <span class="dim">${plural(group.Instances, 'instance')} there now</span>` : null}</div>
    ${group.Preempts ? html`<div class="soft">${plural(group.Preempts, 'instance')} of less important jobs would make room</div>` : null}
    ${group.Reasons?.length ? list(group.Reasons) : null}`])} />`;
