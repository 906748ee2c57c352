// Larger parts: differences, an editor with numbered lines, charts.
import uPlot from 'uplot';
import { html, useEffect, useLayoutEffect, useMemo, useRef } from '../core/html.js';
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

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Values over time.
 *
 * @param series [{label, values, unit(value)}], all as long as times
 * @param times seconds since 1970
 */
export function Chart({ times, series, label, height = 140, top }) {
  const box = useRef(null);
  const plot = useRef(null);
  const theme = document.documentElement.dataset.theme;
  useLayoutEffect(() => {
    const tones = ['--accent', '--ok', '--warn', '--bad'];
    const axis = { stroke: colour('--ink-3'), font: '11px Inter, sans-serif', grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    plot.current = new uPlot({
      width: box.current.clientWidth || 320, height,
      scales: { x: { range: (u, first, last) => { const end = last ?? Date.now() / 1000; return [Math.min(first ?? end, end - 60), end]; } }, y: { range: (u, low, high) => [0, Math.max(top ?? 0, (high ?? 0) * 1.1, 0.0001)] } },
      cursor: { y: false, points: { size: 5 } },
      legend: { show: false },
      axes: [{ ...axis, size: 26, space: 70, values: (u, all) => all.map(at => new Date(at * 1000).toLocaleTimeString('en-GB')) }, { ...axis, size: 58, values: (u, all) => all.map(series[0].unit) }],
      series: [{}, ...series.map((one, i) => ({ label: one.label, stroke: colour(tones[i % tones.length]), width: 1.5,
        fill: i === 0 ? `${colour(tones[0])}18` : undefined, points: { show: false } }))],
    }, [times, ...series.map(one => one.values)], box.current);
    const watch = new ResizeObserver(() => plot.current?.setSize({ width: box.current.clientWidth, height }));
    watch.observe(box.current);
    return () => { watch.disconnect(); plot.current.destroy(); plot.current = null; };
  }, [theme, series.length]);
  useEffect(() => { plot.current?.setData([times, ...series.map(one => one.values)]); }, [times]);
  const last = series.map(one => `${one.label} ${one.values.length ? one.unit(one.values.at(-1) ?? 0) : 'unknown'}`).join(', ');
  return html`<div class="chart" ref=${box} role="img" aria-label=${`${label}: ${last}`}></div>`;
}
