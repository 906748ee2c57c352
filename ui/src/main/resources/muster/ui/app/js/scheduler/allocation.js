// One allocation: what it does, what it says, what is in its folders, what it uses.
import { html, useMemo, useRef, useState } from '../core/html.js';
import { put, post, seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { bytes, percent, rough, short } from '../core/format.js';
import { Ago, Command, Empty, Facts, Link, Name, Page, Panel, State, Tabs, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Chart } from '../parts/chart.js';
import { confirm, show, close, write } from '../parts/dialog.js';
import { Files, Logs } from './files.js';
import { Terminal } from './terminal.js';
import { Reasons, Scores } from './evaluations.js';
import { jobTo } from '../parts/namespaces.js';
import { eventsOf, granted } from './model.js';

export function Allocation({ params }) {
  const id = params.alloc;
  const read = useLive('scheduler', `/v1/allocation/${seg(id)}`);
  return ready([read], `the allocation ${short(id)}`, `nomad alloc status ${id}`, one => {
    const tab = ['logs', 'files', 'exec'].includes(params.tab) ? params.tab : 'overview';
    const group = one.Job?.TaskGroups?.find(other => other.Name === one.TaskGroup);
    const tasks = (group?.Tasks ?? []).map(task => task.Name);
    const task = params.task ?? tasks[0] ?? '';
    const runs = one.ClientStatus === 'running';
    return html`<${Page} title=${one.Name} state=${html`<${State} word=${one.ClientStatus} />`} sub=${html`<span class="mono">${one.ID}</span> of <${Link} to=${jobTo(one.JobID, one.Namespace)}><${Name} text=${one.JobID} /></${Link}> version ${one.Job?.Version}, on <${Link} to=${`/clients/${one.NodeID}`}><${Name} text=${one.NodeName} /></${Link}>`}
      actions=${html`<button type="button" class="button" disabled=${!runs} onClick=${() => restart(one, tasks)}>Restart</button><button type="button" class="button" disabled=${!runs} onClick=${() => signal(one, tasks)}>Signal</button><button type="button" class="button danger" disabled=${!runs && one.ClientStatus !== 'pending'} onClick=${() => stop(one)}>Stop</button>`}>
      <${Tabs} label="Parts of the allocation" current=${tab} of=${[['overview', 'Overview', `/allocations/${id}`], ['logs', 'Logs', `/allocations/${id}/${seg(task)}/logs`], ['files', 'Files', `/allocations/${id}/fs/`], ['exec', 'Terminal', `/allocations/${id}/${seg(task)}/exec`]]} />
      ${tab === 'logs' ? html`<${Logs} alloc=${id} tasks=${tasks} task=${task} />` : tab === 'exec' ? html`<${Terminal} key=${task} alloc=${id} tasks=${tasks} task=${task} runs=${runs} />` : tab === 'files' ? html`<${Files} alloc=${id} path=${params.path ?? (params.task ? `${params.task}/` : '')} />`
        : html`<${Overview} of=${one} group=${group} only=${params.tab === 'task' ? params.task : ''} />`}
    </${Page}>`;
  });
}

function Overview({ of, group, only }) {
  const events = eventsOf(of).filter(event => !only || event.task === only);
  const given = granted(of);
  const ports = of.AllocatedResources?.Shared?.Ports ?? [];
  return html`<div class="cols">
    <div class="stack"><${Panel} title="Tasks"><${Table} label="Tasks" rows=${(group?.Tasks ?? []).filter(task => !only || task.Name === only)} keyOf=${task => task.Name} columns=${[
      { title: 'Task', cell: task => html`<${Link} class="name" to=${`/allocations/${of.ID}/${seg(task.Name)}/logs`}><${Name} text=${task.Name} /></${Link}>` },
      { title: 'State', cell: task => { const state = of.TaskStates?.[task.Name]; return html`<${State} word=${state?.State ?? 'pending'} as=${state?.Failed ? 'bad' : state?.State === 'running' ? 'ok' : 'idle'} />`; } },
      { title: 'Restarts', num: true, cell: task => of.TaskStates?.[task.Name]?.Restarts ?? 0 },
      { title: 'Since', far: true, cell: task => html`<${Ago} at=${Date.parse(of.TaskStates?.[task.Name]?.StartedAt ?? '')} />` },
    ]} /></${Panel}>
    <${Panel} title="About" plain><${Facts} of=${[['Wanted', `${of.DesiredStatus}${of.DesiredDescription ? ` (${of.DesiredDescription})` : ''}`], of.ClientDescription ? ['The client says', of.ClientDescription] : null, ['Healthy', of.DeploymentStatus?.Healthy === undefined || of.DeploymentStatus?.Healthy === null ? 'not known yet' : of.DeploymentStatus.Healthy ? 'yes' : 'no'],
      ['Ports', ports.map(port => html`<div class="mono"><${Name} text=${port.Label} /> ${port.HostIP}:${port.Value}${port.To ? ` → ${port.To}` : ''}</div>`)], ['Given', `${given.cpu} MHz, ${given.memory} MiB`], ['Evaluation', html`<${Link} class="mono" to=${`/evaluations/${of.EvalID}`}>${short(of.EvalID)}</${Link}>`],
      of.DeploymentID ? ['Deployment', html`<${Link} class="mono" to=${`/deployments/${of.DeploymentID}`}>${short(of.DeploymentID)}</${Link}>`] : null, of.PreviousAllocation ? ['Replaces', html`<${Link} class="mono" to=${`/allocations/${of.PreviousAllocation}`}>${short(of.PreviousAllocation)}</${Link}>`] : null,
      of.NextAllocation ? ['Replaced by', html`<${Link} class="mono" to=${`/allocations/${of.NextAllocation}`}>${short(of.NextAllocation)}</${Link}>`] : null]} /></${Panel}></div>
    <div class="stack"><${Usage} of=${of} given=${given} />
    <${Panel} title="Why this client"><div class="body">${of.Metrics ? html`<${Reasons} of=${of.Metrics} />` : html`<span class="dim">The scheduler kept no scores.</span>`}</div><${Scores} of=${of.Metrics} /></${Panel}></div></div>
    <${Panel} title="Events"><${Table} label="Events" what="event" rows=${events} keyOf=${event => `${event.task} ${event.Time} ${event.i}`} filter=${event => `${event.Type} ${event.DisplayMessage}`} empty=${html`<${Empty} title="Nothing happened yet" command=${`nomad alloc status ${short(of.ID)}`} />`} columns=${[
      { title: 'When', cell: event => html`<${Ago} at=${event.at} />` }, { title: 'Task', far: true, cell: event => html`<${Name} text=${event.task} />` },
      { title: 'Event', cell: event => html`<span class=${event.FailsTask ? 'state bad' : ''}>${event.Type}</span>` }, { title: 'What it says', wrap: true, cell: event => html`<${Name} text=${event.DisplayMessage ?? ''} />` }]} /></${Panel}>
    <${Command} text=${`nomad alloc status ${short(of.ID)}`} />`;
}

const KEPT = 300;

/** CPU and memory while the page is open; the API has no history. */
function Usage({ of, given }) {
  const runs = of.ClientStatus === 'running';
  const stats = useLive('scheduler', runs ? `/v1/client/allocation/${of.ID}/stats` : null);
  const points = useRef({ times: [], cpu: [], memory: [] });
  const last = stats.data?.Timestamp ?? 0;
  const series = useMemo(() => {
    if (stats.data) {
      const used = stats.data.ResourceUsage ?? {};
      const now = points.current;
      const next = { times: [...now.times, Date.now() / 1000].slice(-KEPT), cpu: [...now.cpu, used.CpuStats?.TotalTicks ?? 0].slice(-KEPT), memory: [...now.memory, (used.MemoryStats?.RSS ?? 0)].slice(-KEPT) };
      points.current = next;
    }
    return points.current;
  }, [stats.at, last]);
  if (!runs) return null;
  if (stats.error && !stats.data) return html`<${Panel} title="Use" plain><${Trouble} as="warn" title="What it uses can't be read" text=${stats.error.text} command=${`nomad alloc status -stats ${short(of.ID)}`} /></${Panel}>`;
  const cpu = series.cpu.at(-1) ?? 0;
  const memory = series.memory.at(-1) ?? 0;
  return html`<${Panel} title="Use" note="since this page was opened"><div class="body stack">
    <p><b>${rough(cpu)} MHz</b> <span class="soft">${given.cpu ? `${percent(cpu / given.cpu)} of ${given.cpu} MHz` : ''}</span></p><${Chart} label="CPU" times=${series.times} top=${given.cpu / 4} series=${[{ label: 'CPU', values: series.cpu, unit: value => `${rough(value)} MHz` }]} height=${110} />
    <p><b>${bytes(memory)}</b> <span class="soft">${given.memory ? `${percent(memory / given.memory / 1048576)} of ${given.memory} MiB` : ''}</span></p><${Chart} label="Memory" times=${series.times} series=${[{ label: 'Memory', values: series.memory, unit: bytes }]} height=${110} /></div></${Panel}>`;
}

function restart(of, tasks) {
  confirm({ title: `Restart ${of.Name}?`, text: 'Its tasks end and start again in place; requests in progress are cut where a task does not wait for them.', hits: tasks.map(task => `${task} on ${of.NodeName}`), word: 'Restart', danger: true, command: `nomad alloc restart ${short(of.ID)}`, act: () => put('scheduler', `/v1/client/allocation/${of.ID}/restart`, {}), done: 'It restarts' });
}

function stop(of) {
  confirm({ title: `Stop ${of.Name}?`, text: 'Another allocation takes its place, as the job still wants one.', hits: [`${of.Name} on ${of.NodeName}`], word: 'Stop', danger: true, command: `nomad alloc stop ${short(of.ID)}`, act: () => post('scheduler', `/v1/allocation/${of.ID}/stop`), done: 'It stops' });
}

function signal(of, tasks) {
  show(`Signal ${of.Name}`, () => {
    const [name, setName] = useState('SIGHUP');
    const [task, setTask] = useState('');
    const send = async () => { close(); await write(() => put('scheduler', `/v1/client/allocation/${of.ID}/signal`, { Signal: name, Task: task }), `${name} was sent`); };
    return html`<div class="inline"><label class="field"><span>Signal</span><select value=${name} onChange=${event => setName(event.currentTarget.value)}>${['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGKILL'].map(one => html`<option>${one}</option>`)}</select></label>
      <label class="field"><span>Task</span><select value=${task} onChange=${event => setTask(event.currentTarget.value)}><option value="">all</option>${tasks.map(one => html`<option>${one}</option>`)}</select></label></div>
      <p class="soft">A signal may end the task; the job's restart rules decide what follows.</p><${Command} text=${`nomad alloc signal -s ${name} ${short(of.ID)} ${task}`} />
      <div class="buttons"><button type="button" class="button" onClick=${close}>Cancel</button><button type="button" class="button main-act danger" onClick=${send}>Send</button></div>`;
  });
}
