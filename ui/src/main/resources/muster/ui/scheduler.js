import { follow, link, node, read, state, table } from './page.js';

const main = document.querySelector('main');
const path = location.pathname;
const job = path.match(/\/jobs\/([^/]+)/)?.[1];
const clients = path.startsWith('/ui/clients');

function jobs(all) {
  const rows = all.map(each => [link(each.ID, `/ui/jobs/${encodeURIComponent(each.ID)}`), each.Type, each.Priority,
    state(each.Status), Object.entries(each.JobSummary?.Summary ?? {}).map(([group, count]) => `${group}: ${count.Running} running`).join(', ')]);
  main.replaceChildren(node('h2', 'Jobs'), table(['Job', 'Type', 'Priority', 'Status', 'Groups'], rows,
    'No job is registered. Run one with: nomad job run FILE'));
}

async function allocations(all) {
  const whole = await Promise.all(all.map(async each => (await read(`/v1/allocation/${each.ID}`)).data));
  const rows = whole.sort((a, b) => b.CreateIndex - a.CreateIndex).map(each => [each.ID.slice(0, 8), each.Name, each.Job?.Version,
    each.DesiredStatus, state(each.ClientStatus),
    (each.AllocatedResources?.Shared?.Ports ?? []).map(port => `${port.Label} ${port.HostIP}:${port.Value}`).join(', '),
    Object.values(each.TaskStates ?? {}).map(task => task.Events?.at(-1)?.DisplayMessage ?? '').join('; ')]);
  main.replaceChildren(node('h2', decodeURIComponent(job)), table(['Allocation', 'Name', 'Version', 'Desired', 'Status', 'Ports', 'Last event'],
    rows, 'Nothing of this job was placed. Why: nomad job status'));
}

function nodes(all) {
  const rows = all.map(each => [each.ID.slice(0, 8), each.Name, each.Datacenter, state(each.Status), each.SchedulingEligibility]);
  main.replaceChildren(node('h2', 'Clients'), table(['Node', 'Name', 'Datacenter', 'Status', 'Eligibility'], rows, 'No client has joined.'));
}

if (clients) follow('/v1/nodes', nodes);
else if (job) follow(`/v1/job/${job}/allocations`, allocations);
else follow('/v1/jobs', jobs);
