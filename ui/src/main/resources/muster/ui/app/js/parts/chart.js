// Charts. Apart from the other parts, as few pages have one and what draws them is large.
import uPlot from 'uplot';
import { html, useEffect, useLayoutEffect, useRef } from '../core/html.js';

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
      scales: { x: { range: u => { const end = u.data[0].at(-1) ?? Date.now() / 1000; return [Math.min(u.data[0][0] ?? end, end - 60), end]; } }, y: { range: (u, low, high) => [0, Math.max(top ?? 0, (high ?? 0) * 1.1, 0.0001)] } },
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
