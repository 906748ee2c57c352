// Values as people read them. Pure.

/** Seconds, minutes, … as the largest one that fits. */
export function span(ms) {
  if (ms < 0) ms = 0;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]];
  for (let i = 0; i < units.length; i++) {
    const [name, size] = units[i];
    if (ms < size) continue;
    const whole = Math.floor(ms / size);
    const next = units[i + 1];
    const rest = next ? Math.floor((ms % size) / next[1]) : 0;
    return whole < 10 && rest > 0 && name !== 's' ? `${whole} ${name} ${rest} ${next[0]}` : `${whole} ${name}`;
  }
  return `${ms} ms`;
}

export const ago = (then, now = Date.now()) => !then ? '' : now - then < 1_500 ? 'now' : `${span(now - then)} ago`;

/** Nomad writes nanoseconds since 1970. */
export const fromNanos = nanos => Math.floor(Number(nanos ?? 0) / 1e6);

export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Number(count ?? 0);
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export const short = id => String(id ?? '').slice(0, 8);
export const percent = part => `${Math.round(part * 100)} %`;
export const number = value => String(value ?? 0).replace(/\B(?=(\d{3})+$)/g, ',');
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** A rate or a time with as many digits as say something. */
export const rough = value => value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value > 0 ? value.toFixed(2) : '0';

/** Go's nanoseconds as Go writes durations. */
export function goDuration(nanos) {
  const ms = Number(nanos ?? 0) / 1e6;
  return ms === 0 ? '0s' : span(ms);
}

/** Base64 of UTF-8 to text, or null when the bytes are no text. */
export function textOf(base64) {
  if (base64 === null || base64 === undefined) return '';
  const raw = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** A name inside a sentence: its direction of writing does not turn the words around it (Unicode's isolates). */
export const iso = text => `\u2068${text}\u2069`;

const digitsAt = (text, at) => { let end = at; while (text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++; return end; };

/**
 * Orders names as people do: numbers in them by their value, letters whatever their case. The browser's own way to do so costs more to begin
 * with than a page has time for, and as much again for each comparison.
 */
export function byName(left, right) {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const endA = digitsAt(a, i);
    const endB = digitsAt(b, j);
    if (endA > i && endB > j) {
      const difference = Number(a.slice(i, endA)) - Number(b.slice(j, endB));
      if (difference) return difference;
      i = endA;
      j = endB;
    } else {
      const difference = a.charCodeAt(i++) - b.charCodeAt(j++);
      if (difference) return difference;
    }
  }
  return a.length - b.length || (left < right ? -1 : left > right ? 1 : 0);
}

const WORST = ['critical', 'warning', 'passing'];
/** The worst status of a list of checks; passing when there is none. */
export const worst = checks => WORST.find(word => checks.some(check => check.Status === word)) ?? 'passing';

const TONES = {
  ok: ['passing', 'running', 'ready', 'complete', 'successful', 'eligible', 'enabled', 'alive', 'healthy', 'in use', 'open', 'up', 'allow', 'promoted'],
  warn: ['warning', 'pending', 'blocked', 'initializing', 'draining', 'paused', 'ineligible', 'lost', 'unknown', 'canary'],
  bad: ['critical', 'failed', 'down', 'dead-failed', 'disabled', 'unhealthy', 'deny', 'error', 'disconnected'],
  info: ['starting'],
};
/** Which of the five tones a word of any API has. */
export function tone(word) {
  const lower = String(word ?? '').toLowerCase();
  return Object.keys(TONES).find(name => TONES[name].includes(lower)) ?? 'idle';
}
