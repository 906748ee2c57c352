// Deployments: how far a change has come, and the three ways to decide about it.
import { html } from '../core/html.js';
import { put, seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { short } from '../core/format.js';
import { Command, Empty, Link, Meter, Name, Page, Panel, State, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { confirm } from '../parts/dialog.js';
import { AllocationTable } from './allocations.js';
import { jobTo, nsColumn, ofAll } from '../parts/namespaces.js';

const ACTIVE = ['running', 'paused', 'pending', 'blocked'];
const wantsPromotion = one => Object.values(one.TaskGroups ?? {}).some(group => group.DesiredCanaries > 0 && !group.Promoted);

function decide(of, what) {
  const groups = Object.entries(of.TaskGroups ?? {});
  const texts = {
    promote: ['Promote the canaries?', 'The rest of each group is replaced by the new version.', groups.map(([name, group]) => `${name}: ${group.DesiredTotal} allocations`), 'Promote', { DeploymentID: of.ID, All: true }],
    pause: ['Pause this deployment?', 'What is placed stays; nothing more is placed until it goes on.', [], 'Pause', { DeploymentID: of.ID, Pause: true }],
    resume: ['Go on with this deployment?', 'The remaining allocations are replaced, by the rules of the job.', groups.map(([name, group]) => `${name}: ${group.PlacedAllocs} of ${group.DesiredTotal} placed`), 'Go on', { DeploymentID: of.ID, Pause: false }],
    fail: ['Fail this deployment?', 'It ends here. Where the job says auto_revert, the last stable version is run again.', groups.map(([name, group]) => `${name}: ${group.HealthyAllocs} healthy of ${group.DesiredTotal}${group.AutoRevert ? ', reverts' : ''}`), 'Fail it', { DeploymentID: of.ID }],
  };
  const [title, text, hits, word, body] = texts[what];
  confirm({ title, text, hits, word, danger: what !== 'resume', command: `nomad deployment ${what} ${short(of.ID)}`, act: () => put('scheduler', `/v1/deployment/${what === 'resume' ? 'pause' : what}/${of.ID}`, body), done: { promote: 'The canaries are promoted', pause: 'The deployment is paused', resume: 'The deployment goes on', fail: 'The deployment has failed' }[what] });
}

export const DeploymentCard = ({ of }) => html`<${Panel} title=${html`<${Link} to=${`/deployments/${of.ID}`}>Deployment ${short(of.ID)}</${Link}>`} note=${html`of version ${of.JobVersion}: ${of.StatusDescription}`}
  actions=${html`<${State} word=${of.Status} />${ACTIVE.includes(of.Status) ? html`
    ${wantsPromotion(of) ? html`<button type="button" class="button small main-act" onClick=${() => decide(of, 'promote')}>Promote</button>` : null}
    <button type="button" class="button small" onClick=${() => decide(of, of.Status === 'paused' ? 'resume' : 'pause')}>${of.Status === 'paused' ? 'Go on' : 'Pause'}</button>
    <button type="button" class="button small danger" onClick=${() => decide(of, 'fail')}>Fail</button>` : null}`}>
  <${Table} label=${`Groups of deployment ${short(of.ID)}`} rows=${Object.entries(of.TaskGroups ?? {})} keyOf=${([name]) => name} columns=${[
    { title: 'Group', cell: ([name]) => html`<${Name} text=${name} />` },
    { title: 'Healthy', cell: ([, group]) => html`<${Meter} label="healthy" part=${group.DesiredTotal ? group.HealthyAllocs / group.DesiredTotal : 0} calm=${true} text=${`${group.HealthyAllocs} of ${group.DesiredTotal}`} />` },
    { title: 'Placed', num: true, cell: ([, group]) => group.PlacedAllocs },
    { title: 'Unhealthy', num: true, cell: ([, group]) => group.UnhealthyAllocs },
    { title: 'Canaries', num: true, far: true, cell: ([, group]) => group.DesiredCanaries ? `${group.PlacedCanaries?.length ?? 0} of ${group.DesiredCanaries}${group.Promoted ? ', promoted' : ''}` : 'none' },
    { title: 'Has to progress by', far: true, cell: ([, group]) => group.RequireProgressBy && !group.RequireProgressBy.startsWith('0001') ? new Date(group.RequireProgressBy).toLocaleTimeString() : '' },
  ]} /></${Panel}>`;

export function Deployments() {
  const all = useLive('scheduler', ofAll('/v1/deployments'));
  return html`<${Page} title="Deployments">${ready([all], 'the deployments', 'nomad deployment list', list => html`<${Panel}><${Table} label="Deployments" what="deployment" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.ID} ${one.JobID} ${one.Status}`}
    empty=${html`<${Empty} title="No deployment" command="nomad job run FILE">A service job makes one each time it is run or changed.</${Empty}>`}
    columns=${[
      { title: 'Deployment', cell: one => html`<${Link} class="name mono" to=${`/deployments/${one.ID}`}>${short(one.ID)}</${Link}>` },
      { title: 'Job', by: one => one.JobID, cell: one => html`<${Link} to=${jobTo(one.JobID, one.Namespace)}><${Name} text=${one.JobID} /></${Link}> <span class="dim">version ${one.JobVersion}</span>` },
      ...nsColumn(list),
      { title: 'Status', by: one => one.Status, cell: one => html`<${State} word=${one.Status} />` },
      { title: 'Healthy', cell: one => { const groups = Object.values(one.TaskGroups ?? {}); return `${groups.reduce((sum, group) => sum + group.HealthyAllocs, 0)} of ${groups.reduce((sum, group) => sum + group.DesiredTotal, 0)}`; } },
      { title: 'What it says', far: true, cell: one => one.StatusDescription },
    ]} /></${Panel}>`)}</${Page}>`;
}

export function Deployment({ params }) {
  const read = useLive('scheduler', `/v1/deployment/${seg(params.deployment)}`);
  const allocations = useLive('scheduler', `/v1/deployment/allocations/${seg(params.deployment)}`);
  return ready([read], `the deployment ${short(params.deployment)}`, `nomad deployment status ${params.deployment}`, one => html`<${Page} title=${`Deployment ${short(one.ID)}`} state=${html`<${State} word=${one.Status} />`} sub=${html`of <${Link} to=${jobTo(one.JobID, one.Namespace)}><${Name} text=${one.JobID} /></${Link}>`}>
    <${DeploymentCard} of=${one} />
    ${ready([allocations], 'its allocations', `nomad deployment status ${params.deployment}`, list => html`<${AllocationTable} list=${list} title="Its allocations" />`)}
    <${Command} text=${`nomad deployment status ${params.deployment}`} /></${Page}>`);
}
