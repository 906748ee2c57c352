// Lists: sorted, filtered, walked by keyboard, and with only the visible rows in the page when there are many.
import { html, useEffect, useMemo, useRef, useState } from '../core/html.js';
import { byName, plural } from '../core/format.js';

const MANY = 150;
const ROW = 34;

function compare(a, b) {
  if (a === b) return 0;
  if (a === undefined || a === null || a === '') return 1;
  if (b === undefined || b === null || b === '') return -1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : byName(String(a), String(b));
}

/** Which rows of a long list stand in the window. */
function useWindow(ref, count) {
  // At first what fits into the window: the rest is drawn when somebody scrolls to it.
  const [range, setRange] = useState(() => [0, Math.ceil(innerHeight / ROW)]);
  useEffect(() => {
    if (count <= MANY) return undefined;
    const main = document.querySelector('.main');
    const look = () => {
      const top = ref.current?.getBoundingClientRect().top ?? 0;
      const from = Math.max(0, Math.floor(-top / ROW) - 20);
      const to = Math.min(count, Math.ceil((innerHeight - top) / ROW) + 20);
      setRange(now => Math.abs(now[0] - from) > 8 || Math.abs(now[1] - to) > 8 ? [from, to] : now);
    };
    look();
    main.addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => { main.removeEventListener('scroll', look); removeEventListener('resize', look); };
  }, [count]);
  return count <= MANY ? [0, count] : [Math.min(range[0], count), Math.min(range[1], count)];
}

function walk(event) {
  const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const rows = [...event.currentTarget.querySelectorAll('tbody tr[data-key]')];
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : at + step];
  const target = next?.querySelector('a, button');
  if (target) { event.preventDefault(); target.focus(); target.scrollIntoView({ block: 'nearest' }); }
}

/**
 * @param rows records
 * @param columns {title, cell(row), by?(row) to sort, num?, far? left out on phones, wrap?}
 * @param keyOf(row) what tells rows apart
 * @param filter(row) the text that a filter looks in
 */
export function Table({ label, rows, columns, keyOf, filter, sort, empty, tools, what = 'row' }) {
  const [by, setBy] = useState(sort ?? null);
  const [typed, setTyped] = useState('');
  const body = useRef(null);
  const kept = useMemo(() => {
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const found = !filter || wanted.length === 0 ? rows : rows.filter(row => {
      const text = filter(row).toLowerCase();
      return wanted.every(word => text.includes(word));
    });
    if (!by) return found;
    const value = columns[by.column]?.by;
    return value ? [...found].sort((a, b) => compare(value(a), value(b)) * (by.down ? -1 : 1)) : found;
  }, [rows, typed, by]);
  const [from, to] = useWindow(body, kept.length);
  const head = filter && rows.length > 7 || tools;
  return html`<div onKeyDown=${walk}>
    ${head ? html`<div class="inline" style=${{ padding: '8px 14px', borderBottom: '1px solid var(--line)', alignItems: 'center' }}>
      ${filter && rows.length > 7 ? html`<input class="filter" type="search" data-filter placeholder="Filter" aria-label=${`Filter: ${label}`} value=${typed} onInput=${event => setTyped(event.currentTarget.value)} />
        <span class="dim" aria-live="polite">${typed ? `${kept.length} of ${plural(rows.length, what)}` : plural(rows.length, what)}</span>` : null}
      ${tools}</div>` : null}
    ${rows.length === 0 && empty ? empty : html`<div class="scroll"><table class="grid" aria-label=${label} aria-rowcount=${kept.length + 1}>
      <thead><tr>${columns.map((column, i) => html`<th scope="col" class=${`${column.num ? 'num ' : ''}${column.far ? 'far ' : ''}${column.className ?? ''}`} aria-sort=${by?.column === i ? by.down ? 'descending' : 'ascending' : undefined}>
        ${column.by ? html`<button type="button" onClick=${() => setBy(by?.column === i ? by.down ? null : { column: i, down: true } : { column: i, down: false })}>${column.title}<span aria-hidden="true">${by?.column === i ? by.down ? '↓' : '↑' : ''}</span></button>` : column.title || html`<span class="hidden">${column.hidden ?? 'Actions'}</span>`}</th>`)}</tr></thead>
      <tbody ref=${body}>
        ${from > 0 ? html`<tr class="gap" key="before" aria-hidden="true"><td colspan=${columns.length} style=${{ height: `${from * ROW}px` }}></td></tr>` : null}
        ${kept.slice(from, to).map((row, i) => html`<${Row} key=${keyOf(row)} id=${keyOf(row)} row=${row} at=${from + i} columns=${columns} />`)}
        ${to < kept.length ? html`<tr class="gap" key="after" aria-hidden="true"><td colspan=${columns.length} style=${{ height: `${(kept.length - to) * ROW}px` }}></td></tr>` : null}
      </tbody></table></div>
      ${kept.length === 0 ? html`<p class="dim" style=${{ padding: '18px 14px' }}>Nothing here has “${typed}” in it.</p>` : null}`}
  </div>`;
}

const Row = ({ row, id, at, columns }) => html`<tr data-key=${id} aria-rowindex=${at + 2}>${columns.map(column => html`<td class=${`${column.num ? 'num ' : ''}${column.far ? 'far ' : ''}${column.wrap ? 'wrap ' : ''}${column.className ?? ''}`}>${column.cell(row)}</td>`)}</tr>`;
