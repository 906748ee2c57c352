// The application's beginning: what there is at this address, then the page that the address names.
import { Component } from 'preact';
import { html, render, useEffect } from './core/html.js';
import { root, seg } from './core/api.js';
import { go, here, place } from './core/place.js';
import { learnDatacenter, own } from './core/dc.js';
import { Frame } from './parts/frame.js';
import { Dialogs, close } from './parts/dialog.js';
import { PaletteLayer } from './parts/palette.js';
import { listen } from './parts/keys.js';
import { Empty, Page, Trouble } from './parts/ui.js';
import { match } from './core/router.js';
import { drawing, fetchPage, fetchRest } from './pages.js';

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

const Unknown = () => html`<${Page} title="No such page"><${Empty} title="Nothing is at this address" command="muster status">${place.value}<br />The pages are listed at the left; <kbd>/</kbd> searches everything.</${Empty}></${Page}>`;

/** The agent may have been replaced by another version, whose files have other addresses. */
const Missing = ({ problem }) => html`<${Page} title="This page did not come"><${Trouble} title="A file of the pages could not be read" text=${`${problem.message}\nThe agent may have ended, or be of another version now.`} />
  <div class="inline"><button type="button" class="button main-act" onClick=${() => location.reload()}>Load again</button></div></${Page}>`;

const home = () => (HOMES[root.home] ?? HOMES.registry)();

function Shown() {
  const { page, params, query } = here.value;
  useEffect(() => { if (page === 'home') go(home(), { replace: true }); }, [page]);
  if (page === 'home') return null;
  const found = drawing(page);
  if (!found) return html`<${Unknown} />`;
  if (found.problem) return html`<${Missing} problem=${found.problem} />`;
  return found.component ? html`<${found.component} key=${`${page} ${JSON.stringify({ ...params, tab: '' })}`} params=${params} query=${query} />` : html`<p class="dim" role="status">Reading the page …</p>`;
}

const App = () => html`<${Frame}><${Guard}><${Shown} /></${Guard}></${Frame}><${Dialogs} /><${PaletteLayer} />`;

addEventListener('muster:close', close);
listen();
// The frame is not drawn without its page: two drawings cost more than the moment until both can be drawn.
await Promise.all([learnDatacenter(), fetchPage(here.value.page === 'home' ? match(home()).page : here.value.page)]);
const app = document.getElementById('app');
app.replaceChildren();
render(html`<${App} />`, app);
setTimeout(fetchRest, 2_000);
