// Keys: folders, and one key's value in an editor that never overwrites what it has not seen.
import { html, useEffect, useState } from '../core/html.js';
import { get, put, remove, segs } from '../core/api.js';
import { at, inDc } from '../core/dc.js';
import { go } from '../core/place.js';
import { useLive } from '../core/live.js';
import { bytes, plural, textOf } from '../core/format.js';
import { Command, Empty, Facts, Icon, Link, Name, Page, Panel, Tag, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Diff, Editor } from '../parts/views.js';
import { confirm, toast } from '../parts/dialog.js';
import { folderOf } from './model.js';

const address = key => at(`/kv/${segs(key)}`);
const path = key => inDc(`/v1/kv/${segs(key)}`);
const withQuery = (text, query) => `${text}${text.includes('?') ? '&' : '?'}${query}`;
const sizeOf = base64 => base64 ? Math.floor(base64.length * 3 / 4) - (base64.match(/=+$/)?.[0].length ?? 0) : 0;

export function Keys({ params, query }) {
  const key = params.key ?? '';
  const folder = key.endsWith('/') || key === '' ? key : folderOf(key);
  const names = useLive('registry', withQuery(path(folder), 'keys&separator=%2F'));
  const isKey = key !== '' && !key.endsWith('/');
  return html`<${Page} title=${key || 'Keys'} actions=${html`<${Link} class="button" to=${`${address(folder)}${folder ? '' : ''}?new=yes`}>New key</${Link}>${folder && !isKey ? html`<button type="button" class="button danger" onClick=${() => removeFolder(folder)}>Delete folder</button>` : null}`}>
    <div class="keys"><${Panel} title=${html`<${Name} text=${folder || 'All keys'} />`}>
      ${ready([names], 'the keys', `consul kv get -keys ${folder}`, list => html`<${Table} label="Keys" what="name" rows=${rows(list, folder)} keyOf=${row => row.key} filter=${row => row.name}
        empty=${html`<${Empty} title="No key is here" command=${`consul kv put ${folder}NAME VALUE`} />`}
        columns=${[{ title: 'Name', by: row => (row.isFolder ? '0' : '1') + row.name, cell: row => html`<${Link} class="name" to=${address(row.key)} aria-current=${row.key === key ? 'true' : undefined}><span class="state idle"><${Icon} name=${row.isFolder ? 'folder' : 'file'} /></span> <${Name} text=${row.name} /></${Link}>` }]} />`)}
    </${Panel}>
    <div class="beside">${query.new ? html`<${NewKey} folder=${folder} />` : isKey ? html`<${Key} key=${key} of=${key} />` : html`<${Panel}><${Empty} title="Choose a key, or make one" command=${`consul kv get -keys ${folder}`}>A name that ends in a slash is a folder. Keys hold up to 512 KiB.</${Empty}></${Panel}>`}</div></div>
  </${Page}>`;
}

function rows(list, folder) {
  const found = (list ?? []).filter(name => name !== folder).map(name => ({ key: name, name: name.slice(folder.length), isFolder: name.endsWith('/') }));
  if (folder) found.unshift({ key: folderOf(folder), name: '..', isFolder: true });
  return found;
}

function Key({ of }) {
  const live = useLive('registry', path(of));
  const [draft, setDraft] = useState(null);     // {text, index, base}: what is written, over which version
  const [conflict, setConflict] = useState(null);
  const entry = live.data?.[0] ?? null;
  const value = entry ? textOf(entry.Value) : '';
  useEffect(() => { if (draft && draft.text === value) { setDraft(null); setConflict(null); } }, [entry?.ModifyIndex]);
  const save = async index => {
    try {
      const isSet = await put('registry', withQuery(path(of), `cas=${index}${entry?.Flags ? `&flags=${entry.Flags}` : ''}`), draft.text, { raw: true });
      if (isSet === true) { toast(`${of} was written`); setConflict(null); setDraft(null); return; }
      const now = await get('registry', path(of)).catch(problem => { if (problem.status === 404) return null; throw problem; });
      setConflict({ theirs: now?.[0] ?? null });
    } catch (problem) { toast(problem.message, true); }
  };
  return ready([live], `the key ${of}`, `consul kv get ${of}`, () => {
    if (!entry && !draft) return html`<${Panel}><${Empty} title="This key does not exist" command=${`consul kv put ${of} VALUE`}><button type="button" class="button" onClick=${() => setDraft({ text: '', index: 0, base: '' })}>Make it</button></${Empty}></${Panel}>`;
    const moved = draft && entry && draft.index !== entry.ModifyIndex && !conflict;
    return html`<${Panel} title="Value" note=${entry ? `${bytes(sizeOf(entry.Value))}, version ${entry.ModifyIndex}` : 'new'} actions=${html`
      ${draft ? html`<button type="button" class="button small" onClick=${() => { setDraft(null); setConflict(null); }}>Discard</button>` : null}
      ${entry ? html`<button type="button" class="button small danger" onClick=${() => removeKey(entry)}>Delete</button>` : null}
      <button type="button" class="button small main-act" disabled=${!draft || conflict} onClick=${() => save(draft.index)}>Save</button>`}>
      <div class="body stack">
        ${moved ? html`<${Trouble} as="warn" title="Somebody wrote this key while you were editing" text="Saving shows both versions; nothing is overwritten unseen." />` : null}
        ${conflict ? html`<${Conflict} theirs=${conflict.theirs} mine=${draft.text} onTheirs=${() => { setDraft(null); setConflict(null); }} onMine=${() => save(conflict.theirs?.ModifyIndex ?? 0)} />` : null}
        ${value === null ? html`<${Trouble} as="warn" title="The value is no text" text=${`${bytes(sizeOf(entry.Value))} of bytes; it can be read with the command below and replaced there.`} command=${`consul kv get -base64 ${of}`} />`
          : html`<${Editor} label=${`Value of ${of}`} rows=${Math.min(28, Math.max(6, (draft?.text ?? value).split('\n').length + 1))} value=${draft?.text ?? value} onInput=${text => setDraft(now => now ? { ...now, text } : { text, index: entry?.ModifyIndex ?? 0, base: value })} />`}
        ${draft && entry && !conflict ? html`<details><summary class="soft">What changes</summary><${Diff} before=${value ?? ''} after=${draft.text} /></details>` : null}
        ${entry ? html`<${Facts} of=${[['Created at', String(entry.CreateIndex)], ['Lock', entry.Session ? html`held by <span class="mono">${entry.Session}</span> <${Tag} text=${`taken ${plural(entry.LockIndex, 'time')}`} />` : entry.LockIndex ? `free, taken ${plural(entry.LockIndex, 'time')}` : 'never taken'], ['Flags', String(entry.Flags)]]} />` : null}
        <${Command} text=${entry ? `consul kv put -cas -modify-index=${entry.ModifyIndex} ${of} VALUE` : `consul kv put -cas ${of} VALUE`} />
      </div></${Panel}>`;
  });
}

function Conflict({ theirs, mine, onTheirs, onMine }) {
  const text = theirs ? textOf(theirs.Value) ?? '(no text)' : '';
  return html`<div class="trouble warn" role="alert"><b>${theirs ? `The key was written by somebody else (version ${theirs.ModifyIndex})` : 'The key was deleted by somebody else'}</b>
    <p>Left what is there now, right what you wrote. Nothing was changed.</p>
    <div class="versus"><div class="stack"><h3>Theirs</h3><pre class="code">${text}</pre></div><div class="stack"><h3>Yours</h3><pre class="code">${mine}</pre></div></div>
    <${Diff} before=${text} after=${mine} label="From theirs to yours" />
    <div class="inline"><button type="button" class="button" onClick=${onTheirs}>Keep theirs</button><button type="button" class="button danger" onClick=${onMine}>Write mine over this version</button></div></div>`;
}

function removeKey(entry) {
  confirm({
    title: 'Delete this key?', text: 'Whatever reads it sees it go: templates that need it wait until it is back.', hits: [entry.Key], word: 'Delete', danger: true,
    command: `consul kv delete -cas -modify-index=${entry.ModifyIndex} ${entry.Key}`,
    act: async () => {
      if (await remove('registry', withQuery(path(entry.Key), `cas=${entry.ModifyIndex}`)) !== true) throw new Error('The key was written meanwhile. Look at it again before deleting it.');
      go(address(folderOf(entry.Key)));
    }, done: `${entry.Key} was deleted`,
  });
}

/** As many writes as the registry takes at once. */
const AT_ONCE = 64;

async function removeFolder(folder) {
  const entries = (await get('registry', withQuery(path(folder), 'recurse')).catch(() => null)) ?? [];
  const names = entries.map(entry => entry.Key);
  confirm({
    title: `Delete all ${plural(names.length, 'key')} below ${folder}?`, hits: names, word: 'Delete all', danger: true, command: `consul kv delete -recurse ${folder}`,
    // Only what was named is deleted, and only as it was: keys that came or changed since stay.
    act: async () => {
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        const some = entries.slice(from, from + AT_ONCE);
        try {
          await put('registry', inDc('/v1/txn'), some.map(entry => ({ KV: { Verb: 'delete-cas', Key: entry.Key, Index: entry.ModifyIndex } })));
        } catch (problem) {
          throw problem.status === 409 ? new Error(`A key among ${some[0].Key} to ${some.at(-1).Key} was written meanwhile: ${plural(entries.length - from, 'key')} are left. Look at them again before deleting them.`) : problem;
        }
      }
      go(address(folderOf(folder)));
    }, done: `${folder} was deleted`,
  });
}

function NewKey({ folder }) {
  const [name, setName] = useState(folder);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const save = async event => {
    event.preventDefault();
    if (!name || name.startsWith('/')) { setProblem('A key has a name, and it does not begin with a slash.'); return; }
    try {
      if (await put('registry', withQuery(path(name), 'cas=0'), name.endsWith('/') ? '' : text, { raw: true }) !== true) { setProblem('This key exists. Open it to change it.'); return; }
      toast(`${name} was written`);
      go(address(name));
    } catch (failure) { setProblem(failure.message); }
  };
  return html`<${Panel} title="New key"><form class="body stack" onSubmit=${save}>
    <label class="field"><span>Name <span class="hint">a slash at the end makes a folder</span></span><input type="text" value=${name} onInput=${event => setName(event.currentTarget.value)} autocomplete="off" /></label>
    ${name.endsWith('/') ? null : html`<${Editor} label="Value" rows=${10} value=${text} onInput=${setText} />`}
    ${problem ? html`<div class="trouble" role="alert">${problem}</div>` : null}
    <div class="inline"><button class="button main-act">Write</button><${Link} class="button" to=${address(folder)}>Cancel</${Link}></div>
    <${Command} text=${`consul kv put -cas ${name || 'NAME'} VALUE`} /></form></${Panel}>`;
}
