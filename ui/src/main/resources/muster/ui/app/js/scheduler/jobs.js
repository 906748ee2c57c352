// Jobs, and one of them with its groups, allocations, versions, deployments and evaluations.
import { html, useState } from '../core/html.js';
import { get, post, put, remove, seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { fromNanos, plural, short } from '../core/format.js';
import { jobChanges } from '../core/lines.js';
import { Ago, Command, Empty, Facts, Field, Link, Name, Page, Panel, Spread, State, Tabs, isAwaited, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Changes } from '../parts/views.js';
import { close, confirm, show, toast, write } from '../parts/dialog.js';
import { AllocationTable } from './allocations.js';
import { DeploymentCard } from './deployments.js';
import { EvaluationTable, NotPlaced } from './evaluations.js';
import { DEFAULT, inNs, jobOf, jobTo, nsColumn, nsFlag, ofAll } from '../parts/namespaces.js';
import { dependenciesOf, isLive, spreadOf } from './model.js';
import { Limits, ScalingEvents } from './scaling.js';
import { WhyNot } from './why.js';

const statusOf = job => job.Stop ? 'stopped' : job.Status;

export function Jobs() {
  const all = useLive('scheduler', ofAll('/v1/jobs'));
  return html`<${Page} title="Jobs" actions=${html`<${Link} class="button main-act" to="/run">Run a job</${Link}>`}>${ready([all], 'the jobs', 'nomad job status', list => html`<${Panel}><${Table} label="Jobs" what="job" rows=${list} keyOf=${job => `${job.Namespace}/${job.ID}`} filter=${job => `${job.ID} ${job.Type} ${statusOf(job)}`} sort=${{ column: 0, down: false }}
    empty=${html`<${Empty} title="No job is registered" command="nomad job run FILE">A job file says what runs, how many of it, and how it is reached.</${Empty}>`}
    columns=${[
      { title: 'Job', by: job => job.ID, cell: job => html`<${Link} class="name" to=${jobTo(job.ID, job.Namespace)}><${Name} text=${job.Name} /></${Link}>` },
      ...nsColumn(list),
      { title: 'Status', by: statusOf, cell: job => html`<${State} word=${statusOf(job)} />` },
      { title: 'Allocations', cell: job => html`<${Spread} of=${spreadOf(job.JobSummary?.Summary)} />` },
      { title: 'Type', far: true, by: job => job.Type, cell: job => html`${job.Type}${job.Periodic ? ', periodic' : ''}${job.ParameterizedJob ? ', parameterized' : ''}` },
      { title: 'Priority', num: true, far: true, by: job => job.Priority, cell: job => job.Priority },
      { title: 'Submitted', far: true, by: job => -job.SubmitTime, cell: job => html`<${Ago} at=${fromNanos(job.SubmitTime)} />` },
    ]} /></${Panel}>`)}</${Page}>`;
}

export function Job({ params, query }) {
  const { id, ns } = jobOf(params.job, query.namespace);
  const of = part => inNs(`/v1/job/${seg(id)}${part}`, ns);
  const tab = params.tab ?? 'overview';
  const job = useLive('scheduler', of(''));
  const allocations = useLive('scheduler', of('/allocations'));
  const evaluations = useLive('scheduler', of('/evaluations'));
  const summary = useLive('scheduler', of('/summary'));
  const deployments = useLive('scheduler', of('/deployments'));
  const to = name => jobTo(id, ns, name ? `/${name}` : '');
  const edit = inNs(`/run?job=${seg(id)}`, ns);
  return ready([job], `the job ${id}`, `nomad job status ${nsFlag(ns)}${id}`, now => {
    const live = allocations.data?.filter(isLive);
    const awaited = isAwaited(allocations);
    return html`<${Page} title=${now.Name} state=${html`<${State} word=${statusOf(now)} />`} sub=${html`${now.Type}, priority ${now.Priority}, version ${now.Version}, in ${(now.Datacenters ?? []).join(', ')}${ns === DEFAULT ? '' : `, namespace ${ns}`}`}
      actions=${html`${now.ParameterizedJob ? html`<button type="button" class="button" onClick=${() => dispatch(now)}>Dispatch</button>` : null}
        ${now.Periodic ? html`<button type="button" class="button" onClick=${() => write(() => post('scheduler', of('/periodic/force')), 'A run was started')}>Run now</button>` : null}
        <${Link} class="button" to=${edit}>Edit</${Link}>
        ${now.Stop ? html`<button type="button" class="button main-act" onClick=${() => start(now)}>Start</button>` : html`<button type="button" class="button danger" disabled=${awaited} onClick=${() => stop(now, live)}>Stop</button>`}`}>
      <${Tabs} label="Parts of the job" current=${tab === 'group' ? 'overview' : tab} of=${[['overview', 'Groups', to('')], ['allocations', 'Allocations', to('allocations'), allocations.data?.length], ['versions', 'Versions', to('versions')], ['deployments', 'Deployments', to('deployments'), deployments.data?.length], ['evaluations', 'Evaluations', to('evaluations'), evaluations.data?.length], ['definition', 'Definition', to('definition')]]} />
      ${tab === 'allocations' ? ready([allocations], 'its allocations', `nomad job status ${id}`, list => html`<${AllocationTable} list=${list} />`)
      : tab === 'versions' ? html`<${Versions} job=${now} live=${live} awaited=${awaited} />`
      : tab === 'deployments' ? ready([deployments], 'its deployments', `nomad job deployments ${id}`, list => list.length ? list.map(one => html`<${DeploymentCard} key=${one.ID} of=${one} />`) : html`<${Panel}><${Empty} title="No deployment" command=${`nomad job deployments ${nsFlag(ns)}${id}`}>A service job with an update block makes one at each change.</${Empty}></${Panel}>`)
      : tab === 'evaluations' ? ready([evaluations], 'its evaluations', `nomad job status -evals ${id}`, list => html`<${EvaluationTable} list=${list} />`)
      : tab === 'definition' ? html`<${Panel} title="Definition" note="as the scheduler keeps it" actions=${html`<${Link} class="button small" to=${edit}>Edit</${Link}>`}><div class="body"><pre class="code" tabindex="0">${JSON.stringify(now, null, 2)}</pre></div></${Panel}>`
      : html`<${Groups} job=${now} only=${tab === 'group' ? params.group : ''} summary=${summary.data?.Summary} awaited=${awaited} allocations=${allocations.data ?? []} evaluations=${evaluations.data ?? []} deployments=${deployments.data ?? []} />`}
      <${Command} text=${`nomad job status ${nsFlag(ns)}${id}`} /></${Page}>`;
  });
}

function Groups({ job, only, summary, awaited, allocations, evaluations, deployments }) {
  const groups = (job.TaskGroups ?? []).filter(group => !only || group.Name === only);
  const latest = evaluations.find(one => one.FailedTGAllocs && Object.keys(one.FailedTGAllocs).length && ['blocked', 'pending', 'complete'].includes(one.Status));
  const blocked = evaluations.find(one => one.Status === 'blocked');
  const failed = blocked?.FailedTGAllocs ?? (blocked ? latest?.FailedTGAllocs : null);
  const active = deployments.find(one => ['running', 'paused', 'pending', 'blocked'].includes(one.Status));
  return html`${failed && !job.Stop ? html`<${NotPlaced} of=${failed} title="What could not be placed, and why" /><${WhyNot} job=${job} />` : null}
    ${active ? html`<${DeploymentCard} of=${active} />` : null}
    ${groups.map(group => html`<${Panel} key=${group.Name} title=${html`<${Link} to=${jobTo(job.ID, job.Namespace, `/${seg(group.Name)}`)}><${Name} text=${group.Name} /></${Link}>`} note=${`wants ${group.Count}`}
      actions=${html`<span style=${{ width: '140px' }}><${Spread} of=${spreadOf({ one: summary?.[group.Name] ?? {} })} /></span>${job.Type === 'service' || job.Type === 'batch' ? html`<button type="button" class="button small" disabled=${job.Stop || awaited} onClick=${() => scale(job, group, allocations)}>Scale</button>` : null}`}>
      <div class="body"><${Facts} of=${[['Tasks', (group.Tasks ?? []).map(task => html`<div><${Name} text=${task.Name} /> <span class="dim">${task.Driver}, ${task.Resources?.CPU} MHz, ${task.Resources?.MemoryMB} MiB</span></div>`)],
        ['Services', [...(group.Services ?? []), ...(group.Tasks ?? []).flatMap(task => task.Services ?? [])].map(service => html`<div><${Name} text=${service.Name} /> <span class="dim"><bdi>${(service.Tags ?? []).join(' ')}</bdi></span></div>`)],
        ...waits(job, group), group.Scaling ? ['Scales', html`<${Limits} of=${group.Scaling} />`] : null]} /></div>
      <${AllocationTable} bare=${true} list=${allocations.filter(one => one.TaskGroup === group.Name)} /></${Panel}>`)}
    ${groups.length === 0 ? html`<${Panel}><${Empty} title=${`The job has no group ${only}`} command=${`nomad job inspect ${nsFlag(job.Namespace)}${job.ID}`} /></${Panel}>` : html`<${ScalingEvents} job=${job} />${failed && !job.Stop ? null : html`<${WhyNot} job=${job} />`}`}`;
}

/** What has to be there first, as a fact. */
function waits(job, group) {
  const found = [...dependenciesOf(job.Meta, job.ID), ...dependenciesOf(group.Meta, job.ID)];
  return found.length ? [['Waits first for', found.map(one => html`<div><${Link} to=${jobTo(one.job, job.Namespace, one.group ? `/${seg(one.group)}` : '')}><${Name} text=${one.text} /></${Link}></div>`)]] : [];
}

/** @param live its allocations that run; undefined where they could not be read */
function stop(job, live) {
  confirm({ title: `Stop ${job.ID}?`, text: !live ? 'What runs of it could not be read, and will be stopped.' : live.length ? `${plural(live.length, 'allocation')} will be stopped:` : 'Nothing of it runs.', hits: (live ?? []).map(one => `${one.Name} on ${one.NodeName}`), word: 'Stop the job', danger: true, command: `nomad job stop ${nsFlag(job.Namespace)}${job.ID}`,
    act: () => remove('scheduler', inNs(`/v1/job/${seg(job.ID)}`, job.Namespace)), done: `${job.ID} stops` });
}

function start(job) {
  confirm({ title: `Start ${job.ID} again?`, text: `Version ${job.Version} runs again as it was.`, word: 'Start', command: `nomad job run FILE`, act: () => put('scheduler', inNs('/v1/jobs', job.Namespace), { Job: { ...job, Stop: false } }), done: `${job.ID} starts` });
}

function scale(job, group, allocations) {
  const live = allocations.filter(one => one.TaskGroup === group.Name && isLive(one));
  show(`Scale ${group.Name}`, () => {
    const [count, setCount] = useState(group.Count);
    const go = async () => { close(); await write(() => put('scheduler', inNs(`/v1/job/${seg(job.ID)}/scale`, job.Namespace), { Count: count, Target: { Group: group.Name }, Message: 'from the web pages' }), `${group.Name} goes to ${count}`); };
    return html`<${Field} label="How many" hint=${group.Scaling ? `its policy allows ${group.Scaling.Min ?? 0} to ${group.Scaling.Max}` : ''}><input type="number" min="0" max="10000" value=${count} onInput=${event => setCount(Number(event.currentTarget.value))} /></${Field}>
      ${count < group.Count ? html`<p class="soft">${plural(group.Count - count, 'allocation')} of these will be stopped:</p><ul class="hits" tabindex="0" aria-label="Running allocations">${live.map(one => html`<li>${one.Name} on ${one.NodeName}</li>`)}</ul>` : null}
      <${Command} text=${`nomad job scale ${nsFlag(job.Namespace)}${job.ID} ${group.Name} ${count}`} />
      <div class="buttons"><button type="button" class="button" onClick=${close}>Cancel</button><button type="button" class=${`button main-act ${count < group.Count ? 'danger' : ''}`} onClick=${go}>Scale</button></div>`;
  });
}

function dispatch(job) {
  show(`Dispatch ${job.ID}`, () => {
    const [problem, setProblem] = useState('');
    const run = async event => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      const meta = Object.fromEntries([...(job.ParameterizedJob.MetaRequired ?? []), ...(job.ParameterizedJob.MetaOptional ?? [])].map(name => [name, form.get(`meta ${name}`)]).filter(([, value]) => value));
      const payload = form.get('payload');
      try {
        const answer = await put('scheduler', inNs(`/v1/job/${seg(job.ID)}/dispatch`, job.Namespace), { Meta: meta, ...(payload ? { Payload: btoa(String.fromCharCode(...new TextEncoder().encode(payload))) } : {}) });
        close();
        toast(`Dispatched as ${answer.DispatchedJobID}`);
      } catch (failure) { setProblem(failure.message); }
    };
    return html`<form class="stack" onSubmit=${run}>${[...(job.ParameterizedJob.MetaRequired ?? []), ...(job.ParameterizedJob.MetaOptional ?? [])].map(name => html`<${Field} label=${name} hint=${job.ParameterizedJob.MetaRequired?.includes(name) ? 'required' : ''}><input type="text" name=${`meta ${name}`} /></${Field}>`)}
      ${job.ParameterizedJob.Payload === 'forbidden' ? null : html`<${Field} label="Payload"><textarea name="payload" rows="6"></textarea></${Field}>`}${problem ? html`<div class="trouble" role="alert">${problem}</div>` : null}
      <div class="buttons"><button type="button" class="button" onClick=${close}>Cancel</button><button class="button main-act">Dispatch</button></div></form>`;
  });
}

function Versions({ job, live, awaited }) {
  const read = useLive('scheduler', inNs(`/v1/job/${seg(job.ID)}/versions?diffs=true`, job.Namespace));
  return ready([read], 'its versions', `nomad job history -p ${nsFlag(job.Namespace)}${job.ID}`, answer => answer.Versions.map((version, i) => html`<${Panel} key=${version.Version} title=${`Version ${version.Version}`} note=${html`<${Ago} at=${fromNanos(version.SubmitTime)} />`}
    actions=${html`${version.Stable ? html`<span class="tag ok">stable</span>` : null}${version.Version === job.Version ? html`<span class="tag info">current</span>` : html`<button type="button" class="button small" disabled=${awaited} onClick=${() => revert(job, version, live ?? [])}>Revert to this</button>`}`}>
    <div class="body">${answer.Diffs?.[i] ? html`<${Changes} label=${`What version ${version.Version} changed`} rows=${jobChanges(answer.Diffs[i])} />` : html`<span class="dim">${i === answer.Versions.length - 1 ? 'The oldest version that is kept.' : 'No difference.'}</span>`}</div></${Panel}>`));
}

async function revert(job, version, live) {
  confirm({ title: `Revert ${job.ID} to version ${version.Version}?`, text: `A new version is made from it. What differs is replaced, by the job's own update rules${live.length ? ':' : '.'}`, hits: live.map(one => `${one.Name} on ${one.NodeName}`), word: 'Revert', danger: true, command: `nomad job revert ${nsFlag(job.Namespace)}${job.ID} ${version.Version}`,
    act: async () => {
      const now = await get('scheduler', inNs(`/v1/job/${seg(job.ID)}`, job.Namespace));
      return put('scheduler', inNs(`/v1/job/${seg(job.ID)}/revert`, job.Namespace), { JobID: job.ID, JobVersion: version.Version, EnforcePriorVersion: now.Version });
    }, done: answer => `Reverted; evaluation ${short(answer?.EvalID)}` });
}
