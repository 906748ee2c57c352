// What pages show, kept up to date over one stream. A page names the reads it needs; the stream is opened anew, with the indexes of what
// is held, when the set of reads changes. While the stream is lost the last data stays, with its age.
import { batch, signal, useEffect, useMemo } from './html.js';
import { credentials, get, isBare, learnParts, streamAddress, tokens } from './api.js';
import { applyDelta, eventSplitter } from './delta.js';

const SILENCE = 12_000;   // the stream beats every 5 s
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
const POLL = 2_000;       // between two reads where there is no stream
const KEPT = 60;          // reads nobody looks at, kept so that going back shows them at once

/** {state: 'idle' | 'joining' | 'live' | 'lost', since, why} of the stream; idle when the page follows nothing. */
export const stream = signal({ state: 'idle', since: Date.now(), why: '' });

const reads = new Map();  // key -> {key, part, path, view: signal, users, index}
const idle = { data: undefined, error: null, at: 0, index: 0 };
let controller = null;
let attempt = 0;
let timer = 0;
let opened = '';
let lastHeard = 0;

const entryOf = (part, path) => {
  const key = `${part}:${path}`;
  let entry = reads.get(key);
  if (!entry) {
    reads.set(key, entry = { key, part, path, view: signal(idle), users: 0, index: 0 });
    takeEarly(entry);
  }
  return entry;
};

/** Reads that were asked for while the modules came; the stream goes on from what they gave. */
const early = window.musterReads ?? new Map();
const underWay = new Set();
function takeEarly(entry) {
  const read = early.get(entry.key);
  if (!read) return;
  early.delete(entry.key);
  const taken = read.then(found => {
    underWay.delete(taken);
    if (found && entry.view.value.data === undefined) {
      entry.index = found.index;
      entry.view.value = { data: found.data, error: null, at: Date.now(), index: found.index };
    }
    if (underWay.size === 0) schedule();
  });
  underWay.add(taken);
}

/**
 * Follows a read while the calling component is shown. Gives {data, error, at, index}: data is undefined until the first answer.
 * A path of null follows nothing.
 */
export function useLive(part, path) {
  const entry = useMemo(() => path === null ? null : entryOf(part, path), [part, path]);
  useEffect(() => {
    if (!entry) return undefined;
    // It may have been put away between drawing and now.
    reads.set(entry.key, entry);
    entry.users++;
    schedule();
    return () => { entry.users--; schedule(); };
  }, [entry]);
  return entry ? entry.view.value : idle;
}

/** Puts an answer in the place of what is shown, until the stream says otherwise: an own write is seen at once. */
export function foresee(part, path, change) {
  const entry = reads.get(`${part}:${path}`);
  if (entry && entry.view.value.data !== undefined) entry.view.value = { ...entry.view.value, data: change(entry.view.value.data) };
}

/** Opens the stream again at once. */
export function retryNow() {
  attempt = 0;
  opened = '';
  schedule();
}

let scheduled = false;
function schedule() {
  if (scheduled) return;
  scheduled = true;
  // After all components of a page have said what they need.
  setTimeout(() => { scheduled = false; follow(); }, 0);
}

function follow() {
  // What the page did not ask for now it does not need.
  early.clear();
  // Opened now, the stream would send once more what is on its way.
  if (underWay.size > 0) return;
  const wanted = [...reads.values()].filter(entry => entry.users > 0);
  const idlers = [...reads.values()].filter(entry => entry.users === 0);
  for (const entry of idlers.slice(0, Math.max(0, idlers.length - KEPT))) reads.delete(entry.key);
  const now = wanted.map(entry => entry.key).sort().join('\n') + JSON.stringify(tokens.value);
  if (now === opened) return;
  opened = now;
  clearTimeout(timer);
  controller?.abort();
  if (wanted.length === 0) {
    stream.value = { state: 'idle', since: Date.now(), why: '' };
    return;
  }
  (isBare ? poll : run)(wanted, controller = new AbortController());
}

/** Where there is no stream: reads again and again, and keeps what is the same. */
async function poll(wanted, control) {
  const texts = wanted.map(() => '');
  while (!control.signal.aborted) {
    const answers = await Promise.allSettled(wanted.map(entry => get(entry.part, entry.path, { signal: control.signal, text: true })));
    if (control.signal.aborted) return;
    const lost = answers.some(answer => answer.status === 'rejected' && !answer.reason.status);
    batch(() => answers.forEach((answer, i) => {
      const entry = wanted[i];
      if (answer.status === 'rejected') entry.view.value = { ...entry.view.value, error: { status: answer.reason.status ?? 0, text: answer.reason.message } };
      else if (answer.value !== texts[i] || entry.view.value.error) entry.view.value = { data: JSON.parse(texts[i] = answer.value), error: null, at: Date.now(), index: 0 };
    }));
    if (!lost) lastHeard = Date.now();
    stream.value = lost ? { state: 'lost', since: lastHeard, why: 'this address does not answer' } : { state: 'live', since: lastHeard, why: '' };
    attempt = lost ? attempt + 1 : 0;
    await new Promise(done => { setTimeout(done, lost ? PAUSES[Math.min(attempt, PAUSES.length - 1)] : POLL); });
  }
}

async function run(wanted, control) {
  const query = wanted.map(entry => `watch=${encodeURIComponent(`${entry.part}:${entry.view.value.data === undefined ? 0 : entry.index}:${entry.path}`)}`);
  const held = wanted.map(() => undefined);
  let why = 'the connection ended';
  if (stream.value.state === 'idle') stream.value = { state: 'joining', since: Date.now(), why: '' };
  try {
    const answer = await fetch(streamAddress(query.join('&')), { headers: credentials(), signal: control.signal, cache: 'no-store' });
    if (!answer.ok) throw new Error(await answer.text() || `the answer was ${answer.status}`);
    lastHeard = Date.now();
    attempt = 0;
    // Another process may answer now, with other parts.
    if (stream.value.state === 'lost') learnParts().catch(() => {});
    stream.value = { state: 'live', since: Date.now(), why: '' };
    const watchdog = setInterval(() => { if (Date.now() - lastHeard > SILENCE) control.abort('silent'); }, 2_000);
    try {
      const split = eventSplitter((name, data) => take(wanted, held, name, data));
      const decoder = new TextDecoder();
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        lastHeard = Date.now();
        batch(() => split(decoder.decode(value, { stream: true })));
      }
    } finally {
      clearInterval(watchdog);
    }
  } catch (problem) {
    if (control.signal.aborted && control.signal.reason !== 'silent') return;
    why = control.signal.aborted ? 'nothing was heard for 12 s' : problem.message;
  }
  if (control !== controller) return;
  opened = '';
  if (stream.value.state !== 'lost') stream.value = { state: 'lost', since: lastHeard || Date.now(), why };
  else stream.value = { ...stream.value, why };
  timer = setTimeout(follow, PAUSES[Math.min(attempt++, PAUSES.length - 1)]);
}

function take(wanted, held, name, text) {
  if (name === 'beat') return;
  const event = JSON.parse(text);
  const entry = wanted[event.w];
  if (name === 'refused') {
    entry.view.value = { ...entry.view.value, error: { status: event.status, text: event.text } };
    held[event.w] = undefined;
    return;
  }
  const data = name === 'whole' ? event.data : applyDelta(held[event.w], event.ops);
  const isFirst = held[event.w] === undefined;
  held[event.w] = data;
  entry.index = event.index;
  // What has no index is sent again by each new stream; the same is not drawn again.
  const shown = entry.view.value;
  if (isFirst && event.index === 0 && shown.data !== undefined && !shown.error && JSON.stringify(shown.data) === JSON.stringify(data)) return;
  entry.view.value = { data, error: null, at: Date.now(), index: event.index };
}

tokens.subscribe(() => { for (const entry of reads.values()) { entry.index = 0; entry.view.value = idle; } schedule(); });
addEventListener('online', retryNow);
