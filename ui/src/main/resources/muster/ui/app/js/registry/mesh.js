// Sessions with the keys that they lock, and intentions: who may talk to whom.
import { html, useState } from '../core/html.js';
import { get, put, remove, seg, segs } from '../core/api.js';
import { at, inDc } from '../core/dc.js';
import { useLive } from '../core/live.js';
import { goDuration, plural, short } from '../core/format.js';
import { Command, Empty, Field, Link, Name, Page, Panel, State, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { close, confirm, show, toast } from '../parts/dialog.js';

const heldBy = async id => ((await get('registry', inDc('/v1/kv/?recurse')).catch(problem => { if (problem.status === 404) return []; throw problem; })) ?? [])
  .filter(entry => entry.Session === id).map(entry => entry.Key);

export function Sessions() {
  const all = useLive('registry', inDc('/v1/session/list'));
  return html`<${Page} title="Sessions" sub="A session is a lease; keys locked with it become free, or go, when it ends.">
    ${ready([all], 'the sessions', 'curl http://127.0.0.1:8500/v1/session/list', list => html`<${Panel}><${Table} label="Sessions" what="session" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.ID} ${one.Name} ${one.Node}`}
      empty=${html`<${Empty} title="No session is open" command="consul lock PREFIX COMMAND">A session is opened by whoever takes a lock.</${Empty}>`}
      columns=${[
        { title: 'Session', by: one => one.Name || one.ID, cell: one => html`<button type="button" class="button small" onClick=${() => showKeys(one)}>${short(one.ID)}</button> <${Name} text=${one.Name} />` },
        { title: 'Node', by: one => one.Node, cell: one => html`<${Link} to=${at(`/nodes/${seg(one.Node)}`)}><${Name} text=${one.Node} /></${Link}>` },
        { title: 'Ends after', cell: one => one.TTL || 'no time' },
        { title: 'Lock delay', far: true, cell: one => goDuration(one.LockDelay) },
        { title: 'Then keys are', far: true, cell: one => one.Behavior === 'delete' ? 'deleted' : 'released' },
        { title: 'Checks', far: true, cell: one => [...(one.NodeChecks ?? []), ...(one.ServiceChecks ?? []).map(check => check.ID)].join(', ') || 'none' },
        { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${() => end(one)}>End</button>` },
      ]} /></${Panel}>`)}</${Page}>`;
}

async function showKeys(session) {
  try {
    const keys = await heldBy(session.ID);
    show(`Session ${session.Name || session.ID}`, () => html`<p class="mono">${session.ID}</p><h3>Keys it locks</h3>
      ${keys.length ? html`<ul class="hits">${keys.map(key => html`<li><${Link} to=${at(`/kv/${segs(key)}`)} onClick=${close}><${Name} text=${key} /></${Link}></li>`)}</ul>` : html`<p class="dim">None.</p>`}
      <div class="buttons"><button type="button" class="button" onClick=${close}>Close</button></div>`);
  } catch (problem) { toast(problem.message, true); }
}

async function end(session) {
  const keys = await heldBy(session.ID).catch(() => []);
  confirm({
    title: `End session ${session.Name || short(session.ID)}?`, text: keys.length ? `${plural(keys.length, 'lock')} will be ${session.Behavior === 'delete' ? 'deleted with their keys' : 'released'}:` : 'It locks nothing.', hits: keys, word: 'End session', danger: true,
    command: `curl -X PUT http://127.0.0.1:8500/v1/session/destroy/${session.ID}`, act: () => put('registry', inDc(`/v1/session/destroy/${session.ID}`)), done: 'The session ended',
  });
}

export function Intentions({ params, query }) {
  const all = useLive('registry', inDc('/v1/connect/intentions'));
  const [asked, setAsked] = useState(null);
  const ask = async event => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      const answer = await get('registry', inDc(`/v1/connect/intentions/check?source=${seg(form.get('source'))}&destination=${seg(form.get('destination'))}`));
      setAsked({ ...answer, source: form.get('source'), destination: form.get('destination') });
    } catch (problem) { toast(problem.message, true); }
  };
  return html`<${Page} title="Intentions" sub="Which service may open connections to which, in the mesh." actions=${html`<button type="button" class="button main-act" onClick=${() => edit({ SourceName: '', DestinationName: '', Action: 'allow', Description: '' })}>New intention</button>`}>
    ${ready([all], 'the intentions', 'consul intention list', list => html`<${Panel}><${Table} label="Intentions" what="intention" rows=${list} keyOf=${one => one.ID || `${one.SourceName} ${one.DestinationName}`} filter=${one => `${one.SourceName} ${one.DestinationName} ${one.Action}`}
      empty=${html`<${Empty} title="There are no intentions" command="consul intention create -allow SOURCE DESTINATION">Without one the default policy decides.</${Empty}>`}
      columns=${[
        { title: 'Source', by: one => one.SourceName, cell: one => html`<${Name} text=${one.SourceName} />` },
        { title: 'Action', by: one => one.Action, cell: one => one.Permissions?.length ? html`<${State} word="by request" as="info" /> <span class="dim">${plural(one.Permissions.length, 'rule')}</span>` : html`<${State} word=${one.Action} />` },
        { title: 'Destination', by: one => one.DestinationName, cell: one => html`<${Name} text=${one.DestinationName} />` },
        { title: 'Precedence', num: true, far: true, by: one => -one.Precedence, cell: one => one.Precedence },
        { title: 'Description', far: true, cell: one => html`<${Name} text=${one.Description ?? ''} />` },
        { title: '', className: 'acts', cell: one => html`<button type="button" class="button small" onClick=${() => one.Permissions?.length ? showRules(one) : edit(one)}>${one.Permissions?.length ? 'Rules' : 'Edit'}</button> <button type="button" class="button small danger" onClick=${() => drop(one)}>Delete</button>` },
      ]} /></${Panel}>`)}
    <${Panel} title="May it?"><form class="body inline" onSubmit=${ask}><${Field} label="Source"><input type="text" name="source" required value=${query.source ?? ''} /></${Field}><${Field} label="Destination"><input type="text" name="destination" required /></${Field}><button class="button">Ask</button>
      ${asked ? html`<span role="status"><${Name} text=${asked.source} /> → <${Name} text=${asked.destination} />: <${State} word=${asked.Allowed ? 'allow' : 'deny'} /></span>` : null}</form></${Panel}>
  </${Page}>`;
}

const exact = one => inDc(`/v1/connect/intentions/exact?source=${seg(one.SourceName)}&destination=${seg(one.DestinationName)}`);

function edit(one) {
  const isNew = !one.SourceName;
  show(isNew ? 'New intention' : `${one.SourceName} → ${one.DestinationName}`, () => {
    const [problem, setProblem] = useState('');
    const save = async event => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      const next = { SourceName: isNew ? form.get('source') : one.SourceName, DestinationName: isNew ? form.get('destination') : one.DestinationName };
      const write = () => put('registry', exact(next), { Action: form.get('action'), Description: form.get('description') });
      if (form.get('action') === 'deny' && (isNew || one.Action !== 'deny')) {
        confirm({ title: 'Refuse these connections?', text: 'New connections of the mesh are refused from then on:', hits: [`${next.SourceName} → ${next.DestinationName}`], word: 'Refuse them', danger: true, command: `consul intention create -deny -replace ${next.SourceName} ${next.DestinationName}`, act: write, done: 'The intention was written' });
        return;
      }
      try {
        await write();
        close();
        toast('The intention was written');
      } catch (failure) { setProblem(failure.message); }
    };
    return html`<form class="stack" onSubmit=${save}>
      <${Field} label="Source" hint="* is any service"><input type="text" name="source" defaultValue=${one.SourceName} readonly=${!isNew} required /></${Field}>
      <${Field} label="Destination"><input type="text" name="destination" defaultValue=${one.DestinationName} readonly=${!isNew} required /></${Field}>
      <${Field} label="Action"><select name="action" defaultValue=${one.Action}><option value="allow" selected=${one.Action === 'allow'}>allow</option><option value="deny" selected=${one.Action === 'deny'}>deny</option></select></${Field}>
      <${Field} label="Description"><input type="text" name="description" defaultValue=${one.Description ?? ''} /></${Field}>
      ${problem ? html`<div class="trouble" role="alert">${problem}</div>` : null}
      <div class="buttons"><button type="button" class="button" onClick=${close}>Cancel</button><button class="button main-act">Write</button></div></form>`;
  });
}

/** Rules about single requests are kept in a configuration entry, and written there. */
const showRules = one => show(`${one.SourceName} → ${one.DestinationName}`, () => html`<p class="soft">What this source may ask for is decided request by request, the first rule that fits:</p>
  <pre class="code" tabindex="0">${JSON.stringify(one.Permissions, null, 2)}</pre><${Command} text=${`consul config read -kind service-intentions -name ${one.DestinationName}`} />
  <div class="buttons"><button type="button" class="button" onClick=${close}>Close</button></div>`, { wide: true });

function drop(one) {
  confirm({
    title: 'Delete this intention?', text: 'Connections between the two follow other intentions, or the default policy, from then on.', hits: [`${one.SourceName} → ${one.DestinationName}: ${one.Action}`], word: 'Delete', danger: true,
    command: `consul intention delete ${one.SourceName} ${one.DestinationName}`, act: () => remove('registry', exact(one)), done: 'The intention was deleted',
  });
}
