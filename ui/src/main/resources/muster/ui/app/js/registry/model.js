// What the registry's answers mean. Pure.
import { worst } from '../core/format.js';

/** The allocation in an id that the scheduler gave to a service it registered, or ''. */
export const allocationOf = id => /^_nomad-(?:task|group)?-?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/.exec(id ?? '')?.[1] ?? '';

/** Instances of internal/ui/nodes, flat: each with its own checks and its node's. */
export function instancesOf(dump) {
  const all = [];
  for (const node of dump) {
    const own = new Map();
    const ofNode = [];
    for (const check of node.Checks ?? []) {
      if (!check.ServiceID) ofNode.push(check);
      else if (own.has(check.ServiceID)) own.get(check.ServiceID).push(check);
      else own.set(check.ServiceID, [check]);
    }
    for (const service of node.Services ?? []) {
      const checks = [...ofNode, ...(own.get(service.ID) ?? [])];
      all.push({
        key: `${node.Node}/${service.ID}`, id: service.ID, service: service.Service, kind: service.Kind ?? '', node: node.Node,
        address: service.Address || node.Address, port: service.Port, tags: service.Tags ?? [], meta: service.Meta ?? {},
        checks, status: worst(checks), allocation: allocationOf(service.ID),
      });
    }
  }
  return all;
}

/** The same from health/service. */
export const fromHealth = list => list.map(({ Node, Service, Checks }) => ({
  key: `${Node.Node}/${Service.ID}`, id: Service.ID, service: Service.Service, kind: Service.Kind ?? '', node: Node.Node,
  address: Service.Address || Node.Address, port: Service.Port, tags: Service.Tags ?? [], meta: Service.Meta ?? {},
  checks: Checks ?? [], status: worst(Checks ?? []), allocation: allocationOf(Service.ID), weights: Service.Weights,
}));

/** The status of a service's summary. */
export const statusOf = summary => summary.ChecksCritical > 0 ? 'critical' : summary.ChecksWarning > 0 ? 'warning' : 'passing';

/** The folder of a key, with its slash; '' at the top. */
export const folderOf = key => key.slice(0, key.slice(0, -1).lastIndexOf('/') + 1);

/** What a rule of the registry's access language may name, with its levels. */
export const RESOURCES = {
  acl: ['read', 'write', 'deny'], agent: ['read', 'write', 'deny'], agent_prefix: ['read', 'write', 'deny'], event: ['read', 'write', 'deny'], event_prefix: ['read', 'write', 'deny'],
  key: ['read', 'list', 'write', 'deny'], key_prefix: ['read', 'list', 'write', 'deny'], keyring: ['read', 'write', 'deny'], node: ['read', 'write', 'deny'], node_prefix: ['read', 'write', 'deny'],
  operator: ['read', 'write', 'deny'], query: ['read', 'write', 'deny'], query_prefix: ['read', 'write', 'deny'], service: ['read', 'write', 'deny'], service_prefix: ['read', 'write', 'deny'],
  session: ['read', 'write', 'deny'], session_prefix: ['read', 'write', 'deny'],
};

/** One rule as text. */
export function ruleText(resource, name, level) {
  if (['acl', 'keyring', 'operator'].includes(resource)) return `${resource} = "${level}"`;
  return `${resource} ${JSON.stringify(name)} {\n  policy = "${level}"\n}`;
}
