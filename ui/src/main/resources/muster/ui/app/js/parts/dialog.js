// What lies over the page: questions before writes, notes after them. One dialog at a time; it keeps the keyboard until it closes.
import { html, signal, useEffect, useRef, useState } from '../core/html.js';
import { Command } from './ui.js';

const open = signal(null);
const toasts = signal([]);

/** A word about what was done, or not. */
export function toast(text, bad = false) {
  const one = { id: crypto.randomUUID?.() ?? String(Math.random()), text, bad };
  toasts.value = [...toasts.value.slice(-3), one];
  if (!bad) setTimeout(() => dismiss(one.id), 5_000);
}
const dismiss = id => { toasts.value = toasts.value.filter(one => one.id !== id); };

/**
 * Asks before a write, names what it will interrupt, and shows what the API says if it refuses.
 *
 * @param hits names of what is interrupted
 * @param act what is done; its failure stays in the dialog
 */
export function confirm({ title, text, hits = [], word = 'Go on', danger = false, command, act, done, body }) {
  open.value = { title, text, hits, word, danger, command, act, done, body };
}

/** Shows anything in a dialog; body gets close(). */
export function show(title, body, { wide = false } = {}) {
  open.value = { title, render: body, wide };
}
export const close = () => { open.value = null; };
export const isOpen = () => open.value !== null;

/** Writes without a question, with a note of the outcome. */
export async function write(act, done) {
  try {
    const value = await act();
    if (done) toast(done);
    return value;
  } catch (problem) {
    toast(problem.message, true);
    return undefined;
  }
}

/** Keeps focus inside, gives it back at the end, closes with Escape. */
export function Over({ label, onClose, className = '', children }) {
  const box = useRef(null);
  const closing = useRef(onClose);
  closing.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    const first = box.current.querySelector('[data-first], input, textarea, select, button, a[href]');
    (first ?? box.current).focus();
    // A button that is disabled while it works loses the focus, so keys are heard wherever they go; the uppermost hears them.
    const keep = event => {
      if ([...document.querySelectorAll('.veil')].at(-1) !== box.current.parentElement) return;
      if (event.key === 'Escape') { event.stopPropagation(); closing.current(); return; }
      if (event.key !== 'Tab') return;
      const all = [...box.current.querySelectorAll('a[href], button:not(:disabled), input, textarea, select')];
      const at = all.indexOf(document.activeElement);
      if (event.shiftKey ? at <= 0 : at < 0 || at === all.length - 1) { event.preventDefault(); all.at(event.shiftKey ? -1 : 0)?.focus(); }
    };
    document.addEventListener('keydown', keep, true);
    return () => {
      document.removeEventListener('keydown', keep, true);
      // Where nothing had the focus it goes to the page, not to the document's end where the dialog was.
      (before && before !== document.body && before.isConnected ? before : document.getElementById('content'))?.focus();
    };
  }, []);
  return html`<div class="veil" onMouseDown=${event => { if (event.target === event.currentTarget) onClose(); }}>
    <div ref=${box} class=${`dialog ${className}`} role="dialog" aria-modal="true" aria-label=${label} tabindex="-1">${children}</div></div>`;
}

function Question({ of }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const act = async () => {
    setBusy(true);
    setProblem('');
    try {
      const value = await of.act();
      close();
      if (of.done) toast(typeof of.done === 'function' ? of.done(value) : of.done);
    } catch (failure) {
      setProblem(failure.message);
      setBusy(false);
    }
  };
  return html`<${Over} label=${of.title} onClose=${close}>
    <h2>${of.title}</h2>
    ${of.text ? html`<p class="soft">${of.text}</p>` : null}
    ${of.hits.length ? html`<ul class="hits" aria-label="What this interrupts" tabindex="0">${of.hits.slice(0, 100).map(hit => html`<li><bdi>${hit}</bdi></li>`)}${of.hits.length > 100 ? html`<li class="dim">and ${of.hits.length - 100} more</li>` : null}</ul>` : null}
    ${of.body ? html`<${of.body} />` : null}
    ${of.command ? html`<${Command} text=${of.command} />` : null}
    ${problem ? html`<div class="trouble" role="alert"><pre>${problem}</pre></div>` : null}
    <div class="buttons"><button type="button" class="button" data-first onClick=${close}>Cancel</button>
      <button type="button" class=${`button main-act ${of.danger ? 'danger' : ''}`} disabled=${busy} onClick=${act}>${of.word}</button></div>
  </${Over}>`;
}

export function Dialogs() {
  const of = open.value;
  return html`
    ${of ? of.render ? html`<${Over} label=${of.title} onClose=${close} className=${of.wide ? 'wide' : ''}><h2>${of.title}</h2><${of.render} close=${close} /></${Over}>` : html`<${Question} key=${of.title} of=${of} />` : null}
    <div class="toasts" role="status" aria-live="polite">${toasts.value.map(one => html`<div key=${one.id} class="toast"><span class=${one.bad ? 'state bad' : ''} style=${{ whiteSpace: 'normal' }}>${one.text}</span><button type="button" class="button small" onClick=${() => dismiss(one.id)}>Close</button></div>`)}</div>`;
}
