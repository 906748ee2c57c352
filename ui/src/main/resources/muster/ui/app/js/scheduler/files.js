// An allocation's logs while they are written, and its folders.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../core/html.js';
import { address, credentials, get, seg } from '../core/api.js';
import { bytes, short } from '../core/format.js';
import { Ago, Command, Copy, Empty, Icon, Link, Name, Panel, Refusal } from '../parts/ui.js';
import { Table } from '../parts/table.js';

const MOST = 400_000;    // letters of a log that are kept in the page
const BEGIN = 50_000;    // bytes from the end that are shown first
const PAUSES = [500, 1_000, 2_000, 5_000, 10_000];

/** Follows a stream of text; begins again, from the end, when it is cut. */
function useTail(path) {
  const [state, setState] = useState({ text: '', live: false, error: null });
  useEffect(() => {
    const control = new AbortController();
    let text = '';
    let attempt = 0;
    const pause = ms => new Promise(done => setTimeout(done, ms));
    (async () => {
      while (!control.signal.aborted) {
        try {
          const answer = await fetch(address('scheduler', path), { headers: credentials(), signal: control.signal, cache: 'no-store' });
          if (!answer.ok) throw Object.assign(new Error(await answer.text()), { status: answer.status });
          text = '';
          attempt = 0;
          setState({ text, live: true, error: null });
          const reader = answer.body.getReader();
          const decoder = new TextDecoder();
          for (;;) {
            const { done, value } = await reader.read();
            if (done) break;
            text = (text + decoder.decode(value, { stream: true })).slice(-MOST);
            setState({ text, live: true, error: null });
          }
        } catch (problem) {
          if (control.signal.aborted) return;
          setState({ text, live: false, error: { status: problem.status ?? 0, text: problem.message } });
        }
        setState(now => ({ ...now, live: false }));
        await pause(PAUSES[Math.min(attempt++, PAUSES.length - 1)]);
      }
    })();
    return () => control.abort();
  }, [path]);
  return state;
}

export function Logs({ alloc, tasks, task }) {
  const [type, setType] = useState('stdout');
  const [follow, setFollow] = useState(true);
  const [wanted, setWanted] = useState('');
  const box = useRef(null);
  const { text, live, error } = useTail(`/v1/client/fs/logs/${alloc}?task=${seg(task)}&type=${type}&follow=true&plain=true&origin=end&offset=${BEGIN}`);
  const shown = wanted ? text.split('\n').filter(line => line.toLowerCase().includes(wanted.toLowerCase())).join('\n') : text;
  useLayoutEffect(() => { if (follow && box.current) box.current.scrollTop = box.current.scrollHeight; }, [shown, follow]);
  return html`<${Panel} title="Log" note=${live ? 'live' : error ? '' : 'waiting'} actions=${html`
      ${tasks.length > 1 ? tasks.map(name => html`<${Link} class="button small" aria-current=${name === task ? 'true' : undefined} to=${`/allocations/${alloc}/${seg(name)}/logs`}><${Name} text=${name} /></${Link}>`) : null}
      ${['stdout', 'stderr'].map(name => html`<button type="button" class=${`button small ${name === type ? 'main-act' : ''}`} aria-pressed=${name === type} onClick=${() => setType(name)}>${name}</button>`)}
      <input class="filter" type="search" data-filter placeholder="Lines with …" aria-label="Only lines with" value=${wanted} onInput=${event => setWanted(event.currentTarget.value)} />
      <label class="check"><input type="checkbox" checked=${follow} onChange=${event => setFollow(event.currentTarget.checked)} />Follow</label>`}>
    <div class="body stack">${error && !text ? html`<${Refusal} error=${error} what="the log" command=${`nomad alloc logs -f ${short(alloc)} ${task}`} />` : null}
    <div class="log" ref=${box} tabindex="0" role="log" aria-label=${`${type} of ${task}`} onWheel=${event => { if (event.deltaY < 0) setFollow(false); }}>${shown || html`<span class="dim">${live ? `Nothing was written to ${type} yet.` : ''}</span>`}</div>
    <${Command} text=${`nomad alloc logs -f ${type === 'stderr' ? '-stderr ' : ''}${short(alloc)} ${task}`} /></div></${Panel}>`;
}

const SHOWN = 262_144;

export function Files({ alloc, path }) {
  const isFolder = path === '' || path.endsWith('/');
  const folder = isFolder ? path : path.slice(0, path.lastIndexOf('/') + 1);
  const [list, setList] = useState({ data: null, error: null });
  const [file, setFile] = useState(null);
  const to = name => `/allocations/${alloc}/fs/${name.split('/').map(encodeURIComponent).join('/')}`;
  useEffect(() => {
    const control = new AbortController();
    const read = () => get('scheduler', `/v1/client/fs/ls/${alloc}?path=/${encodeURIComponent(folder)}`, { signal: control.signal }).then(data => setList({ data: data ?? [], error: null }), problem => { if (problem.name !== 'AbortError') setList({ data: null, error: { status: problem.status, text: problem.message } }); });
    read();
    const timer = setInterval(read, 5_000);
    return () => { control.abort(); clearInterval(timer); };
  }, [alloc, folder]);
  useEffect(() => {
    setFile(null);
    if (isFolder) return undefined;
    const control = new AbortController();
    get('scheduler', `/v1/client/fs/readat/${alloc}?path=/${encodeURIComponent(path)}&offset=0&limit=${SHOWN}`, { text: true, signal: control.signal }).then(text => setFile({ text }), problem => { if (problem.name !== 'AbortError') setFile({ error: { status: problem.status, text: problem.message } }); });
    return () => control.abort();
  }, [alloc, path]);
  const parent = folder.slice(0, folder.slice(0, -1).lastIndexOf('/') + 1);
  const rows = [...(folder ? [{ Name: '..', IsDir: true, up: true }] : []), ...(list.data ?? [])];
  return html`<div class="keys"><${Panel} title=${html`<${Name} text=${`/${folder}`} />`}>
    ${list.error ? html`<div class="body"><${Refusal} error=${list.error} what="the folder" command=${`nomad alloc fs ${short(alloc)} ${folder}`} /></div>` : html`<${Table} label="Files" rows=${rows} keyOf=${row => row.Name} filter=${row => row.Name} columns=${[
      { title: 'Name', by: row => (row.IsDir ? '0' : '1') + row.Name, cell: row => html`<${Link} class="name" to=${row.up ? to(parent) : to(`${folder}${row.Name}${row.IsDir ? '/' : ''}`)}><span class="state idle"><${Icon} name=${row.IsDir ? 'folder' : 'file'} /></span> <${Name} text=${row.Name} /></${Link}>` },
      { title: 'Size', num: true, by: row => row.Size, cell: row => row.IsDir ? '' : bytes(row.Size) }, { title: 'Changed', far: true, cell: row => row.up ? '' : html`<${Ago} at=${Date.parse(row.ModTime)} />` }]} />`}</${Panel}>
    <${Panel} title=${isFolder ? 'File' : html`<${Name} text=${path.split('/').at(-1)} />`} actions=${file?.text ? html`<${Copy} text=${file.text} />` : null}><div class="body stack">${isFolder ? html`<${Empty} title="Choose a file" command=${`nomad alloc fs ${short(alloc)} PATH`} />` : !file ? html`<p class="dim">Reading …</p>` : file.error ? html`<${Refusal} error=${file.error} what="the file" command=${`nomad alloc fs ${short(alloc)} ${path}`} />` : html`<pre class="code" tabindex="0">${file.text}</pre>${file.text.length >= SHOWN ? html`<p class="soft">Only the first 256 KiB are shown.</p>` : null}`}
    <${Command} text=${`nomad alloc fs ${short(alloc)} ${path}`} /></div></${Panel}></div>`;
}
