// Overrides: route commands of operators, which are added to what the registry's tags say.
import { html, useEffect, useState } from '../core/html.js';
import { get, put, segs } from '../core/api.js';
import { useLive } from '../core/live.js';
import { Command, Empty, Link, Name, Page, Panel, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Diff, Editor } from '../parts/views.js';
import { confirm, toast } from '../parts/dialog.js';
import { isTraefik } from './model.js';

const EXAMPLE = '# route add <service> <src> <dst> [weight <w>] [tags "<t1>,<t2>"] [opts "k=v"]\n# route del <service> [<src> [<dst>]]\n# route weight <service> <src> weight <w> tags "<t>"\n';

export function Manual({ params }) {
  const name = (params.name ?? '').replace(/\/$/, '');
  const paths = useLive('balancer', isTraefik ? null : '/api/paths');
  const live = useLive('balancer', isTraefik ? null : `/api/manual${name ? `/${segs(name)}` : ''}`);
  if (isTraefik) return html`<${Page} title="Overrides"><${Panel}><${Empty} title="Traefik's dialect has no overrides">Routes of its file provider stand beside those of the registry; the file is read again when it changes.</${Empty}></${Panel}></${Page}>`;
  const names = [...new Set(['', ...(paths.data ?? []).map(one => one.replace(/^\//, ''))])];
  return html`<${Page} title="Overrides" sub="Route commands in the registry's keys; they are read after the tags of services.">
    <div class="keys"><${Panel} title="Keys"><${Table} label="Keys of overrides" rows=${names} keyOf=${one => one} columns=${[{ title: 'Name', cell: one => html`<${Link} class="name" aria-current=${one === name ? 'true' : undefined} to=${one ? `/manual/${segs(one)}` : '/manual'}><${Name} text=${one || 'the main one'} /></${Link}>` }]} /></${Panel}>
    ${ready([live], 'the overrides', 'consul kv get fabio/config', now => html`<${Text} key=${name} name=${name} now=${now} />`)}</div></${Page}>`;
}

function Text({ name, now }) {
  const [draft, setDraft] = useState(null);
  const [theirs, setTheirs] = useState(null);
  const path = `/api/manual${name ? `/${segs(name)}` : ''}`;
  const text = draft?.text ?? now.value;
  useEffect(() => { if (draft && draft.text === now.value) { setDraft(null); setTheirs(null); } }, [now.version]);
  const save = version => {
    const gone = now.value.split('\n').filter(line => line.trim() && !line.trim().startsWith('#') && !text.includes(line));
    confirm({
      title: 'Write these overrides?', text: gone.length ? 'Traffic of these commands goes other ways from then on:' : 'Commands are added; what routes traffic now stays.', hits: gone, word: 'Write', danger: gone.length > 0, command: `consul kv put fabio/config${name ? `/${name}` : ''} @FILE`,
      act: async () => {
        try { await put('balancer', path, { value: text, version }); setDraft(null); setTheirs(null); } catch (problem) {
          if (problem.status !== 409) throw problem;
          setTheirs(await get('balancer', path));
          toast('Somebody wrote meanwhile; both versions are shown', true);
        }
      }, done: 'The overrides were sent',
    });
  };
  return html`<${Panel} title=${html`<${Name} text=${name || 'The main one'} />`} note=${`version ${now.version}`} actions=${html`${draft ? html`<button type="button" class="button small" onClick=${() => { setDraft(null); setTheirs(null); }}>Discard</button>` : null}<button type="button" class="button small main-act" disabled=${!draft} onClick=${() => save(theirs?.version ?? draft.version)}>${theirs ? 'Write mine over it' : 'Save'}</button>`}>
    <div class="body stack">${theirs ? html`<${Trouble} as="warn" title=${`Somebody wrote version ${theirs.version} meanwhile; nothing was changed`} /><${Diff} before=${theirs.value} after=${text} label="From theirs to yours" />` : null}
    <${Editor} label="Route commands" rows=${16} value=${text || (draft ? '' : EXAMPLE)} onInput=${next => setDraft({ text: next, version: draft?.version ?? now.version })} />
    ${draft && !theirs ? html`<details open><summary class="soft">What changes</summary><${Diff} before=${now.value} after=${draft.text} /></details>` : null}
    <${Command} text=${`consul kv get fabio/config${name ? `/${name}` : ''}`} /></div></${Panel}>`;
}
