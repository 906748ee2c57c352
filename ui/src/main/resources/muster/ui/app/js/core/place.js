// Where the application is: the address bar, read and written. Pages use href() for links and go() for moves.
import { computed, signal } from './html.js';
import { root } from './api.js';
import { match, queryOf } from './router.js';

const isHash = root.addresses === 'hash';
const base = root.base.replace(/\/$/, '');

function current() {
  if (isHash) return location.hash.replace(/^#/, '') || '/';
  const path = location.pathname;
  // Fabio's own addresses, /routes and /manual, have no base.
  return (path === base || path.startsWith(`${base}/`) ? path.slice(base.length) || '/' : path) + location.search;
}

/** The address inside the application, '/jobs/web?x=y'. */
export const place = signal(current());
export const here = computed(() => ({ ...match(place.value), query: queryOf(place.value) }));

/** The address to write into a link. @param path begins with a slash */
export const href = path => isHash ? `#${path}` : base + path;

export function go(path, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', isHash ? `${location.pathname}#${path}` : base + path);
  arrive();
  document.querySelector('.main')?.scrollTo(0, 0);
}

function arrive() { place.value = current(); }
addEventListener('popstate', arrive);
addEventListener('hashchange', arrive);

// Links inside the application move without loading the page again.
addEventListener('click', event => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.('a[href]');
  if (!link || link.target || link.origin !== location.origin || link.hasAttribute('download')) return;
  const inside = isHash ? link.pathname === location.pathname && link.hash.startsWith('#/') : link.pathname.startsWith(`${base}/`);
  if (!inside) return;
  event.preventDefault();
  go(isHash ? link.hash.slice(1) : link.pathname.slice(base.length) + link.search);
});
