// Evaluations: why the scheduler did what it did, and why it could not do more.
import { html } from '../core/html.js';
import { seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { fromNanos, goDuration, rough, short } from '../core/format.js';
import { Ago, Empty, Facts, Link, Name, Page, Panel, State, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { AllocationTable } from './allocations.js';
import { jobTo, nsColumn, ofAll } from '../parts/namespaces.js';
import { reasons } from './model.js';

/** Groups that were not placed, each with all reasons. */
export const NotPlaced = ({ of, title }) => html`<div class="trouble warn" role="status"><b>${title}</b>${Object.entries(of).map(([group, metric]) => html`<div key=${group}><b><${Name} text=${group} /></b>: ${1 + (metric.CoalescedFailures ?? 0)} not placed<${Reasons} of=${metric} /></div>`)}</div>`;

export const Reasons = ({ of }) => html`<ul class="stack" style=${{ gap: '2px', padding: '4px 0 4px 14px' }}>${reasons(of).map(one => html`<li><bdi>${one.text}</bdi>${one.detail ? html` <span class="soft">${one.detail}</span>` : null}</li>`)}</ul>`;

/** Nodes with their scores, as an allocation's metrics have them. */
export const Scores = ({ of }) => {
  const rows = of?.ScoreMetaData ?? [];
  if (!rows.length) return null;
  const names = [...new Set(rows.flatMap(row => Object.keys(row.Scores ?? {})))];
  return html`<${Table} label="Scores" rows=${rows} keyOf=${row => row.NodeID} columns=${[
    { title: 'Client', cell: row => html`<${Link} class="name mono" to=${`/clients/${row.NodeID}`}>${short(row.NodeID)}</${Link}>` },
    { title: 'Score', num: true, by: row => -row.NormScore, cell: row => rough(row.NormScore) },
    ...names.map(name => ({ title: name, num: true, far: true, cell: row => row.Scores[name] === undefined ? '' : rough(row.Scores[name]) })),
  ]} />`;
};

export const EvaluationTable = ({ list }) => html`<${Panel}><${Table} label="Evaluations" what="evaluation" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.ID} ${one.JobID} ${one.TriggeredBy} ${one.Status}`}
  empty=${html`<${Empty} title="No evaluation" command="nomad eval status">One is made when a job, an allocation or a client changes.</${Empty}>`}
  columns=${[
    { title: 'Evaluation', cell: one => html`<${Link} class="name mono" to=${`/evaluations/${one.ID}`}>${short(one.ID)}</${Link}>` },
    { title: 'Job', by: one => one.JobID, cell: one => html`<${Link} to=${jobTo(one.JobID, one.Namespace)}><${Name} text=${one.JobID} /></${Link}>` },
    ...nsColumn(list),
    { title: 'Because of', by: one => one.TriggeredBy, cell: one => one.TriggeredBy },
    { title: 'Status', by: one => one.Status, cell: one => html`<${State} word=${one.Status} />` },
    { title: 'Not placed', by: one => -Object.keys(one.FailedTGAllocs ?? {}).length, cell: one => Object.keys(one.FailedTGAllocs ?? {}).length ? html`<span class="state bad"><bdi>${Object.keys(one.FailedTGAllocs).join(', ')}</bdi></span>` : html`<span class="dim">all placed</span>` },
    { title: 'When', far: true, by: one => -one.ModifyTime, cell: one => html`<${Ago} at=${fromNanos(one.ModifyTime)} />` },
  ]} /></${Panel}>`;

export function Evaluations() {
  const all = useLive('scheduler', ofAll('/v1/evaluations'));
  return html`<${Page} title="Evaluations">${ready([all], 'the evaluations', 'nomad eval status', list => html`<${EvaluationTable} list=${list} />`)}</${Page}>`;
}

export function Evaluation({ params }) {
  const read = useLive('scheduler', `/v1/evaluation/${seg(params.evaluation)}`);
  const allocations = useLive('scheduler', `/v1/evaluation/${seg(params.evaluation)}/allocations`);
  const link = id => id ? html`<${Link} class="mono" to=${`/evaluations/${id}`}>${short(id)}</${Link}>` : '';
  return ready([read], `the evaluation ${short(params.evaluation)}`, `nomad eval status -verbose ${params.evaluation}`, one => html`<${Page} title=${`Evaluation ${short(one.ID)}`} state=${html`<${State} word=${one.Status} />`} sub=${one.StatusDescription}>
    <div class="cols"><${Panel} title="About" plain><${Facts} of=${[['Job', html`<${Link} to=${jobTo(one.JobID, one.Namespace)}><${Name} text=${one.JobID} /></${Link}>`], ['Because of', one.TriggeredBy], ['Type', one.Type], ['Priority', one.Priority], ['Made', html`<${Ago} at=${fromNanos(one.CreateTime)} />`],
      ['Waits', one.Wait ? goDuration(one.Wait) : one.WaitUntil && !one.WaitUntil.startsWith('0001') ? one.WaitUntil : 'no'], ['Follows', link(one.PreviousEval)], ['Followed by', link(one.NextEval)], ['Blocked one', link(one.BlockedEval)],
      one.DeploymentID ? ['Deployment', html`<${Link} class="mono" to=${`/deployments/${one.DeploymentID}`}>${short(one.DeploymentID)}</${Link}>`] : null, ['Still to place', Object.entries(one.QueuedAllocations ?? {}).map(([group, count]) => `${group}: ${count}`).join(', ')]]} /></${Panel}>
    <div class="stack">${Object.keys(one.FailedTGAllocs ?? {}).length ? Object.entries(one.FailedTGAllocs).map(([group, metric]) => html`<${Panel} key=${group} title=${html`<${Name} text=${group} /> was not placed`}><div class="body"><${Reasons} of=${metric} /></div><${Scores} of=${metric} /></${Panel}>`)
      : html`<${Panel}><${Empty} title="Everything it wanted was placed" /></${Panel}>`}</div></div>
    ${ready([allocations], 'its allocations', `nomad eval status ${params.evaluation}`, list => html`<${AllocationTable} list=${list} title="Allocations it made" />`)}</${Page}>`);
}
