// Where the registry's pages are: its datacenter is the first word of their addresses.
import { computed, signal } from './html.js';
import { get, root, seg } from './api.js';
import { here } from './place.js';

const known = signal(root.datacenter || 'dc1');

/** The datacenter of the page shown, or the agent's own. */
export const dc = computed(() => here.value.params.dc ?? known.value);
export const own = known;

/** Asks for the agent's own datacenter where the page did not come with it. */
export async function learnDatacenter() {
  if (root.datacenter) return;
  try {
    const list = await get('registry', '/v1/catalog/datacenters');
    if (list?.length) known.value = list[0];
  } catch { /* the registry's pages say themselves what is wrong */ }
}

/** The address of a registry's page. */
export const at = path => `/${seg(dc.value)}${path}`;

/** A read of the registry; other datacenters are named in the query. */
export const inDc = path => dc.value === known.value ? path : `${path}${path.includes('?') ? '&' : '?'}dc=${seg(dc.value)}`;
