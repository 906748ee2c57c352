// What the pages of access control share, the registry's and the scheduler's: lists that say how to turn it on, things that are edited as
// they were read, questions before something is deleted. Each takes what it is of: {part, api(path), to(path), command, Off, extra}.
import { html, useEffect, useState } from '../core/html.js';
import { get, put, remove, seg } from '../core/api.js';
import { go } from '../core/place.js';
import { useLive } from '../core/live.js';
import { Copy, Link, Name, Page, Panel, Tabs, ready } from './ui.js';
import { confirm, toast } from './dialog.js';

const OFF = 'ACL support disabled';
export const isOff = text => (text ?? '').includes(OFF);

const tabs = (of, current) => html`<${Tabs} label="Access" current=${current} of=${[['tokens', 'Tokens', of.to('/tokens')], ['policies', 'Policies', of.to('/policies')], ['roles', 'Roles', of.to('/roles')], ...(of.extra ?? [])]} />`;

/** A list of the access control, or how to turn it on. */
export function AccessList({ of, kind, title, draw, path = of.api(`/${kind}`), command = `${of.command} ${kind.replace(/ies$/, 'y').replace(/s$/, '')} list`, create }) {
  const all = useLive(of.part, path);
  const off = all.error && isOff(all.error.text);
  return html`<${Page} title=${title} actions=${off || !create ? null : html`<${Link} class="button main-act" to=${of.to(`/${kind}/new`)}>${create}</${Link}>`}>${tabs(of, kind)}${off ? html`<${of.Off} />` : ready([all], title.toLowerCase(), command, draw)}</${Page}>`;
}

/** @param hits what loses something by it */
export function drop(of, kind, id, text, hits) {
  confirm({ title: `Delete this ${kind}?`, text, hits, word: 'Delete', danger: true, command: of.deleteCommand(kind, id), act: () => remove(of.part, of.api(`/${kind}/${seg(id)}`)), done: `The ${kind} was deleted` });
}

/** The tokens and roles that have a policy or a role, as lines; what can't be read is left out. */
export async function holders(of, kind, name) {
  const has = one => (one[kind] ?? []).some(link => (link.Name ?? link) === name);
  const read = async (path, line) => ((await get(of.part, of.api(path)).catch(() => [])) ?? []).filter(has).map(line);
  return [...await read('/tokens', one => `token ${one.Description || one.Name || one.AccessorID}`), ...(kind === 'Policies' ? await read('/roles', one => `role ${one.Name}`) : [])];
}

/** Reads a thing once to edit it: it is not changed under the hands of who edits. */
export function useThing(of, kind, id) {
  const [state, setState] = useState({ data: id === 'new' ? {} : undefined, error: null });
  useEffect(() => {
    if (id === 'new') return;
    get(of.part, of.api(`/${kind}/${seg(id)}`)).then(data => setState({ data, error: null }), problem => setState({ data: undefined, error: { status: problem.status, text: problem.message } }));
  }, [kind, id]);
  return state;
}

/** What can be chosen among, as boxes. @param by ID or Name, what a link tells it by */
export function Choice({ label, all, chosen, onChange, by = 'ID' }) {
  const has = new Set((chosen ?? []).map(one => one[by]));
  return html`<fieldset class="stack choice"><legend class="soft">${label}</legend>${all?.length ? all.map(one => html`<label class="check"><input type="checkbox" checked=${has.has(one[by])} onChange=${event => onChange(event.currentTarget.checked ? [...(chosen ?? []), { ID: one.ID, Name: one.Name }] : chosen.filter(other => other[by] !== one[by]))} /><${Name} text=${one.Name} /></label>`) : html`<span class="dim">none yet</span>`}</fieldset>`;
}

/** @param body() what is written @param named what a new thing is told by in the API's paths, or '' */
export function AccessForm({ of, kind, id, title, list, children, body, named }) {
  const [problem, setProblem] = useState('');
  const [made, setMade] = useState(null);
  const isNew = id === 'new';
  const save = async event => {
    event.preventDefault();
    try {
      const written = body();
      const answer = await put(of.part, of.api(isNew ? `/${kind}${named?.(written) ? `/${seg(named(written))}` : ''}` : `/${kind}/${seg(id)}`), written);
      setProblem('');
      toast(`The ${kind} was written`);
      if (kind === 'token' && isNew) setMade(answer);
      else if (isNew) go(of.to(`/${list}/${seg(named?.(written) || answer.ID)}`));
    } catch (failure) { setProblem(failure.message); }
  };
  if (made) return html`<${Page} title="The token was made"><${Panel} plain><div class="stack"><p>The secret is shown here and nowhere again.</p><p class="mono">${made.SecretID} <${Copy} text=${made.SecretID} /></p><${Link} class="button" to=${of.to('/tokens')}>All tokens</${Link}></div></${Panel}></${Page}>`;
  return html`<${Page} title=${title}><form class="stack" onSubmit=${save}>${children}${problem ? html`<div class="trouble" role="alert"><pre>${problem}</pre></div>` : null}<div class="inline"><button class="button main-act">Write</button><${Link} class="button" to=${of.to(`/${list}`)}>Cancel</${Link}></div></form></${Page}>`;
}
