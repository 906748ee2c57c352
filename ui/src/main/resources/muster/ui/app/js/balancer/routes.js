// Routes in the order in which they are tried, and their targets with what they are asked for now.
import { html, useMemo, useRef } from '../core/html.js';
import { put, remove, seg } from '../core/api.js';
import { at } from '../core/dc.js';
import { useLive } from '../core/live.js';
import { plural, rough, span } from '../core/format.js';
import { Command, Empty, Link, Name, Page, Panel, State, Tag, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { confirm } from '../parts/dialog.js';
import { isTraefik, useRoutes } from './model.js';

/** Rates between two readings of counters. Pure. */
export function ratesBetween(before, after, seconds) {
  const old = new Map((before ?? []).map(one => [`${one.src}\n${one.service}\n${one.dst}`, one]));
  return (after ?? []).map(one => {
    const was = old.get(`${one.src}\n${one.service}\n${one.dst}`);
    const count = was ? one.total - was.total : 0;
    const failed = was ? one.failures + one.status5xx - was.failures - was.status5xx : 0;
    const time = was ? one.seconds - was.seconds : 0;
    return { ...one, key: `${one.src}\n${one.service}\n${one.dst}`, rate: seconds > 0 && was ? count / seconds : 0, errors: count > 0 ? failed / count : 0, latency: count > 0 ? time / count * 1000 : one.total > 0 ? one.seconds / one.total * 1000 : 0 };
  });
}

const SPAN = 10_000;

/** Servers of Traefik's services, once each; its API counts no requests. Pure. */
export function serversOf(raw) {
  return Object.entries(raw?.services ?? {}).flatMap(([name, service]) => (service.loadBalancer?.servers ?? []).map(server => ({
    key: `${name}\n${server.url}`, src: (service.usedBy ?? []).join(', '), service: name.split('@')[0], dst: server.url ?? '', state: (service.serverStatus?.[server.url] ?? 'UP') === 'UP' ? 'in use' : 'down', rate: 0, errors: 0, inFlight: 0,
  })));
}

/** The targets with rates over the last ten seconds. */
export function useTargets() {
  const { read, status } = useRoutes();
  const drains = useLive('balancer', isTraefik ? '/api/drain' : null);
  const history = useRef([]);
  return useMemo(() => {
    if (isTraefik) return { read, targets: serversOf(read.data), drained: new Set((drains.data ?? []).map(one => one.target)), canDrain: drains.data !== undefined };
    const now = { at: status.at, targets: status.data?.targets ?? [] };
    if (!status.data) return { read: status, targets: [], drained: new Set(), canDrain: false };
    history.current = [...history.current.filter(one => now.at - one.at < SPAN), now];
    const first = history.current[0];
    return { read: status, targets: ratesBetween(first === now ? null : first.targets, now.targets, (now.at - first.at) / 1000), drained: new Set((status.data.drained ?? []).map(one => one.target)), canDrain: status.data.drained !== undefined };
  }, [status.data, status.at, read.data, drains.data]);
}

const hostPort = url => url.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');

const Problems = ({ of, read }) => html`${read.data?.registry?.failure ? html`<${Trouble} as="warn" title="The balancer can't read the registry; it goes on with the last table" text=${read.data.registry.failure} command="muster lb status" />` : null}
  ${of.length ? html`<${Trouble} as="warn" title=${`${plural(of.length, 'tag or command')} could not be used`} text=${of.map(one => `${one.where}: ${one.text}`).join('\n')} command="muster lb status" />` : null}`;

export function Routes() {
  const { read, status, routes, problems } = useRoutes();
  const { targets } = useTargets();
  const rates = useMemo(() => { const sums = new Map(); for (const one of targets) sums.set(`${one.src}\n${one.service}`, (sums.get(`${one.src}\n${one.service}`) ?? 0) + one.rate); return sums; }, [targets]);
  return html`<${Page} title="Routes" sub="In the order in which they are tried." actions=${html`<${Link} class="button main-act" to="/try">Try a URL</${Link}>${isTraefik ? html`<${Link} class="button" to="/http/middlewares">Middlewares</${Link}><${Link} class="button" to="/entrypoints">Entry points</${Link}>` : null}`}>
    <${Problems} of=${problems} read=${isTraefik ? read : status} />
    ${ready([read], 'the routes', isTraefik ? 'curl http://127.0.0.1:8081/api/http/routers' : 'curl http://127.0.0.1:9998/api/routes?raw', () => html`<${Panel}><${Table} label="Routes" what="route" rows=${routes.map((route, i) => ({ ...route, order: i + 1 }))} keyOf=${route => route.id} filter=${route => `${route.rule} ${route.service} ${route.targets.map(target => target.address).join(' ')}`}
      empty=${html`<${Empty} title="There are no routes" command="nomad job run FILE">${isTraefik ? 'A service gets one with the tag traefik.enable=true.' : 'A service gets one with a tag such as urlprefix-/path.'}</${Empty}>`}
      columns=${[
        { title: 'Order', num: true, className: 'slim', by: route => route.order, cell: route => route.order },
        { title: 'Rule', by: route => route.rule, cell: route => isTraefik ? html`<${Link} class="name mono" to=${`/http/routers/${seg(route.name)}`}><${Name} text=${route.rule || route.name} /></${Link}>` : html`<b class="mono" style=${{ fontWeight: '550' }}><${Name} text=${route.rule} /></b>` },
        { title: 'Service', by: route => route.service, cell: route => isTraefik ? html`<${Link} to=${`/http/services/${seg(route.serviceName)}`}><${Name} text=${route.service} /></${Link}>` : html`<${Link} to=${at(`/services/${seg(route.service)}/instances`)}><${Name} text=${route.service} /></${Link}>` },
        { title: 'Targets', wrap: true, by: route => route.targets.length, cell: route => html`${route.targets.slice(0, 4).map(target => html`<${Tag} text=${hostPort(target.address ?? '')} as=${target.status === 'DOWN' ? 'bad' : ''} />`)}${route.targets.length > 4 ? html`<span class="dim">+${route.targets.length - 4}</span>` : null}${route.isOwn ? html`<span class="dim">the balancer itself</span>` : route.targets.length === 0 ? html`<span class="state bad">none</span>` : null}` },
        ...(isTraefik ? [{ title: 'Priority', num: true, far: true, by: route => route.priority, cell: route => route.shownPriority }, { title: 'Entry points', far: true, cell: route => route.entries.join(', ') }, { title: 'State', cell: route => html`<${State} word=${route.trouble ? 'disabled' : 'enabled'} />` }]
          : [{ title: 'Requests/s', num: true, far: true, by: route => -(rates.get(route.id) ?? 0), cell: route => rough(rates.get(route.id) ?? 0) }, { title: 'Options', far: true, cell: route => html`<span class="mono">${route.targets[0]?.options}</span>` }]),
      ]} /></${Panel}>`)}
  </${Page}>`;
}

export function Targets() {
  const { read, targets, drained, canDrain } = useTargets();
  return html`<${Page} title="Targets" sub=${isTraefik ? "Traefik's API counts no requests; its metrics do." : "Rates, errors and latency over the last ten seconds."}>
    ${ready([read], 'the targets', 'muster lb status', status => html`<${Panel}><${Table} label="Targets" what="target" rows=${targets} keyOf=${one => one.key} filter=${one => `${one.src} ${one.service} ${one.dst}`}
      empty=${html`<${Empty} title="There are no targets" command="muster lb status">They come with the routes.</${Empty}>`}
      columns=${[
        { title: 'Target', by: one => one.dst, cell: one => html`<b class="mono" style=${{ fontWeight: '550' }}><${Name} text=${hostPort(one.dst)} /></b>` },
        { title: 'Service', by: one => one.service, cell: one => html`<${Link} to=${at(`/services/${seg(one.service)}/instances`)}><${Name} text=${one.service} /></${Link}>` },
        { title: 'Route', far: true, by: one => one.src, cell: one => html`<span class="mono"><${Name} text=${one.src} /></span>` },
        { title: 'State', by: one => one.state ?? '', cell: one => drained.has(hostPort(one.dst)) ? html`<${State} word="draining" />` : html`<${State} word=${one.state ?? 'in use'} />` },
        ...(isTraefik ? [] : [{ title: 'Requests/s', num: true, by: one => -one.rate, cell: one => rough(one.rate) },
        { title: 'Errors', num: true, by: one => -one.errors, cell: one => html`<span class=${one.errors > 0 ? 'state bad' : ''}>${Math.round(one.errors * 100)} %</span>` },
        { title: 'Latency', num: true, far: true, by: one => -one.latency, cell: one => one.total ? span(one.latency) === '0 ms' ? `${rough(one.latency)} ms` : span(one.latency) : '' },
        { title: 'In flight', num: true, by: one => -one.inFlight, cell: one => one.inFlight },
        { title: 'All', num: true, far: true, by: one => -one.total, cell: one => one.total }]),
        ...(canDrain ? [{ title: '', className: 'acts', cell: one => drained.has(hostPort(one.dst)) ? html`<button type="button" class="button small" onClick=${() => turn(one, false)}>Take back</button>` : html`<button type="button" class="button small danger" onClick=${() => turn(one, true)}>Drain</button>` }] : []),
      ]} /></${Panel}>
      ${status.waiting ? html`<p class="soft">Waiting for an instance: ${status.waiting.now}; served after waiting: ${status.waiting.served}; given up: ${status.waiting.expired}.</p>` : null}`)}
    ${canDrain ? html`<${Command} text="muster lb drain HOST:PORT" />` : null}</${Page}>`;
}

function turn(one, on) {
  const target = hostPort(one.dst);
  confirm({ title: on ? `Drain ${target}?` : `Use ${target} again?`, text: on ? 'It gets no new requests; those in flight end by themselves. Health checks go on.' : 'It gets its share of requests again.', hits: on ? [`${one.service} at ${one.src}: ${plural(one.inFlight, 'request')} in flight, ${rough(one.rate)} a second`] : [], word: on ? 'Drain' : 'Use again', danger: on, command: `muster lb ${on ? 'drain' : 'undrain'} ${target}`,
    act: () => on ? put('balancer', `/api/drain?target=${seg(target)}`) : remove('balancer', `/api/drain?target=${seg(target)}`), done: on ? `${target} drains` : `${target} is used again` });
}
