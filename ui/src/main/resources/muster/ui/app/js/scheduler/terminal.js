// A command in a task, on a terminal: the screen is text, so that it can be read, searched and copied like the rest of the page.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../core/html.js';
import { address, seg, tokens } from '../core/api.js';
import { short } from '../core/format.js';
import { Screen, colour, keyText, wordsOf } from '../core/screen.js';
import { Command, Empty, Link, Name, Panel, Trouble } from '../parts/ui.js';

const ROWS = 24;
const COLUMNS = 80;
const LEAST = { rows: 4, columns: 20 };
const encode = text => { const bytes = new TextEncoder().encode(text); let letters = ''; for (const byte of bytes) letters += String.fromCharCode(byte); return btoa(letters); };
const decode = data => Uint8Array.from(atob(data), letter => letter.charCodeAt(0));

/** Talks with a command; `tell` is told of states, and `show` of what it writes. */
function connect({ alloc, task, command, show, tell }) {
  const place = new URL(address('scheduler', `/v1/client/allocation/${alloc}/exec?task=${seg(task)}&tty=true&ws_handshake=true&command=${encodeURIComponent(JSON.stringify(command))}`), location.href);
  place.protocol = place.protocol.replace('http', 'ws');
  const socket = new WebSocket(place);
  const decoder = new TextDecoder();
  let exit = null;
  const send = frame => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame)); };
  socket.onopen = () => { send({ version: 1, auth_token: tokens.value.scheduler }); tell({ word: 'connected' }); };
  socket.onmessage = message => {
    const frame = JSON.parse(message.data);
    const data = frame.stdout?.data ?? frame.stderr?.data;
    if (data) show(decoder.decode(decode(data), { stream: true }));
    if (frame.exited) exit = frame.result?.exit_code ?? 0;
  };
  socket.onclose = event => tell(exit !== null ? { word: 'ended', exit } : { word: 'lost', why: event.reason || (event.code === 1006 ? 'the agent does not answer, or does not let this page in' : `the connection ended with status ${event.code}`) });
  return { type: text => send({ stdin: { data: encode(text) } }), resize: (height, width) => send({ tty_size: { height, width } }), close: () => socket.close(1000) };
}

const tone = (value, kind) => typeof value === 'number' && value < 16 ? `${kind}${value}` : '';
const paint = value => typeof value === 'string' ? value : value !== null && value >= 16 ? colour(value) : undefined;

function piece({ text, look }, at) {
  const [fg, bg] = look.inverse ? [look.bg ?? 'back', look.fg ?? 'front'] : [look.fg, look.bg];
  const classes = [fg === 'back' ? 'fg-back' : tone(fg, 'fg'), bg === 'front' ? 'bg-front' : tone(bg, 'bg'), look.bold && 'bold', look.dim && 'faint', look.italic && 'italic', look.under && 'under', look.strike && 'strike'].filter(Boolean).join(' ');
  const style = { color: fg === 'back' ? undefined : paint(fg), backgroundColor: bg === 'front' ? undefined : paint(bg) };
  return html`<span key=${at} class=${classes || undefined} style=${style}>${text}</span>`;
}

/** A row keeps what was drawn of it until it changes. */
function drawn(screen, line) {
  line.drawn ??= html`<div class="row">${screen.pieces(line).map(piece)}\n</div>`;
  return line.drawn;
}

export function Terminal({ alloc, tasks, task, runs }) {
  const [command, setCommand] = useState('/bin/sh');
  const [state, setState] = useState({ word: 'idle' });
  const [, redraw] = useState(0);
  const screen = useRef(null);
  const talk = useRef(null);
  const box = useRef(null);
  const keys = useRef(null);
  const ruler = useRef(null);
  const open = state.word === 'connecting' || state.word === 'connected';

  const fit = () => {
    if (!box.current || !ruler.current || !screen.current) return;
    const letter = ruler.current.getBoundingClientRect();
    const rows = Math.max(LEAST.rows, Math.floor((box.current.clientHeight - 16) / letter.height) || ROWS);
    const columns = Math.max(LEAST.columns, Math.floor((box.current.clientWidth - 20) / (letter.width / 10)) || COLUMNS);
    screen.current.resize(rows, columns);
    talk.current?.resize(rows, columns);
    redraw(n => n + 1);
  };
  useEffect(() => {
    const watch = new ResizeObserver(fit);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [state.word === 'idle']);
  // Before anybody sees that it is connected: the first key typed then is the command's.
  useLayoutEffect(() => { if (state.word === 'connected') { fit(); keys.current?.focus(); } }, [state.word]);
  useEffect(() => () => talk.current?.close(), [alloc, task]);
  useLayoutEffect(() => { if (box.current && open) box.current.scrollTop = box.current.scrollHeight; });

  const start = event => {
    event.preventDefault();
    const words = wordsOf(command);
    if (!words.length) return;
    talk.current?.close();
    screen.current = new Screen(ROWS, COLUMNS);
    setState({ word: 'connecting' });
    let waiting = false;
    const mine = connect({ alloc, task, command: words,
      tell: next => { if (talk.current === mine) setState(next); },
      show: text => {
        if (talk.current !== mine) return;
        screen.current.write(text);
        for (const reply of screen.current.replies.splice(0)) mine.type(reply);
        if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; redraw(n => n + 1); }); }
      } });
    talk.current = mine;
  };
  const press = event => {
    const text = event.isComposing ? null : keyText(event, screen.current.appKeys);
    if (text === null) return;
    event.preventDefault();
    talk.current?.type(text);
  };
  const paste = text => { if (text) talk.current?.type(screen.current.pastes ? `\x1b[200~${text}\x1b[201~` : text.replace(/\r?\n/g, '\r')); };
  const shown = screen.current;
  const cursor = shown && state.word === 'connected' && shown.cursor ? shown : null;
  return html`<${Panel} title="Terminal" note=${{ connecting: 'connecting', connected: 'connected', ended: `ended with exit code ${state.exit}`, lost: 'lost' }[state.word] ?? ''} actions=${html`
      ${tasks.length > 1 ? tasks.map(name => html`<${Link} class="button small" aria-current=${name === task ? 'true' : undefined} to=${`/allocations/${alloc}/${seg(name)}/exec`}><${Name} text=${name} /></${Link}>`) : null}
      <form class="inline" onSubmit=${start}><input type="text" class="filter mono" aria-label="Command" spellcheck="false" autocomplete="off" disabled=${open} value=${command} onInput=${event => setCommand(event.currentTarget.value)} />
      ${open ? html`<button type="button" class="button small" onClick=${() => talk.current?.close()}>End</button>` : html`<button type="submit" class="button small main-act" disabled=${!runs}>${state.word === 'idle' ? 'Run' : 'Run again'}</button>`}</form>`}>
    <div class="body stack">
      ${!runs ? html`<${Empty} title="The allocation does not run">A command needs a running task to stand beside.</${Empty}>` : null}
      ${state.word === 'lost' ? html`<${Trouble} as="warn" title="The terminal was closed" text=${state.why} />` : null}
      ${state.word === 'idle' ? runs ? html`<p class="soft">The command runs beside the task, in its environment and folder, with the rights that the task has. Its end is the page's end at the latest.</p>` : null : html`
        <div class="term" ref=${box} tabindex="0" role="region" aria-label=${`Screen of ${command} in ${task}`} onClick=${() => { if (!getSelection().toString()) keys.current?.focus(); }}>
          <span class="ruler" ref=${ruler} aria-hidden="true">MMMMMMMMMM</span>
          ${shown.history.map(line => drawn(shown, line))}<div class="rows">${shown.lines.map(line => drawn(shown, line))}
          ${cursor ? html`<span class="cursor" aria-hidden="true" style=${{ left: `${cursor.x}ch`, top: `${cursor.y * 1.4}em` }}></span>` : null}</div>
          <textarea class="keys-in" ref=${keys} aria-label=${`Keys for ${command} in ${task}`} autocapitalize="off" autocomplete="off" spellcheck="false" rows="1" disabled=${state.word !== 'connected'} onKeyDown=${press}
            onInput=${event => { if (!event.isComposing) { paste(event.currentTarget.value); event.currentTarget.value = ''; } }} onCompositionEnd=${event => { paste(event.data); event.currentTarget.value = ''; }}
            onPaste=${event => { event.preventDefault(); paste(event.clipboardData.getData('text')); }}></textarea>
        </div>
        <p class="soft"><kbd>Shift</kbd>+<kbd>Tab</kbd> leaves the terminal; every other key goes to the command.</p>`}
      <${Command} text=${`nomad alloc exec -task ${task} ${short(alloc)} ${command}`} /></div></${Panel}>`;
}
