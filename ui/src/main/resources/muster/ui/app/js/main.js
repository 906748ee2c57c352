// The application's beginning: what there is at this address, then the page that the address names.
import { Component } from 'preact';
import { html, render, useEffect } from './core/html.js';
import { learnParts, parts, root } from './core/api.js';
import { go, here, place } from './core/place.js';
import { learnDatacenter, own } from './core/dc.js';
import { seg } from './core/api.js';
import { Frame } from './parts/frame.js';
import { Dialogs, close } from './parts/dialog.js';
import { PaletteLayer } from './parts/palette.js';
import { listen } from './parts/keys.js';
import { Empty, Page, Trouble } from './parts/ui.js';
import { PAGES } from './pages.js';

const HOMES = { registry: () => `/${seg(own.value)}/services`, scheduler: () => '/jobs', balancer: () => '/routes' };

/** A page that fails shows why, and leaves the rest alone. */
class Guard extends Component {
  static getDerivedStateFromError(failure) { return { failure, at: place.value }; }
  componentDidCatch(failure) { console.error(failure); }
  render({ children }, { failure, at }) {
    if (!failure || at !== place.value) return children;
    return html`<${Page} title="This page failed"><${Trouble} title=${failure.message} text=${failure.stack ?? ''} /></${Page}>`;
  }
}

const Unknown = () => html`<${Page} title="No such page"><${Empty} title="Nothing is at this address">${place.value}</${Empty}></${Page}>`;

function App() {
  const { page, params, query } = here.value;
  useEffect(() => { if (page === 'home') go((HOMES[root.home] ?? HOMES.registry)(), { replace: true }); }, [page]);
  const Shown = PAGES[page] ?? Unknown;
  return html`<${Frame}><${Guard}>${page === 'home' ? null : html`<${Shown} key=${`${page} ${JSON.stringify({ ...params, tab: '' })}`} params=${params} query=${query} />`}</${Guard}></${Frame}><${Dialogs} /><${PaletteLayer} />`;
}

addEventListener('muster:close', close);
listen();
await Promise.allSettled([learnParts(), learnDatacenter()]);
if (!parts.value) parts.value = { registry: 'absent', scheduler: 'absent', balancer: 'absent' };
const app = document.getElementById('app');
app.replaceChildren();
render(html`<${App} />`, app);
