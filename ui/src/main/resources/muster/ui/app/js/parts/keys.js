// The keyboard: one table of shortcuts, used by the listener and by the help that lists them.
import { html } from '../core/html.js';
import { go } from '../core/place.js';
import { isOpen, show } from './dialog.js';
import { openPalette } from './palette.js';
import { NAV, turnTheme } from './nav.js';

const SINGLE = [
  ['/', 'Search everything', openPalette],
  ['?', 'This help', showHelp],
  ['f', 'Filter the list', () => document.querySelector('[data-filter]')?.focus()],
  ['x', 'Light or dark', turnTheme],
  ['u', 'Up: the list of this page', () => { const up = [...document.querySelectorAll('.crumbs a')].at(-1); up?.click(); }],
];

/** The list of all shortcuts. */
export function showHelp() {
  show('Keyboard', () => html`<div class="help">
    ${SINGLE.map(([key, what]) => html`<div><span>${what}</span><kbd>${key}</kbd></div>`)}
    <div><span>Search everything</span><span><kbd>Ctrl</kbd> <kbd>K</kbd></span></div>
    <div><span>Next and last row</span><span><kbd>j</kbd> <kbd>k</kbd></span></div>
    <div><span>Open a row</span><kbd>Enter</kbd></div>
    <div><span>Close what lies over</span><kbd>Esc</kbd></div>
    ${NAV.flatMap(group => group.pages).map(([, title, , key]) => html`<div><span>${title}</span><span><kbd>g</kbd> <kbd>${key}</kbd></span></div>`)}
  </div><div class="buttons"><button type="button" class="button" onClick=${() => dispatchEvent(new Event('muster:close'))}>Close</button></div>`, { wide: true });
}

/** When g was pressed, by the clock of events: a busy page may hear of two quick keys long after each other. */
let waiting = -Infinity;
/** Milliseconds within which the second key of two has to come. */
const PAIR = 1_200;
export function listen() {
  addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); openPalette(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || isOpen()) return;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (typing) { if (event.key === 'Escape') event.target.blur(); return; }
    if (event.timeStamp - waiting < PAIR) {
      waiting = -Infinity;
      const page = NAV.flatMap(group => group.pages).find(([, , , key]) => key === event.key);
      if (page) { event.preventDefault(); go(page[2]()); }
      return;
    }
    if (event.key === 'g') { waiting = event.timeStamp; return; }
    if ((event.key === 'j' || event.key === 'k') && !event.target.closest?.('table')) {
      document.querySelector('.main table.grid tbody tr[data-key] :is(a, button)')?.focus();
      return;
    }
    const single = SINGLE.find(([key]) => key === event.key);
    if (single) { event.preventDefault(); single[2](); }
  });
}
