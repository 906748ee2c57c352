// Templates of running allocations: what each depends on, how old that is, what it waits for, and what it wrote.
import { html, useEffect, useMemo, useRef, useState } from '../core/html.js';
import { get, seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { plural, short } from '../core/format.js';
import { Ago, Command, Empty, Facts, Link, Name, Page, Panel, State, Trouble, ready } from '../parts/ui.js';
import { ofAll } from '../parts/namespaces.js';
import { Diff } from '../parts/views.js';

/** Reads at most so many allocations' templates at once; the newest first. */
const MOST = 30;
const toneOf = word => ({ rendered: 'ok', waiting: 'warn', failed: 'bad' })[word] ?? 'idle';

/** Where the API of files finds what a template wrote, or null when it is outside of the allocation's folder. Pure. */
export function fileOf(destination, alloc, task) {
  const inside = destination.indexOf(`/${alloc}/`);
  if (inside >= 0) return destination.slice(inside + alloc.length + 1);
  if (destination.startsWith('/')) return null;
  return destination.startsWith('alloc/') ? `/${destination}` : `/${task}/${destination}`;
}

export function Templates() {
  const allocations = useLive('scheduler', ofAll('/v1/allocations?task_states=false'));
  return html`<${Page} title="Templates" sub="Of the allocations that run on this agent.">${ready([allocations], 'the allocations', 'muster template status', list => {
    const running = list.filter(one => one.ClientStatus === 'running' || one.ClientStatus === 'pending');
    return html`${running.length > MOST ? html`<p class="soft">The newest ${MOST} of ${plural(running.length, 'allocation')}; those of others are on the allocation's page.</p>` : null}
      <${All} allocations=${running.slice(0, MOST)} />`;
  })}<${Command} text="muster template status" /></${Page}>`;
}

function All({ allocations }) {
  const [counts, setCounts] = useState({});
  const told = Object.values(counts);
  const none = told.length === allocations.length && told.every(count => count === 0);
  return html`${allocations.length === 0 || none ? html`<${Panel}><${Empty} title="No running allocation has a template" command="nomad job run FILE">A task's template block renders keys and services of the registry into a file.</${Empty}></${Panel}>` : null}
    ${allocations.map(one => html`<${OfAllocation} key=${one.ID} alloc=${one} onCount=${count => setCounts(now => now[one.ID] === count ? now : { ...now, [one.ID]: count })} />`)}`;
}

export function OfAllocation({ alloc, onCount }) {
  const read = useLive('scheduler', `/v1/client/allocation/${alloc.ID}/templates`);
  const rows = useMemo(() => Object.entries(read.data ?? {}).flatMap(([task, list]) => (list ?? []).map(one => ({ task, ...one }))), [read.data]);
  useEffect(() => { if (read.data !== undefined || read.error) onCount?.(rows.length); }, [rows.length, read.error]);
  return rows.map(one => html`<${Template} key=${`${one.task} ${one.Destination}`} alloc=${alloc} of=${one} />`);
}

function Template({ alloc, of }) {
  const [open, setOpen] = useState(false);
  return html`<${Panel} title=${html`<${Name} text=${of.Destination} />`} note=${html`<${Link} to=${`/allocations/${alloc.ID}/${seg(of.task)}`}><bdi>${alloc.Name}</bdi> ${short(alloc.ID)}</${Link}>, task <${Name} text=${of.task} />`}
    actions=${html`<${State} word=${of.State} as=${toneOf(of.State)} /><button type="button" class="button small" aria-expanded=${open} onClick=${() => setOpen(!open)}>${open ? 'Hide the file' : 'Show the file'}</button>`}>
    <div class="body stack">${of.LastError ? html`<${Trouble} title="The last try failed" text=${of.LastError} command="muster template status" />` : null}
    ${of.Missing?.length ? html`<${Trouble} as="warn" title="It waits for" text=${of.Missing.join('\n')} />` : null}
    <${Facts} of=${[['From', html`<${Name} text=${of.Source} />`], ['Rendered', html`<${Ago} at=${Date.parse(of.LastRender ?? '')} />`], ['Changed', html`<${Ago} at=${Date.parse(of.LastChange ?? '')} />`], of.NextRetry ? ['Tries again', new Date(of.NextRetry).toLocaleTimeString()] : null,
      ['Depends on', (of.Dependencies ?? []).map(one => html`<div><span class="mono"><${Name} text=${one.Name} /></span> <span class="dim">${one.Changed ? html`value of <${Ago} at=${Date.parse(one.Changed)} />` : 'no value'}</span>${one.HeldSince ? html` <span class="tag warn">empty and held</span>` : null}${one.Error ? html` <span class="state bad"><${Name} text=${one.Error} /></span>` : null}</div>`)]]} />
    ${open ? html`<${Rendered} alloc=${alloc.ID} task=${of.task} of=${of} />` : null}</div></${Panel}>`;
}

/** The file, read again at each render; what changed since the page was opened stands below it. */
function Rendered({ alloc, task, of }) {
  const path = fileOf(of.Destination, alloc, task);
  const before = useRef(null);
  const [state, setState] = useState({ text: null, error: '' });
  useEffect(() => {
    if (!path) return undefined;
    const control = new AbortController();
    get('scheduler', `/v1/client/fs/cat/${alloc}?path=${encodeURIComponent(path)}`, { text: true, signal: control.signal }).then(text => setState(now => { if (now.text !== null && now.text !== text) before.current = now.text; return { text, error: '' }; }), problem => { if (problem.name !== 'AbortError') setState({ text: null, error: problem.message }); });
    return () => control.abort();
  }, [alloc, path, of.LastChange]);
  if (!path) return html`<p class="soft">The file is outside of the allocation's folder, so it is not shown.</p>`;
  if (state.error) return html`<${Trouble} as="warn" title="The file can't be read" text=${state.error} command=${`nomad alloc fs ${short(alloc)} ${path}`} />`;
  if (state.text === null) return html`<p class="dim">Reading …</p>`;
  return html`${before.current !== null ? html`<h3>The last change</h3><${Diff} before=${before.current} after=${state.text} label="The last change" />` : null}<pre class="code" tabindex="0">${state.text}</pre>`;
}
