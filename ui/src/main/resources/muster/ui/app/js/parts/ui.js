// Small parts that all pages share. Names from outside are always put in as text, isolated from the direction of what is around them.
import { html, useEffect, useState, signal } from '../core/html.js';
import { href } from '../core/place.js';
import { ago, tone } from '../core/format.js';
import { Icon, Mark } from './icons.js';

export { Icon, Mark };

/** A second's clock for ages. */
export const clock = signal(Date.now());
setInterval(() => { if (!document.hidden) clock.value = Date.now(); }, 1_000);

/** How long ago, kept true. @param at milliseconds since 1970 */
export const Ago = ({ at }) => at ? html`<time datetime=${new Date(at).toISOString()} title=${new Date(at).toLocaleString()}>${ago(at, clock.value)}</time>` : html`<span class="dim">never</span>`;

export const Name = ({ text }) => html`<bdi>${text}</bdi>`;
export const Link = ({ to, children, ...rest }) => html`<a href=${href(to)} ...${rest}>${children}</a>`;

/** A status word with its mark. */
export const State = ({ word, as }) => html`<span class=${`state ${as ?? tone(word)}`}><${Mark} tone=${as ?? tone(word)} />${word}</span>`;
export const Tag = ({ text, as = '' }) => html`<span class=${`tag ${as}`} title=${text}><bdi>${text}</bdi></span>`;
export const Tags = ({ list, most = 4 }) => !list?.length ? null : html`${list.slice(0, most).map(text => html`<${Tag} key=${text} text=${text} />`)}${list.length > most ? html`<span class="dim" title=${list.slice(most).join('\n')}>+${list.length - most}</span>` : null}`;

export function Page({ title, state, sub, actions, children }) {
  useEffect(() => { document.title = `${typeof title === 'string' ? title : 'Muster'} · Muster`; }, [title]);
  return html`<div class="page">
    <div class="head"><h1><bdi>${title}</bdi></h1>${state}<div class="actions">${actions}</div>${sub ? html`<div class="sub">${sub}</div>` : null}</div>
    ${children}
  </div>`;
}

export const Panel = ({ title, note, actions, children, plain }) => html`<section class="panel">
  ${title ? html`<header><h2>${title}</h2>${note ? html`<span class="note">${note}</span>` : null}${actions ? html`<div class="actions">${actions}</div>` : null}</header>` : null}
  ${plain ? html`<div class="body">${children}</div>` : children}
</section>`;

export const Facts = ({ of }) => html`<dl class="facts">${of.filter(Boolean).map(([name, value]) => html`<dt>${name}</dt><dd>${value === '' || value === null || value === undefined || value.length === 0 ? html`<span class="dim">none</span>` : value}</dd>`)}</dl>`;

export const Tally = ({ value, label, to, as = '' }) => {
  const inner = html`<b class=${as}>${value}</b><span>${label}</span>`;
  return to ? html`<a class="tally" href=${href(to)}>${inner}</a>` : html`<div class="tally">${inner}</div>`;
};

export const Tabs = ({ of, current, label }) => html`<nav class="tabs" aria-label=${label}>${of.filter(Boolean).map(([key, name, to, count]) => html`
  <a key=${key} href=${href(to)} aria-current=${key === current ? 'page' : undefined}>${name}${count === undefined ? null : html` <span class="count">${count}</span>`}</a>`)}</nav>`;

export function Copy({ text, label = 'Copy' }) {
  const [done, setDone] = useState(false);
  return html`<button type="button" class="button small" onClick=${async () => {
    try { await navigator.clipboard.writeText(text); setDone(true); setTimeout(() => setDone(false), 1_500); } catch { /* the clipboard is refused: the text is there to select */ }
  }} aria-label=${`${label}: ${text}`}>${done ? 'Copied' : label}</button>`;
}

/** The command line's way to the same. */
export const Command = ({ text }) => html`<div class="command"><span>${text}</span><${Copy} text=${text} /></div>`;

export const Empty = ({ title, children, command }) => html`<div class="empty"><b>${title}</b>${children ? html`<p>${children}</p>` : null}${command ? html`<${Command} text=${command} />` : null}</div>`;

export const Trouble = ({ title, text, command, as = '' }) => html`<div class=${`trouble ${as}`} role="alert"><b>${title}</b>${text ? html`<pre>${text}</pre>` : null}${command ? html`<${Command} text=${command} />` : null}</div>`;

/** What a read's refusal means and what to do about it. */
export function Refusal({ error, what, command }) {
  if (error.status === 403) {
    return html`<${Trouble} title=${`Not allowed to see ${what}`} text=${`${error.text}\nLog in with a token that may.`} command=${command} />`;
  }
  if (error.status === 404) return html`<${Empty} title=${`There is no such ${what}`} command=${command}>${error.text}</${Empty}>`;
  if (error.status === 502) return html`<${Trouble} title=${`${what} can't be shown at this address`} text=${error.text} command=${command} as="warn" />`;
  return html`<${Trouble} title=${`${what} can't be read (${error.status || 'no answer'})`} text=${error.text} command=${command} />`;
}

/** Whether a read has neither answered nor been refused yet: what would be interrupted can't be named before. */
export const isAwaited = read => read.data === undefined && !read.error;

/** Nothing yet, refused, or the page: calls back when all reads have data. */
export function ready(reads, what, command, draw) {
  const refused = reads.find(read => read.error && read.data === undefined);
  if (refused) return html`<${Refusal} error=${refused.error} what=${what} command=${command} />`;
  if (reads.some(read => read.data === undefined)) return html`<p class="dim" role="status">Reading ${what} …</p>`;
  const stale = reads.find(read => read.error);
  return html`${stale ? html`<${Trouble} as="warn" title=${`${what}: as of ${ago(stale.at, clock.value)}`} text=${stale.error.text} />` : null}${draw(...reads.map(read => read.data))}`;
}

/** Parts of a whole in tones: [['ok', 3, 'passing'], …]. */
export const Spread = ({ of }) => {
  const all = of.reduce((sum, [, count]) => sum + count, 0);
  const text = of.filter(([, count]) => count > 0).map(([, count, name]) => `${count} ${name}`).join(', ') || 'none';
  return html`<span class="spread" role="img" aria-label=${text} title=${text}>${all === 0 ? null : of.filter(([, count]) => count > 0).map(([name, count]) => html`<i class=${name} style=${{ flexGrow: String(count), flexBasis: '0' }}></i>`)}</span>`;
};

export const Meter = ({ part, text, label, calm }) => html`<span class="meter"><span class="bar" role="img" aria-label=${`${label ?? ''} ${text}`}><i class=${calm ? '' : part > .95 ? 'bad' : part > .8 ? 'warn' : ''} style=${{ width: `${Math.min(100, Math.max(0, part * 100))}%` }}></i></span><span>${text}</span></span>`;

export const Field = ({ label, hint, children }) => html`<label class="field"><span>${label}${hint ? html` <span class="hint">${hint}</span>` : null}</span>${children}</label>`;
