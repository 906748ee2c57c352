import { follow, link, node, read, state, table } from './page.js';

const main = document.querySelector('main');
// /ui/DC/services/NAME/instances is the address that tutorials give.
const service = location.pathname.match(/\/services\/([^/]+)/)?.[1];
const worst = checks => ['critical', 'warning', 'passing'].find(word => checks.some(check => check.Status === word)) ?? 'passing';

async function services(all) {
  const { data: self } = await read('/v1/agent/self');
  const rows = await Promise.all(Object.keys(all).sort().map(async name => {
    const { data } = await read(`/v1/health/service/${encodeURIComponent(name)}`);
    const words = data.map(instance => worst(instance.Checks));
    return [link(name, `/ui/${self.Config.Datacenter}/services/${encodeURIComponent(name)}/instances`), data.length,
      state(worst(words.map(word => ({ Status: word })))), all[name].join(', ')];
  }));
  main.replaceChildren(node('h2', 'Services'), table(['Service', 'Instances', 'Health', 'Tags'], rows,
    'No service is registered. Register one with: consul services register, or run a job.'));
}

function instances(all) {
  const rows = all.map(({ Node, Service, Checks }) => [Service.ID, `${Service.Address || Node.Address}:${Service.Port}`, Node.Node,
    state(worst(Checks)), Checks.map(check => `${check.Name}: ${check.Status}`).join('; ')]);
  main.replaceChildren(node('h2', decodeURIComponent(service)), table(['Instance', 'Address', 'Node', 'Health', 'Checks'], rows,
    'No instance is registered under this name.'));
}

if (service) follow(`/v1/health/service/${service}`, instances);
else follow('/v1/catalog/services', services);
