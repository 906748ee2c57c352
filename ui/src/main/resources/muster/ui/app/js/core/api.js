// The public HTTP APIs of the suite, with the token of whoever looks at the page. Each call names the part it is for.
import { signal } from './html.js';

const TOKEN = 'muster.tokens';
const NOBODY = { registry: '', scheduler: '' };
const read = () => { try { return { ...NOBODY, ...JSON.parse(localStorage.getItem(TOKEN) ?? '{}') }; } catch { return NOBODY; } };

/** The tokens by part, kept in this browser only; '' is nobody. */
export const tokens = signal(read());

/** Keeps a secret for some parts; '' forgets theirs. */
export function keepToken(text, forParts) {
  tokens.value = { ...tokens.value, ...Object.fromEntries(forParts.map(part => [part, text.trim()])) };
  try {
    if (isLoggedIn()) localStorage.setItem(TOKEN, JSON.stringify(tokens.value));
    else localStorage.removeItem(TOKEN);
  } catch { /* storage is refused: the tokens last until the page closes */ }
}
export const isLoggedIn = () => Object.values(tokens.value).some(Boolean);

export const root = document.documentElement.dataset;

/** Traefik's dashboard serves files alone: its API is beside the page, and there is no stream and no other part. */
export const isBare = root.addresses === 'hash';
const prefix = '/ui-api';
const beside = root.base.replace(/\/dashboard\/$/, '');

/** Headers that carry the tokens in each part's way. @param token instead of the kept ones */
export const credentials = token => {
  const { registry, scheduler } = token === undefined ? tokens.value : { registry: token, scheduler: token };
  return { ...(registry ? { 'X-Consul-Token': registry } : {}), ...(scheduler ? { 'X-Nomad-Token': scheduler } : {}) };
};

/** What an API refused, with its status and its own words. */
export class Refused extends Error {
  constructor(status, text) {
    super(text.trim() || `the answer was ${status} without words`);
    this.status = status;
  }
}

export const address = (part, path) => isBare ? beside + path : `${prefix}/${part}${path}`;
export const streamAddress = query => `${prefix}/live?${query}`;

/** Which parts this address offers: open, elsewhere (runs, but at an address of its own) or absent. The page came with it. */
export const parts = signal({ registry: 'absent', scheduler: 'absent', balancer: 'absent', ...Object.fromEntries((root.parts ?? '').split(' ').filter(Boolean).map(one => one.split('='))) });

/** Asks again: parts come while a process starts, and another process may answer after a pause. */
export async function learnParts() {
  if (isBare) return;
  const answer = await fetch(`${prefix}/parts`);
  if (answer.ok) parts.value = await answer.json();
}

async function call(method, part, path, body, options = {}) {
  const headers = { ...credentials(options.token), ...(options.headers ?? {}) };
  if (method !== 'GET') headers['X-Muster-Ui'] = '1';
  if (body !== undefined && !options.raw) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(address(part, path), {
      method, headers, signal: options.signal,
      body: body === undefined ? undefined : options.raw ? body : JSON.stringify(body),
    });
  } catch (problem) {
    if (problem.name === 'AbortError') throw problem;
    throw new Refused(0, 'this address does not answer; is the agent still running?');
  }
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, text);
  if (options.text) return text;
  try { return text ? JSON.parse(text) : null; } catch { return text; }
}

export const get = (part, path, options) => call('GET', part, path, undefined, options);
export const put = (part, path, body, options) => call('PUT', part, path, body, options);
export const post = (part, path, body, options) => call('POST', part, path, body, options);
export const remove = (part, path, options) => call('DELETE', part, path, undefined, options);

/** A path segment; slashes inside a name are kept as %2F. */
export const seg = name => encodeURIComponent(name);
/** A key or another name whose slashes are its structure. */
export const segs = name => name.split('/').map(encodeURIComponent).join('/');
