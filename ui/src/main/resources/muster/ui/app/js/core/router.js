// Addresses to pages. The table is data; matching is pure. A page's address is the same below /ui/ at every address of the suite, and
// stands behind # on Traefik's dashboard.

const SCHEDULER = new Set(['jobs', 'run', 'allocations', 'deployments', 'evaluations', 'clients', 'servers', 'topology', 'variables', 'access-control', 'namespaces']);
const OWN = new Set(['overview', 'access', 'templates', 'routes', 'manual', 'try', 'targets', 'http', 'tcp', 'udp', 'entrypoints', 'dashboard']);

/** Pattern and page. :name takes one segment, *name the rest, which may be empty. The first that fits wins. */
export const ROUTES = [
  ['', 'home'],
  ['overview', 'overview'],
  ['access', 'login'],
  ['templates', 'templates'],
  ['jobs', 'jobs'],
  ['run', 'job-run'],
  ['jobs/run', 'job-run'],
  ['jobs/:job', 'job'],
  ['jobs/:job/versions', 'job', { tab: 'versions' }],
  ['jobs/:job/deployments', 'job', { tab: 'deployments' }],
  ['jobs/:job/allocations', 'job', { tab: 'allocations' }],
  ['jobs/:job/evaluations', 'job', { tab: 'evaluations' }],
  ['jobs/:job/definition', 'job', { tab: 'definition' }],
  ['jobs/:job/:group', 'job', { tab: 'group' }],
  ['allocations', 'allocations'],
  ['allocations/:alloc', 'allocation'],
  ['allocations/:alloc/fs/*path', 'allocation', { tab: 'files' }],
  ['allocations/:alloc/logs', 'allocation', { tab: 'logs' }],
  ['allocations/:alloc/:task', 'allocation', { tab: 'task' }],
  ['allocations/:alloc/:task/logs', 'allocation', { tab: 'logs' }],
  ['allocations/:alloc/:task/exec', 'allocation', { tab: 'exec' }],
  ['allocations/:alloc/:task/fs/*path', 'allocation', { tab: 'files' }],
  ['deployments', 'deployments'],
  ['deployments/:deployment', 'deployment'],
  ['evaluations', 'evaluations'],
  ['evaluations/:evaluation', 'evaluation'],
  ['clients', 'clients'],
  ['clients/:client', 'client'],
  ['topology', 'packing'],
  ['variables', 'variables'],
  ['variables/new', 'variable'],
  ['variables/var/*path', 'variable'],
  ['access-control', 'job-tokens'],
  ['access-control/tokens', 'job-tokens'],
  ['access-control/tokens/:token', 'job-token'],
  ['access-control/policies', 'job-policies'],
  ['access-control/policies/:policy', 'job-policy'],
  ['access-control/roles', 'job-roles'],
  ['access-control/roles/:role', 'job-role'],
  ['namespaces', 'namespaces'],
  ['servers', 'servers'],
  ['servers/:server', 'servers'],
  ['routes', 'routes'],
  ['dashboard', 'routes'],
  ['targets', 'targets'],
  ['try', 'try'],
  ['manual', 'manual'],
  ['manual/*name', 'manual'],
  ['entrypoints', 'entrypoints'],
  [':protocol/routers', 'routers'],
  [':protocol/routers/:name', 'router'],
  [':protocol/services', 'balancer-services'],
  [':protocol/services/:name', 'balancer-service'],
  [':protocol/middlewares', 'middlewares'],
  [':protocol/middlewares/:name', 'middleware'],
  [':dc/services', 'services'],
  [':dc/services/:service', 'service'],
  [':dc/services/:service/instances', 'service', { tab: 'instances' }],
  [':dc/services/:service/instances/*instance', 'service', { tab: 'instances' }],
  [':dc/services/:service/:tab', 'service'],
  [':dc/nodes', 'nodes'],
  [':dc/nodes/:node', 'node'],
  [':dc/nodes/:node/:tab', 'node'],
  [':dc/kv', 'keys'],
  [':dc/kv/*key', 'keys'],
  [':dc/sessions', 'sessions'],
  [':dc/intentions', 'intentions'],
  [':dc/intentions/create', 'intentions', { create: 'yes' }],
  [':dc/intentions/:intention', 'intentions'],
  [':dc/acls', 'tokens'],
  [':dc/acls/tokens', 'tokens'],
  [':dc/acls/tokens/:token', 'token'],
  [':dc/acls/policies', 'policies'],
  [':dc/acls/policies/:policy', 'policy'],
  [':dc/acls/roles', 'roles'],
  [':dc/acls/roles/:role', 'role'],
  [':dc', 'services'],
].map(([pattern, page, given]) => ({ segments: pattern === '' ? [] : pattern.split('/'), page, given: given ?? {} }));

const PROTOCOLS = new Set(['http', 'tcp', 'udp']);

/** @returns {{page: string, params: Object<string, string>}} page 'unknown' when nothing fits */
export function match(path) {
  const words = path.split('?')[0].replace(/^\/+/, '').split('/').map(safeDecode);
  while (words.length && words.at(-1) === '') words.pop();
  const trailing = path.split('?')[0].endsWith('/');
  for (const { segments, page, given } of ROUTES) {
    const params = fit(segments, words, trailing);
    if (params) return { page, params: { ...given, ...params } };
  }
  return { page: 'unknown', params: {} };
}

function fit(segments, words, trailing) {
  const rest = segments.at(-1)?.startsWith('*');
  if (rest ? words.length < segments.length - 1 : words.length !== segments.length) return null;
  const params = {};
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    if (segment.startsWith('*')) params[segment.slice(1)] = words.slice(i).join('/') + (trailing && words.length > i ? '/' : '');
    else if (segment.startsWith(':')) {
      // A datacenter may not be called as the pages of other parts are.
      if (segment === ':dc' && (SCHEDULER.has(words[i]) || OWN.has(words[i]))) return null;
      if (segment === ':protocol' && !PROTOCOLS.has(words[i])) return null;
      params[segment.slice(1)] = words[i];
    } else if (segment !== words[i]) return null;
  }
  return params;
}

function safeDecode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** The values behind ? of an address inside the application. */
export const queryOf = path => Object.fromEntries(new URLSearchParams(path.split('?')[1] ?? ''));
