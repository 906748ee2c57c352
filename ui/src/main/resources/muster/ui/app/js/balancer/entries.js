// Entry points: where requests come in.
import { html } from '../core/html.js';
import { useLive } from '../core/live.js';
import { Empty, Name, Page, Panel, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { isTraefik } from './model.js';

/** Listeners of Fabio's configuration as rows, whatever letter case its keys have. Pure. */
export function listenersOf(config) {
  const found = [];
  const walk = (value, key) => {
    if (Array.isArray(value) && /^listen/i.test(key)) value.forEach(one => found.push(one));
    else if (value && typeof value === 'object') Object.entries(value).forEach(([name, inner]) => walk(inner, name));
  };
  walk(config, '');
  return found.map(one => ({ name: one.Proto ?? one.proto ?? 'http', address: one.Addr ?? one.addr ?? '', more: Object.entries(one).filter(([name, value]) => !/^(addr|proto)$/i.test(name) && value && typeof value !== 'object').map(([name, value]) => `${name} ${value}`).join(', ') }));
}

export function EntryPoints() {
  const traefik = useLive('balancer', isTraefik ? '/api/entrypoints' : null);
  const fabio = useLive('balancer', isTraefik ? null : '/api/config');
  const read = isTraefik ? traefik : fabio;
  return html`<${Page} title="Entry points" sub="Addresses at which the balancer takes requests.">${ready([read], 'the entry points', isTraefik ? 'curl http://127.0.0.1:8081/api/entrypoints' : 'curl http://127.0.0.1:9998/api/config', data => {
    const rows = isTraefik ? data.map(one => ({ name: one.name, address: one.address, more: [one.asDefault ? 'default' : '', one.http?.tls ? 'TLS' : '', ...(one.http?.middlewares ?? []), one.http?.redirections ? `redirects to ${one.http.redirections.entryPoint?.to}` : ''].filter(Boolean).join(', ') })) : listenersOf(data);
    return html`<${Panel}><${Table} label="Entry points" rows=${rows} keyOf=${one => `${one.name} ${one.address}`} empty=${html`<${Empty} title="The configuration names no listener" command="fabio -proxy.addr :9999" />`} columns=${[{ title: 'Name', cell: one => html`<b>${one.name}</b>` }, { title: 'Address', cell: one => html`<span class="mono"><${Name} text=${one.address} /></span>` }, { title: 'More', far: true, wrap: true, cell: one => html`<${Name} text=${one.more} />` }]} /></${Panel}>`;
  })}</${Page}>`;
}
