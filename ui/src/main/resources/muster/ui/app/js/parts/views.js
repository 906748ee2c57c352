// Larger parts: differences, and an editor with numbered lines.
import { html, useEffect, useMemo, useRef } from '../core/html.js';
import { folded, lineDiff } from '../core/lines.js';

/** Two texts, line by line. */
export function Diff({ before, after, label = 'Difference' }) {
  const rows = useMemo(() => folded(lineDiff(before, after)), [before, after]);
  if (before === after) return html`<p class="dim">No difference.</p>`;
  return html`<div class="diff" role="region" aria-label=${label} tabindex="0">${rows.map(row => row.kind === 'fold'
    ? html`<div class="skip-lines">${row.count} unchanged lines</div>`
    : html`<div class=${row.kind}><i>${row.left ?? ''}</i><i>${row.right ?? ''}</i><span aria-label=${row.kind === 'add' ? 'added' : row.kind === 'cut' ? 'removed' : ''}>${row.kind === 'add' ? '+' : row.kind === 'cut' ? '−' : ' '}</span><span>${row.text}</span></div>`)}</div>`;
}

export const Changes = ({ rows, label = 'Changes' }) => rows.length === 0 ? html`<p class="dim">Nothing changes.</p>` : html`<div class="changes" role="list" aria-label=${label}>${rows.map(row => html`
  <div role="listitem" class=${row.kind} style=${{ paddingLeft: `${8 + row.depth * 18}px` }}>${row.kind === 'added' ? '+ ' : row.kind === 'deleted' ? '− ' : row.kind === 'edited' ? '± ' : ''}${row.text}</div>`)}</div>`;

/** A text field with numbered lines. @param hits numbers of lines to mark */
export function Editor({ value, onInput, label, hits = [], rows = 24, readonly = false }) {
  const gutter = useRef(null);
  const area = useRef(null);
  const count = value.split('\n').length;
  useEffect(() => {
    if (hits.length && area.current) { area.current.scrollTop = Math.max(0, (hits[0] - 4) * 20); }
  }, [hits.join()]);
  return html`<div class="editor">
    <div class="gutter" ref=${gutter} aria-hidden="true" style=${{ maxHeight: `${rows * 20 + 16}px` }}>${Array.from({ length: count }, (_, i) => html`<div class=${hits.includes(i + 1) ? 'hit' : ''}>${i + 1}</div>`)}</div>
    <textarea ref=${area} aria-label=${label} aria-invalid=${hits.length > 0} spellcheck=${false} autocapitalize="off" autocomplete="off" readonly=${readonly} wrap="off"
      style=${{ height: `${rows * 20 + 16}px`, minHeight: '0' }} value=${value} onInput=${event => onInput?.(event.currentTarget.value)}
      onScroll=${event => { gutter.current.scrollTop = event.currentTarget.scrollTop; }}></textarea></div>`;
}
