// Namespaces: jobs, variables and what comes from them belong to one. Lists show all that the token may see; an address names the
// namespace behind it unless it is the one called default.
import { html } from '../core/html.js';
import { seg } from '../core/api.js';
import { Name } from './ui.js';

export const DEFAULT = 'default';
const withQuery = (path, query) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

/** A read, write or address with its namespace. */
export const inNs = (path, namespace) => !namespace || namespace === DEFAULT ? path : withQuery(path, `namespace=${seg(namespace)}`);
/** A read of what is in any namespace. */
export const ofAll = path => withQuery(path, 'namespace=*');
/** The address of a job's page. @param rest what follows the job's id, with its slash */
export const jobTo = (id, namespace, rest = '') => {
  const to = `/jobs/${seg(id)}${rest}`;
  return id.includes('@') ? withQuery(to, `namespace=${seg(namespace || DEFAULT)}`) : inNs(to, namespace);
};

/** A job's id and namespace in an address: Nomad's own links end in @ and the namespace, ours name it behind the address. Pure. */
export function jobOf(name, namespace) {
  const at = namespace === undefined ? name.lastIndexOf('@') : -1;
  return at > 0 ? { id: name.slice(0, at), ns: name.slice(at + 1) } : { id: name, ns: namespace ?? DEFAULT };
}
/** The same for the command line, with a space behind it. */
export const nsFlag = namespace => !namespace || namespace === DEFAULT ? '' : `-namespace=${namespace} `;
/** A column of a list; none while all rows are in the default namespace. */
export const nsColumn = rows => rows.some(row => row.Namespace && row.Namespace !== DEFAULT)
  ? [{ title: 'Namespace', far: true, by: row => row.Namespace, cell: row => html`<${Name} text=${row.Namespace} />` }] : [];
