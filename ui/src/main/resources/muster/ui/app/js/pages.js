// Page names of the router, and what draws them: a module, and its name there. A page's module comes when the page is first opened, and
// all others once there is time.
import { signal } from './core/html.js';

const PAGES = {
  overview: ['overview/overview.js', 'Overview'], login: ['parts/login.js', 'Login'], templates: ['templates/templates.js', 'Templates'],
  services: ['registry/services.js', 'Services'], service: ['registry/services.js', 'Service'], nodes: ['registry/nodes.js', 'Nodes'], node: ['registry/nodes.js', 'Node'],
  keys: ['registry/keys.js', 'Keys'], sessions: ['registry/mesh.js', 'Sessions'], intentions: ['registry/mesh.js', 'Intentions'],
  tokens: ['registry/access.js', 'Tokens'], token: ['registry/access.js', 'Token'], policies: ['registry/access.js', 'Policies'], policy: ['registry/access.js', 'Policy'], roles: ['registry/access.js', 'Roles'], role: ['registry/access.js', 'Role'],
  jobs: ['scheduler/jobs.js', 'Jobs'], job: ['scheduler/jobs.js', 'Job'], 'job-run': ['scheduler/run.js', 'JobRun'], allocations: ['scheduler/allocations.js', 'Allocations'], allocation: ['scheduler/allocation.js', 'Allocation'],
  deployments: ['scheduler/deployments.js', 'Deployments'], deployment: ['scheduler/deployments.js', 'Deployment'], evaluations: ['scheduler/evaluations.js', 'Evaluations'], evaluation: ['scheduler/evaluations.js', 'Evaluation'],
  clients: ['scheduler/clients.js', 'Clients'], client: ['scheduler/clients.js', 'Client'], packing: ['scheduler/clients.js', 'Packing'],
  variables: ['scheduler/variables.js', 'Variables'], variable: ['scheduler/variables.js', 'Variable'], namespaces: ['scheduler/access.js', 'Namespaces'],
  'job-tokens': ['scheduler/access.js', 'Tokens'], 'job-token': ['scheduler/access.js', 'Token'], 'job-policies': ['scheduler/access.js', 'Policies'], 'job-policy': ['scheduler/access.js', 'Policy'],
  'job-roles': ['scheduler/access.js', 'Roles'], 'job-role': ['scheduler/access.js', 'Role'],
  servers: ['scheduler/clients.js', 'Servers'],
  routes: ['balancer/routes.js', 'Routes'], targets: ['balancer/routes.js', 'Targets'], try: ['balancer/try.js', 'Try'], manual: ['balancer/manual.js', 'Manual'], entrypoints: ['balancer/entries.js', 'EntryPoints'],
  routers: ['balancer/traefik.js', 'Routers'], router: ['balancer/traefik.js', 'Router'], 'balancer-services': ['balancer/traefik.js', 'BalancerServices'], 'balancer-service': ['balancer/traefik.js', 'BalancerService'],
  middlewares: ['balancer/traefik.js', 'Middlewares'], middleware: ['balancer/traefik.js', 'Middleware'],
};

/** The module of a page, as it is named here; undefined when there is no such page. */
export const moduleOf = page => PAGES[page]?.[0];

const modules = signal({});   // name -> module, or the problem why it did not come
const asked = new Map();

function bring(name) {
  if (!asked.has(name)) {
    asked.set(name, import(`./${name}`).then(module => { modules.value = { ...modules.value, [name]: { module } }; }, problem => {
      // Another try may find it.
      asked.delete(name);
      modules.value = { ...modules.value, [name]: { problem } };
    }));
  }
  return asked.get(name);
}

/** {component}, {problem}, {} while its module comes, or null when there is no such page. Whoever draws it is drawn again when it is there. */
export function drawing(page) {
  const [name, exported] = PAGES[page] ?? [];
  if (!name) return null;
  const known = modules.value[name];
  if (!known) { bring(name); return {}; }
  return known.problem ? { problem: known.problem } : { component: known.module[exported] };
}

/** Asks for the page's module and those of the frame only; gives what settles when it is there or is known not to come. */
export const fetchPage = page => moduleOf(page) ? bring(moduleOf(page)) : Promise.resolve();

/** Asks for the other pages' modules, one after the other, while the browser has nothing else to do: a later page is there at once. */
export function fetchRest() {
  const names = [...new Set(Object.values(PAGES).map(([name]) => name))].filter(name => !asked.has(name));
  const idle = window.requestIdleCallback ?? (act => setTimeout(act, 200));
  const next = () => { const name = names.shift(); if (name) bring(name).then(() => idle(next)); };
  idle(next);
}
