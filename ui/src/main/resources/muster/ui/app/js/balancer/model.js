// What the balancer's answers mean, in Fabio's manner and in Traefik's.
import { useMemo } from '../core/html.js';
import { isBare, parts } from '../core/api.js';
import { useLive } from '../core/live.js';

/** Traefik's dashboard is the one place where the balancer speaks its way. */
export const isTraefik = isBare;
const isOpen = () => parts.value.balancer === 'open';
const none = [];

/** Routes of Fabio's table in the order in which they are tried, each with its targets. Pure. */
export function fabioRoutes(lines, entries = ['http']) {
  const routes = new Map();
  for (const line of lines ?? []) {
    const key = `${line.src}\n${line.service}`;
    if (!routes.has(key)) routes.set(key, { id: key, rule: line.src, service: line.service, host: line.host, path: line.path, entries, middlewares: none, targets: [] });
    routes.get(key).targets.push({ address: line.dst, weight: line.weight, options: line.opts, tags: line.tags ?? none });
  }
  return [...routes.values()];
}

/** Routes of Traefik's raw data, by priority. Pure. */
export function traefikRoutes(raw) {
  return Object.entries(raw?.routers ?? {}).map(([name, router]) => {
    const at = name.split('@')[1] ?? '';
    const service = router.service?.includes('@') ? router.service : `${router.service}@${at}`;
    const known = raw.services?.[service];
    return {
      id: name, name, rule: router.rule ?? '', service: service.split('@')[0], serviceName: service, priority: router.priority ?? (router.rule ?? '').length, shownPriority: router.priorityStr ?? router.priority, isOwn: at === 'internal', entries: router.entryPoints ?? router.using ?? none,
      middlewares: router.middlewares ?? none, trouble: router.status === 'disabled', error: router.error ?? none,
      targets: (known?.loadBalancer?.servers ?? none).map(server => ({ address: server.url ?? server.address, weight: server.weight, status: known.serverStatus?.[server.url] })),
    };
  }).sort((a, b) => b.priority - a.priority || a.name.localeCompare(b.name));
}

/** The routes now, with what the balancer could not understand. */
export function useRoutes() {
  const fabio = useLive('balancer', isOpen() && !isTraefik ? '/api/routes' : null);
  const status = useLive('balancer', isOpen() && !isTraefik ? '/api/status' : null);
  const raw = useLive('balancer', isOpen() && isTraefik ? '/api/rawdata' : null);
  const routes = useMemo(() => isTraefik ? traefikRoutes(raw.data) : fabioRoutes(fabio.data), [fabio.data, raw.data]);
  const problemsNow = JSON.stringify((isTraefik ? raw : status).data?.problems ?? none);
  const problems = useMemo(() => JSON.parse(problemsNow), [problemsNow]);
  return { read: isTraefik ? raw : fabio, status, routes, problems };
}
