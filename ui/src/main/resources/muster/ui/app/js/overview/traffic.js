// The way traffic takes, drawn from live data.
import { html, useMemo, useRef, useState } from '../core/html.js';
import { seg } from '../core/api.js';
import { at } from '../core/dc.js';
import { href } from '../core/place.js';
import { short, tone } from '../core/format.js';
import { Empty, Panel } from '../parts/ui.js';
import { BOX, layout, reach } from './layout.js';

/** Boxes and links out of routes, instances, allocations and nodes. Pure. */
export function waysOf({ routes, instances, allocations, only }) {
  const boxes = new Map();
  const links = [];
  const add = (id, box) => { if (!boxes.has(id)) boxes.set(id, { id, tone: 'ok', ...box() }); return id; };
  const byAllocation = new Map(allocations.map(one => [one.ID, one]));
  const worse = (id, next) => { const box = boxes.get(id); const order = ['ok', 'idle', 'warn', 'bad']; if (order.indexOf(next) > order.indexOf(box.tone)) box.tone = next; };
  const instance = one => {
    const service = add(`s:${one.service}`, () => ({ lane: 2, label: one.service, sub: '', to: at(`/services/${seg(one.service)}/instances`) }));
    const box = boxes.get(service);
    box.count = (box.count ?? 0) + 1;
    box.sub = `${box.count} instance${box.count === 1 ? '' : 's'}`;
    worse(service, tone(one.status));
    const place = add(`i:${one.key}`, () => ({ lane: 3, label: `${one.address}:${one.port}`, sub: one.status, tone: tone(one.status), to: box.to }));
    links.push([service, place]);
    const alloc = byAllocation.get(one.allocation);
    let last = place;
    if (alloc) {
      add(`a:${alloc.ID}`, () => ({ lane: 4, label: alloc.Name, sub: `${short(alloc.ID)} ${alloc.ClientStatus}`, tone: tone(alloc.ClientStatus), to: `/allocations/${alloc.ID}` }));
      links.push([last, `a:${alloc.ID}`]);
      last = `a:${alloc.ID}`;
    }
    const node = alloc?.NodeName || one.node;
    add(`n:${node}`, () => ({ lane: 5, label: node, sub: '', to: at(`/nodes/${seg(node)}`) }));
    links.push([last, `n:${node}`]);
  };
  const wanted = only.toLowerCase();
  const fits = text => !wanted || text.toLowerCase().includes(wanted);
  const routed = new Set();
  for (const route of routes) {
    if (!fits(route.rule) && !fits(route.service)) continue;
    for (const name of route.entries) {
      add(`e:${name}`, () => ({ lane: 0, label: name, sub: 'entry point', to: '/entrypoints' }));
      add(`r:${route.id}`, () => ({ lane: 1, label: route.rule, sub: route.service, tone: route.trouble ? 'bad' : 'ok', to: '/routes', weight: route.rate }));
      links.push([`e:${name}`, `r:${route.id}`]);
    }
    add(`s:${route.service}`, () => ({ lane: 2, label: route.service, sub: 'no instance', to: at(`/services/${seg(route.service)}/instances`) }));
    links.push([`r:${route.id}`, `s:${route.service}`]);
    routed.add(route.service);
  }
  for (const one of instances) if ((routed.has(one.service) || fits(one.service)) && one.kind === '') instance(one);
  for (const box of boxes.values()) if (box.lane === 2 && !box.count) { box.tone = 'bad'; }
  return { boxes: [...boxes.values()], links };
}

const cut = (text, letters) => { const all = [...text]; return all.length > letters ? `${all.slice(0, letters - 1).join('')}…` : text; };

/** @param shown ids of what is not faded; null is everything */
function drawing(picture, shown, light) {
  const isShown = link => shown.has(link.from) && shown.has(link.to);
  const line = link => `${link.tone === 'bad' ? 'bad' : ''}${!shown ? '' : isShown(link) ? ' lit' : ' faded'}`;
  return html`<svg class=${picture.links.length > 80 ? 'dense' : ''} width=${picture.width} height=${picture.height} role="group" aria-label=${`${picture.boxes.length} things, ${picture.links.length} connections`}>
    ${picture.lanes.map(lane => html`<text class="lane" x=${lane.x} y="14">${lane.title}</text>`)}
    ${picture.links.map(link => html`<path key=${`${link.from} ${link.to}`} d=${link.path} class=${line(link)} stroke-width=${Math.min(3, 1 + Math.log2(link.count) / 2)} />`)}
    ${picture.boxes.map(box => html`<a key=${box.id} href=${href(box.to)} class=${`box ${box.tone}${shown && !shown.has(box.id) ? ' faded' : ''}`} onMouseEnter=${() => light(box.id)} onMouseLeave=${() => light('')} onFocus=${() => light(box.id)} onBlur=${() => light('')}>
      <title>${`${box.label}\n${box.sub}`}</title><rect class="body" x=${box.x} y=${box.y} width=${BOX.width} height=${BOX.height} rx="5" /><rect class="edge" x=${box.x} y=${box.y + 6} width="3" height=${BOX.height - 12} rx="1.500" />
      <text x=${box.x + 12} y=${box.y + (box.sub ? 14 : 21)}>${cut(box.label, 20)}</text>${box.sub ? html`<text class="sub" x=${box.x + 12} y=${box.y + 27}>${cut(box.sub, 23)}</text>` : null}</a>`)}
  </svg>`;
}

/** The list that was given before, where it has the same in it: what is made of it need not be made again. */
function useSame(list) {
  const kept = useRef(list);
  if (kept.current.length !== list.length || list.some((one, i) => one !== kept.current[i])) kept.current = list;
  return kept.current;
}

/** @param isReading whether routes or instances are not known yet: routes alone would look as if nothing answered them */
export function Traffic({ isReading, routes, instances, allocations }) {
  const [only, setOnly] = useState('');
  const [lit, setLit] = useState('');
  // Of all allocations those that an instance stands on: the others change as they like.
  const behind = useMemo(() => new Set(instances.map(one => one.allocation).filter(Boolean)), [instances]);
  const own = useSame(useMemo(() => allocations.filter(one => behind.has(one.ID)), [allocations, behind]));
  const picture = useMemo(() => { const ways = isReading ? { boxes: [], links: [] } : waysOf({ routes, instances, allocations: own, only }); return layout(ways.boxes, ways.links, only ? 60 : 22); }, [isReading, routes, instances, own, only]);
  const shown = useMemo(() => lit ? reach(lit, picture.links) : null, [lit, picture]);
  const drawn = useMemo(() => drawing(picture, shown, setLit), [picture, shown]);
  return html`<${Panel} title="The way traffic takes" note="entry point → route → service → instance → allocation → node" actions=${html`<input class="filter" type="search" placeholder="Only …" aria-label="Only what has this in its route or service" value=${only} onInput=${event => setOnly(event.currentTarget.value)} />`}>
    ${isReading ? html`<p class="body dim traffic-room" role="status">Reading …</p>` : picture.boxes.length === 0 ? html`<${Empty} title=${only ? `No way has “${only}” in it` : 'No traffic has a way yet'} command="nomad job run FILE">A service with a routing tag gets its route by itself.</${Empty}>`
      : html`<div class="traffic body" tabindex="0" role="region" aria-label="Picture of the ways; the lists beside it say the same">${drawn}</div>`}</${Panel}>`;
}
