// Search across everything and commands, with one key. What there is to find is read when it opens, over the same APIs.
import { html, signal, useEffect, useMemo, useRef, useState } from '../core/html.js';
import { get, parts, seg, segs } from '../core/api.js';
import { go } from '../core/place.js';
import { own } from '../core/dc.js';
import { rank } from '../core/search.js';
import { short } from '../core/format.js';
import { inNs, jobTo, ofAll } from './namespaces.js';
import { Over } from './dialog.js';
import { NAV, turnTheme } from './nav.js';
import { Icon } from './icons.js';

const open = signal(false);
export const openPalette = () => { open.value = true; };

const dc = () => `/${seg(own.value)}`;
/** What can be searched: part, read, and how its answer becomes items. */
const SOURCES = [
  ['registry', '/v1/catalog/services', all => Object.entries(all).map(([name, tags]) => ({ name, kind: 'service', icon: 'services', words: tags, to: `${dc()}/services/${seg(name)}/instances`, weight: 20 }))],
  ['registry', '/v1/catalog/nodes', all => all.map(node => ({ name: node.Node, kind: 'node', icon: 'nodes', words: [node.Address, node.ID], to: `${dc()}/nodes/${seg(node.Node)}` }))],
  ['registry', '/v1/kv/?keys', all => (all ?? []).map(key => ({ name: key, kind: 'key', icon: 'keys', to: `${dc()}/kv/${segs(key)}`, weight: -20 }))],
  ['scheduler', ofAll('/v1/jobs'), all => all.map(job => ({ name: job.ID, kind: `${job.Type} job`, icon: 'jobs', to: jobTo(job.ID, job.Namespace), weight: 25 }))],
  ['scheduler', ofAll('/v1/allocations?task_states=false'), all => all.map(alloc => ({ name: `${alloc.Name} ${short(alloc.ID)}`, kind: 'allocation', icon: 'allocations', words: [alloc.ID], to: `/allocations/${alloc.ID}`, weight: -10 }))],
  ['scheduler', '/v1/nodes', all => all.map(node => ({ name: node.Name, kind: 'client', icon: 'clients', words: [node.ID, node.Address], to: `/clients/${node.ID}` }))],
  ['scheduler', ofAll('/v1/evaluations'), all => all.map(one => ({ name: short(one.ID), kind: `evaluation of ${one.JobID}`, icon: 'evaluations', words: [one.ID], to: `/evaluations/${one.ID}`, weight: -40 }))],
  ['scheduler', ofAll('/v1/vars'), all => all.map(one => ({ name: one.Path, kind: 'variable', icon: 'variables', to: inNs(`/variables/var/${segs(one.Path)}`, one.Namespace), weight: -20 }))],
  ['scheduler', ofAll('/v1/deployments'), all => all.map(one => ({ name: short(one.ID), kind: `deployment of ${one.JobID}`, icon: 'deployments', words: [one.ID], to: `/deployments/${one.ID}`, weight: -30 }))],
  ['balancer', '/api/routes', all => all.map(route => ({ name: route.src, kind: `route to ${route.service}`, icon: 'routes', words: [route.dst], to: '/routes' }))],
];

const commands = () => [
  ...NAV.filter(group => !group.part || parts.value[group.part] === 'open').flatMap(group => group.pages.map(([icon, title, to]) => ({ name: title, kind: group.title ? `page, ${group.title.toLowerCase()}` : 'page', icon, to: to(), weight: 10 }))),
  ...(parts.value.scheduler === 'open' ? [{ name: 'Run a job', kind: 'command', icon: 'try', to: '/run', weight: 10 }] : []),
  { name: 'Turn light or dark', kind: 'command', icon: 'sun', act: turnTheme },
  { name: 'Log in with a token', kind: 'command', icon: 'user', to: '/access' },
];

async function everything(signal) {
  const answers = await Promise.allSettled(SOURCES.filter(([part]) => parts.value[part] === 'open')
    .map(async ([part, path, items]) => items(await get(part, path, { signal }) ?? [])));
  const found = answers.flatMap(answer => answer.status === 'fulfilled' ? answer.value : []);
  const seen = new Set();
  return found.filter(item => { const key = `${item.kind}\n${item.name}\n${item.to}`; return seen.has(key) ? false : seen.add(key); });
}

function Palette() {
  const [typed, setTyped] = useState('');
  const [all, setAll] = useState([]);
  const [at, setAt] = useState(0);
  const list = useRef(null);
  useEffect(() => {
    const control = new AbortController();
    everything(control.signal).then(found => { if (!control.signal.aborted) setAll(found); });
    return () => control.abort();
  }, []);
  const shown = useMemo(() => typed ? rank([...all, ...commands()], typed) : commands(), [typed, all]);
  useEffect(() => { list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); }, [at, shown]);
  const close = () => { open.value = false; };
  const take = item => { close(); if (item?.to) go(item.to); else item?.act?.(); };
  const keys = event => {
    if (event.key === 'ArrowDown') { event.preventDefault(); setAt(Math.min(at + 1, shown.length - 1)); }
    else if (event.key === 'ArrowUp') { event.preventDefault(); setAt(Math.max(at - 1, 0)); }
    else if (event.key === 'Enter') { event.preventDefault(); take(shown[at]); }
  };
  return html`<${Over} label="Search everything" className="palette" onClose=${close}>
    <input type="text" role="combobox" aria-expanded="true" aria-controls="found" aria-activedescendant=${shown.length ? `found-${at}` : undefined} aria-label="Search services, keys, jobs, allocations and commands"
      placeholder="Services, keys, jobs, allocations, commands …" value=${typed} onInput=${event => { setTyped(event.currentTarget.value); setAt(0); }} onKeyDown=${keys} />
    ${shown.length === 0 ? html`<p class="none">Nothing is called like “${typed}”.</p>` : html`<ul id="found" role="listbox" aria-label="Found" ref=${list}>${shown.map((item, i) => html`
      <li id=${`found-${i}`} key=${`${item.kind}${item.name}${item.to}`} role="option" aria-selected=${i === at} onMouseMove=${() => setAt(i)} onClick=${() => take(item)}><${Icon} name=${item.icon} /><span class="name">${item.name}</span><span class="kind">${item.kind}</span></li>`)}</ul>`}
    <footer><span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>Enter</kbd> open</span><span><kbd>Esc</kbd> close</span></footer>
  </${Over}>`;
}

export const PaletteLayer = () => open.value ? html`<${Palette} />` : null;
