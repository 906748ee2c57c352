// Logging in, and who may do what: tokens, policies with their rules, roles.
import { html, useEffect, useState } from '../core/html.js';
import { get, keepToken, put, remove, seg, token } from '../core/api.js';
import { at, inDc } from '../core/dc.js';
import { go } from '../core/place.js';
import { useLive } from '../core/live.js';
import { short } from '../core/format.js';
import { Ago, Command, Copy, Empty, Facts, Field, Link, Name, Page, Panel, Tabs, Tag, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Diff, Editor } from '../parts/views.js';
import { confirm, toast } from '../parts/dialog.js';
import { RESOURCES, ruleText } from './model.js';

const OFF = 'ACL support disabled';
const Off = () => html`<${Panel}><${Empty} title="Access control is off" command={'consul agent -hcl \'acl { enabled = true  default_policy = "deny" }\''}>Everybody who reaches this address may read and write. Turn it on in the agent's configuration, then make the first token with <code>consul acl bootstrap</code>.</${Empty}></${Panel}>`;

const pages = current => html`<${Tabs} label="Access" current=${current} of=${[['tokens', 'Tokens', at('/acls/tokens')], ['policies', 'Policies', at('/acls/policies')], ['roles', 'Roles', at('/acls/roles')]]} />`;

/** A list of the access control, or how to turn it on. */
function List({ kind, path, title, command, draw, actions }) {
  const all = useLive('registry', inDc(path));
  const isOff = all.error && (all.error.text ?? '').includes(OFF);
  return html`<${Page} title=${title} actions=${isOff ? null : actions}>${pages(kind)}${isOff ? html`<${Off} />` : ready([all], title.toLowerCase(), command, draw)}</${Page}>`;
}

export function Login() {
  const [typed, setTyped] = useState('');
  const [who, setWho] = useState(null);
  useEffect(() => {
    if (!token.value) { setWho(null); return; }
    get('registry', '/v1/acl/token/self').then(self => setWho({ self }), problem => setWho({ problem }));
  }, [token.value]);
  const isOff = who?.problem?.message.includes(OFF);
  return html`<${Page} title="Log in" sub="Requests of these pages carry your token; it is kept in this browser and sent nowhere else.">
    <div class="cols"><${Panel} title="Token"><form class="body stack" onSubmit=${event => { event.preventDefault(); keepToken(typed); setTyped(''); toast('The token is used from now on'); }}>
      <${Field} label="Secret ID"><input type="password" autocomplete="off" value=${typed} onInput=${event => setTyped(event.currentTarget.value)} placeholder=${token.value ? 'another token' : 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'} /></${Field}>
      <div class="inline"><button class="button main-act" disabled=${!typed}>Log in</button>${token.value ? html`<button type="button" class="button" onClick=${() => { keepToken(''); toast('Logged out'); }}>Log out</button>` : null}</div>
      <${Command} text="export CONSUL_HTTP_TOKEN=… NOMAD_TOKEN=…" /></form></${Panel}>
    <${Panel} title="Who you are" plain>${!token.value ? html`<p class="soft">Nobody: requests carry no token, and get what the anonymous token may.</p>`
      : !who ? html`<p class="dim">Asking …</p>`
      : isOff ? html`<p class="soft">Access control is off at this agent; a token makes no difference.</p>`
      : who.problem ? html`<${Trouble} title="The registry does not take this token" text=${who.problem.message} />`
      : html`<${Facts} of=${[['Accessor', html`<span class="mono">${who.self.AccessorID}</span>`], ['Description', html`<${Name} text=${who.self.Description} />`], ['Policies', (who.self.Policies ?? []).map(one => html`<${Tag} text=${one.Name} />`)], ['Roles', (who.self.Roles ?? []).map(one => html`<${Tag} text=${one.Name} />`)]]} />`}</${Panel}></div></${Page}>`;
}

export const Tokens = () => html`<${List} kind="tokens" title="Tokens" path="/v1/acl/tokens" command="consul acl token list" actions=${html`<${Link} class="button main-act" to=${at('/acls/tokens/new')}>New token</${Link}>`}
  draw=${list => html`<${Panel}><${Table} label="Tokens" what="token" rows=${list} keyOf=${one => one.AccessorID} filter=${one => `${one.AccessorID} ${one.Description} ${(one.Policies ?? []).map(policy => policy.Name).join(' ')}`}
    columns=${[
      { title: 'Accessor', by: one => one.AccessorID, cell: one => html`<${Link} class="name mono" to=${at(`/acls/tokens/${one.AccessorID}`)}>${short(one.AccessorID)}</${Link}>` },
      { title: 'Description', by: one => one.Description, cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Policies', far: true, cell: one => (one.Policies ?? []).map(policy => html`<${Tag} text=${policy.Name} />`) },
      { title: 'Roles', far: true, cell: one => (one.Roles ?? []).map(role => html`<${Tag} text=${role.Name} />`) },
      { title: 'Made', far: true, by: one => one.CreateTime, cell: one => html`<${Ago} at=${Date.parse(one.CreateTime)} />` },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${() => drop('token', one.AccessorID, one.Description || one.AccessorID, 'Whatever uses it is refused, or falls to the anonymous token.')}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export const Policies = () => html`<${List} kind="policies" title="Policies" path="/v1/acl/policies" command="consul acl policy list" actions=${html`<${Link} class="button main-act" to=${at('/acls/policies/new')}>New policy</${Link}>`}
  draw=${list => html`<${Panel}><${Table} label="Policies" what="policy" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.Name} ${one.Description}`}
    columns=${[
      { title: 'Policy', by: one => one.Name, cell: one => html`<${Link} class="name" to=${at(`/acls/policies/${one.ID}`)}><${Name} text=${one.Name} /></${Link}>` },
      { title: 'Description', by: one => one.Description, cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Datacenters', far: true, cell: one => (one.Datacenters ?? ['all']).join(', ') },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${() => drop('policy', one.ID, one.Name, 'Tokens and roles that have it lose what it allows.')}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export const Roles = () => html`<${List} kind="roles" title="Roles" path="/v1/acl/roles" command="consul acl role list" actions=${html`<${Link} class="button main-act" to=${at('/acls/roles/new')}>New role</${Link}>`}
  draw=${list => html`<${Panel}><${Table} label="Roles" what="role" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.Name} ${one.Description}`} empty=${html`<${Empty} title="There are no roles" command="consul acl role create -name NAME -policy-name POLICY">A role is a set of policies that several tokens share.</${Empty}>`}
    columns=${[
      { title: 'Role', by: one => one.Name, cell: one => html`<${Link} class="name" to=${at(`/acls/roles/${one.ID}`)}><${Name} text=${one.Name} /></${Link}>` },
      { title: 'Description', cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Policies', cell: one => (one.Policies ?? []).map(policy => html`<${Tag} text=${policy.Name} />`) },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${() => drop('role', one.ID, one.Name, 'Tokens that have it lose what it allows.')}>Delete</button>` },
    ]} /></${Panel}>`} />`;

function drop(kind, id, name, text) {
  confirm({ title: `Delete this ${kind}?`, text, hits: [name], word: 'Delete', danger: true, command: `consul acl ${kind} delete -id ${id}`, act: () => remove('registry', inDc(`/v1/acl/${kind}/${id}`)), done: `The ${kind} was deleted` });
}

/** Reads a thing once to edit it: it is not changed under the hands of who edits. */
function useThing(kind, id) {
  const [state, setState] = useState({ data: id === 'new' ? {} : undefined, error: null });
  useEffect(() => {
    if (id === 'new') return;
    get('registry', inDc(`/v1/acl/${kind}/${seg(id)}`)).then(data => setState({ data, error: null }), problem => setState({ data: undefined, error: { status: problem.status, text: problem.message } }));
  }, [kind, id]);
  return state;
}

/** What can be chosen among, as boxes. */
function Choice({ label, all, chosen, onChange }) {
  const ids = new Set((chosen ?? []).map(one => one.ID));
  return html`<fieldset class="stack" style=${{ border: '0', padding: '0', margin: '0' }}><legend class="soft">${label}</legend>${all?.length ? all.map(one => html`<label class="check"><input type="checkbox" checked=${ids.has(one.ID)} onChange=${event => onChange(event.currentTarget.checked ? [...(chosen ?? []), { ID: one.ID, Name: one.Name }] : chosen.filter(other => other.ID !== one.ID))} /><${Name} text=${one.Name} /></label>`) : html`<span class="dim">none yet</span>`}</fieldset>`;
}

function Form({ kind, id, title, list, children, body }) {
  const [problem, setProblem] = useState('');
  const [made, setMade] = useState(null);
  const save = async event => {
    event.preventDefault();
    try {
      const answer = await put('registry', inDc(id === 'new' ? `/v1/acl/${kind}` : `/v1/acl/${kind}/${id}`), body());
      setProblem('');
      toast(`The ${kind} was written`);
      if (kind === 'token' && id === 'new') setMade(answer);
      else if (id === 'new') go(at(`/acls/${list}/${answer.ID}`));
    } catch (failure) { setProblem(failure.message); }
  };
  if (made) return html`<${Page} title="The token was made"><${Panel} plain><div class="stack"><p>The secret is shown here and nowhere again.</p><p class="mono">${made.SecretID} <${Copy} text=${made.SecretID} /></p><${Link} class="button" to=${at('/acls/tokens')}>All tokens</${Link}></div></${Panel}></${Page}>`;
  return html`<${Page} title=${title}><form class="stack" onSubmit=${save}>${children}${problem ? html`<div class="trouble" role="alert"><pre>${problem}</pre></div>` : null}<div class="inline"><button class="button main-act">Write</button><${Link} class="button" to=${at(`/acls/${list}`)}>Cancel</${Link}></div></form></${Page}>`;
}

export function Token({ params }) {
  const thing = useThing('token', params.token);
  const policies = useLive('registry', inDc('/v1/acl/policies'));
  const roles = useLive('registry', inDc('/v1/acl/roles'));
  const [draft, setDraft] = useState(null);
  return ready([thing], 'the token', `consul acl token read -id ${params.token}`, data => {
    const now = { ...data, ...draft };
    return html`<${Form} kind="token" list="tokens" id=${params.token} title=${params.token === 'new' ? 'New token' : `Token ${short(params.token)}`} body=${() => ({ AccessorID: data.AccessorID, Description: now.Description, Local: now.Local, Policies: now.Policies, Roles: now.Roles, ServiceIdentities: now.ServiceIdentities, NodeIdentities: now.NodeIdentities })}>
      <${Panel} plain><div class="stack"><${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${event => setDraft({ ...draft, Description: event.currentTarget.value })} /></${Field}>
      <div class="cols"><${Choice} label="Policies" all=${policies.data} chosen=${now.Policies} onChange=${Policies => setDraft({ ...draft, Policies })} /><${Choice} label="Roles" all=${roles.data} chosen=${now.Roles} onChange=${Roles => setDraft({ ...draft, Roles })} /></div></div></${Panel}></${Form}>`;
  });
}

export function Role({ params }) {
  const thing = useThing('role', params.role);
  const policies = useLive('registry', inDc('/v1/acl/policies'));
  const [draft, setDraft] = useState(null);
  return ready([thing], 'the role', `consul acl role read -id ${params.role}`, data => {
    const now = { ...data, ...draft };
    return html`<${Form} kind="role" list="roles" id=${params.role} title=${params.role === 'new' ? 'New role' : data.Name} body=${() => ({ ID: data.ID, Name: now.Name, Description: now.Description, Policies: now.Policies, ServiceIdentities: now.ServiceIdentities })}>
      <${Panel} plain><div class="stack"><${Field} label="Name"><input type="text" required value=${now.Name ?? ''} onInput=${event => setDraft({ ...draft, Name: event.currentTarget.value })} /></${Field}>
      <${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${event => setDraft({ ...draft, Description: event.currentTarget.value })} /></${Field}>
      <${Choice} label="Policies" all=${policies.data} chosen=${now.Policies} onChange=${Policies => setDraft({ ...draft, Policies })} /></div></${Panel}></${Form}>`;
  });
}

export function Policy({ params }) {
  const thing = useThing('policy', params.policy);
  const [draft, setDraft] = useState(null);
  return ready([thing], 'the policy', `consul acl policy read -id ${params.policy}`, data => {
    const now = { ...data, ...draft };
    return html`<${Form} kind="policy" list="policies" id=${params.policy} title=${params.policy === 'new' ? 'New policy' : data.Name} body=${() => ({ ID: data.ID, Name: now.Name, Description: now.Description, Rules: now.Rules ?? '', Datacenters: now.Datacenters })}>
      <${Panel} plain><div class="stack"><${Field} label="Name"><input type="text" required value=${now.Name ?? ''} onInput=${event => setDraft({ ...draft, Name: event.currentTarget.value })} /></${Field}>
      <${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${event => setDraft({ ...draft, Description: event.currentTarget.value })} /></${Field}></div></${Panel}>
      <${Panel} title="Rules"><div class="body stack"><${AddRule} onAdd=${text => setDraft({ ...draft, Rules: `${(now.Rules ?? '').trimEnd()}${now.Rules?.trim() ? '\n' : ''}${text}\n` })} />
      <${Editor} label="Rules" rows=${Math.min(24, Math.max(8, (now.Rules ?? '').split('\n').length + 1))} value=${now.Rules ?? ''} onInput=${Rules => setDraft({ ...draft, Rules })} />
      ${draft?.Rules !== undefined && params.policy !== 'new' ? html`<details><summary class="soft">What changes</summary><${Diff} before=${data.Rules ?? ''} after=${draft.Rules} /></details>` : null}</div></${Panel}></${Form}>`;
  });
}

function AddRule({ onAdd }) {
  const [rule, setRule] = useState({ resource: 'service_prefix', name: '', level: 'read' });
  const set = field => event => setRule({ ...rule, [field]: event.currentTarget.value });
  return html`<div class="inline"><${Field} label="Rule for"><select value=${rule.resource} onChange=${set('resource')}>${Object.keys(RESOURCES).map(name => html`<option value=${name}>${name}</option>`)}</select></${Field}>
    <${Field} label="Name"><input type="text" value=${rule.name} onInput=${set('name')} disabled=${['acl', 'keyring', 'operator'].includes(rule.resource)} /></${Field}>
    <${Field} label="May"><select value=${rule.level} onChange=${set('level')}>${RESOURCES[rule.resource].map(level => html`<option value=${level}>${level}</option>`)}</select></${Field}>
    <button type="button" class="button" onClick=${() => onAdd(ruleText(rule.resource, rule.name, rule.level))}>Add rule</button></div>`;
}
