// What is around every page: the parts and their pages, the way back, search, whether the data is live, theme and login.
import { html, signal, useEffect } from '../core/html.js';
import { here, href, place } from '../core/place.js';
import { isLoggedIn, parts } from '../core/api.js';
import { retryNow, stream } from '../core/live.js';
import { span } from '../core/format.js';
import { Icon, clock } from './ui.js';
import { NAV, theme, turnTheme } from './nav.js';
import { openPalette } from './palette.js';
import { showHelp } from './keys.js';

const side = signal(false);
place.subscribe(() => { side.value = false; });

function Side() {
  const page = here.value.page;
  return html`<nav class=${`side ${side.value ? 'open' : ''}`} aria-label="Parts" id="side">
    <a class="brand" href=${href('/overview')}><img src=${new URL('../../mark.svg', import.meta.url).href} alt="" />Muster</a>
    ${NAV.map(group => group.part && parts.value[group.part] !== 'open' ? null : html`
      ${group.title ? html`<h2>${group.title}</h2>` : null}
      <ul>${group.pages.map(([icon, title, to, key, pages]) => html`<li><a href=${href(to())} aria-current=${pages.includes(page) ? 'page' : undefined} title=${`g ${key}`}><${Icon} name=${icon} />${title}</a></li>`)}</ul>`)}
    <p class="foot">${Object.entries(parts.value).filter(([, how]) => how !== 'open').map(([part, how]) => html`<span>${how === 'absent' ? `no ${part} in this process` : `the ${part} is at its own address`}<br /></span>`)}</p>
  </nav>`;
}

function Live() {
  const { state, since, why } = stream.value;
  if (state === 'idle') return null;
  const age = state === 'lost' ? span(clock.value - since) : '';
  const text = state === 'live' ? 'live' : state === 'joining' ? 'joining' : `lost ${age} ago`;
  return html`<span class=${`live ${state}`} role="status" aria-label=${`Updates: ${text}`} title=${why || 'The page follows what changes.'}><span>${text}</span></span>`;
}

export const LostNote = () => stream.value.state !== 'lost' ? null : html`<div class="lost-note" role="alert">
  <span>Updates stopped ${span(clock.value - stream.value.since)} ago: ${stream.value.why}. What is shown is from then; trying again.</span>
  <button type="button" class="button small" onClick=${retryNow}>Try now</button></div>`;

/** Crumbs: [[text, address], …]; the last is the page. */
function Crumbs() {
  const { page, params } = here.value;
  const group = NAV.find(one => one.pages.some(([, , , , pages]) => pages.includes(page)));
  const entry = group?.pages.find(([, , , , pages]) => pages.includes(page));
  const thing = params.service ?? params.node ?? params.key ?? params.job ?? params.alloc ?? params.deployment ?? params.evaluation ?? params.client ?? params.name ?? params.policy ?? params.role ?? params.token ?? params.path;
  const crumbs = [group?.title && group.title !== entry?.[1] ? [group.title] : null, entry ? [entry[1], thing ? entry[2]() : undefined] : [page === 'login' ? 'Log in' : 'Not found'],
    thing ? [/^[0-9a-f]{8}-/.test(thing) ? thing.slice(0, 8) : thing] : null].filter(Boolean);
  return html`<ol class="crumbs" aria-label="Where you are">${crumbs.map(([text, to], i) => html`<li>${to ? html`<a href=${href(to)}><bdi>${text}</bdi></a>` : html`<span aria-current=${i === crumbs.length - 1 ? 'page' : undefined}><bdi>${text}</bdi></span>`}</li>`)}</ol>`;
}

export function Frame({ children }) {
  useEffect(() => {
    const leave = event => { if (event.key === 'Escape') side.value = false; };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);
  return html`<a class="skip" href="#content" onClick=${event => { event.preventDefault(); document.getElementById('content').focus(); }}>To the page</a>
  <div class="frame"><${Side} />
    <header class="top">
      <button type="button" class="button icon menu" aria-label="Pages" aria-expanded=${side.value} aria-controls="side" onClick=${() => { side.value = !side.value; }}><${Icon} name="menu" /></button>
      <${Crumbs} />
      <${Live} />
      <button type="button" class="finder" aria-label="Search everything" onClick=${openPalette}><${Icon} name="search" /><span>Search everything</span><kbd>/</kbd></button>
      <button type="button" class="button icon" aria-label=${theme.value === 'dark' ? 'Light theme' : 'Dark theme'} onClick=${turnTheme}><${Icon} name=${theme.value === 'dark' ? 'sun' : 'moon'} /></button>
      <button type="button" class="button icon" aria-label="Keyboard shortcuts" onClick=${showHelp}><${Icon} name="help" /></button>
      <a class="button icon" href=${href('/access')} aria-label=${isLoggedIn() ? 'Logged in; token' : 'Log in'}><${Icon} name="user" /></a>
    </header>
    <main class="main" id="content" tabindex="-1"><${LostNote} />${children}</main>
  </div>`;
}
