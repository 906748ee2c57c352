// What Traefik's dashboard shows: routers, services, middlewares and entry points, each with what uses it and what is wrong with it.
import { html } from '../core/html.js';
import { seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { Empty, Facts, Link, Name, Page, Panel, State, Tabs, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';

const plural = { routers: 'router', services: 'service', middlewares: 'middleware' };
const useRaw = () => useLive('balancer', '/api/rawdata');
const keyOf = (protocol, kind) => protocol === 'http' ? kind : `${protocol}${kind[0].toUpperCase()}${kind.slice(1)}`;

const Kinds = ({ current, protocol }) => html`<${Tabs} label="Kinds" current=${`${protocol} ${current}`} of=${[['http routers', 'HTTP routers', '/http/routers'], ['http services', 'HTTP services', '/http/services'], ['http middlewares', 'HTTP middlewares', '/http/middlewares'], ['tcp routers', 'TCP routers', '/tcp/routers'], ['tcp services', 'TCP services', '/tcp/services'], ['udp routers', 'UDP routers', '/udp/routers'], ['udp services', 'UDP services', '/udp/services'], ['entry points', 'Entry points', '/entrypoints']]} />`;

const List = kind => function Listed({ params }) {
  const raw = useRaw();
  return html`<${Page} title=${`${params.protocol.toUpperCase()} ${kind}`}><${Kinds} current=${kind} protocol=${params.protocol} />
    ${ready([raw], `the ${kind}`, `curl http://127.0.0.1:8081/api/${params.protocol}/${kind}`, data => html`<${Panel}><${Table} label=${kind} what=${plural[kind]} rows=${Object.entries(data[keyOf(params.protocol, kind)] ?? {})} keyOf=${([name]) => name} filter=${([name, one]) => `${name} ${one.rule ?? ''} ${one.service ?? ''}`} empty=${html`<${Empty} title=${`There are no ${kind}`} command=${`curl http://127.0.0.1:8081/api/${params.protocol}/${kind}`}>They come from tags of services and from the file provider.</${Empty}>`} columns=${[
      { title: 'Name', by: ([name]) => name, cell: ([name]) => html`<${Link} class="name" to=${`/${params.protocol}/${kind}/${seg(name)}`}><${Name} text=${name} /></${Link}>` },
      { title: 'State', by: ([, one]) => one.status, cell: ([, one]) => html`<${State} word=${one.status} />` },
      kind === 'routers' ? { title: 'Rule', cell: ([, one]) => html`<span class="mono"><${Name} text=${one.rule ?? ''} /></span>` } : { title: 'Type', far: true, cell: ([, one]) => one.type },
      kind === 'routers' ? { title: 'Priority', num: true, far: true, by: ([, one]) => -(one.priority ?? 0), cell: ([, one]) => one.priority } : { title: 'Used by', far: true, cell: ([, one]) => (one.usedBy ?? []).join(', ') },
    ]} /></${Panel}>`)}</${Page}>`;
};

const One = kind => function Shown({ params }) {
  const raw = useRaw();
  return ready([raw], `the ${plural[kind]}`, `curl http://127.0.0.1:8081/api/${params.protocol}/${kind}/${params.name}`, data => {
    const one = data[keyOf(params.protocol, kind)]?.[params.name];
    if (!one) return html`<${Page} title=${params.name}><${Panel}><${Empty} title=${`There is no ${plural[kind]} of this name now`} command=${`curl http://127.0.0.1:8081/api/${params.protocol}/${kind}`}>The service behind it may have no healthy instance. It appears here as soon as it has one.</${Empty}></${Panel}></${Page}>`;
    const provider = params.name.split('@')[1];
    const service = one.service?.includes('@') ? one.service : `${one.service}@${provider}`;
    const servers = one.loadBalancer?.servers ?? [];
    return html`<${Page} title=${params.name} state=${html`<${State} word=${one.status} />`}>
      ${one.error ? html`<${Trouble} title="It is not used as it is" text=${[one.error].flat().join('\n')} />` : null}
      <div class="cols"><${Panel} title="About" plain><${Facts} of=${[one.rule ? ['Rule', html`<span class="mono"><${Name} text=${one.rule} /></span>`] : null, one.priority !== undefined ? ['Priority', String(one.priority)] : null, one.entryPoints ? ['Entry points', one.entryPoints.join(', ')] : null,
        one.service ? ['Service', html`<${Link} to=${`/${params.protocol}/services/${seg(service)}`}><${Name} text=${service} /></${Link}>`] : null, one.middlewares ? ['Middlewares, in order', one.middlewares.map(name => html`<div><${Link} to=${`/${params.protocol}/middlewares/${seg(name)}`}><${Name} text=${name} /></${Link}></div>`)] : null,
        one.type ? ['Type', one.type] : null, one.usedBy ? ['Used by', one.usedBy.map(name => html`<div><${Link} to=${`/${params.protocol}/routers/${seg(name)}`}><${Name} text=${name} /></${Link}></div>`)] : null, ['Provider', provider]]} /></${Panel}>
      ${servers.length ? html`<${Panel} title="Servers"><${Table} label="Servers" rows=${servers} keyOf=${server => server.url ?? server.address} columns=${[{ title: 'Server', cell: server => html`<span class="mono"><${Name} text=${server.url ?? server.address} /></span>` }, { title: 'State', cell: server => html`<${State} word=${one.serverStatus?.[server.url] ?? 'UP'} />` }, { title: 'Weight', num: true, cell: server => server.weight ?? 1 }]} /></${Panel}>` : null}</div>
      <${Panel} title="As it is configured"><div class="body"><pre class="code" tabindex="0">${JSON.stringify(one, null, 2)}</pre></div></${Panel}></${Page}>`;
  });
};

export const Routers = List('routers');
export const BalancerServices = List('services');
export const Middlewares = List('middlewares');
export const Router = One('routers');
export const BalancerService = One('services');
export const Middleware = One('middlewares');
