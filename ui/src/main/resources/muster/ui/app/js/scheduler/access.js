// Who may do what with jobs: the scheduler's tokens, policies with their rules and roles; and the namespaces that rules are about.
import { html, useState } from '../core/html.js';
import { put, remove, seg } from '../core/api.js';
import { useLive } from '../core/live.js';
import { number, short } from '../core/format.js';
import { AccessForm, AccessList, Choice, drop, holders, useThing } from '../parts/access.js';
import { ofAll } from '../parts/namespaces.js';
import { Ago, Command, Empty, Field, Link, Name, Page, Panel, State, Tag, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Diff, Editor } from '../parts/views.js';
import { close, confirm, show, toast } from '../parts/dialog.js';
import { LEVELS, jobRule } from './model.js';

const SCHEDULER = {
  part: 'scheduler', command: 'nomad acl', api: path => `/v1/acl${path}`, to: path => `/access-control${path}`, deleteCommand: (kind, id) => `nomad acl ${kind} delete ${kind === 'role' ? '-id ' : ''}${id}`,
  extra: [['namespaces', 'Namespaces', '/namespaces']],
  Off: () => html`<${Panel}><${Empty} title="The scheduler's access control is off" command={'nomad agent -config server.hcl   # acl { enabled = true }'}>Everybody who reaches this address may run and stop jobs. Turn it on in the agent's configuration, then make the first token with <code>nomad acl bootstrap</code>.</${Empty}></${Panel}>`,
};

const names = list => (list ?? []).map(one => html`<${Tag} text=${one.Name ?? one} />`);

export const Tokens = () => html`<${AccessList} of=${SCHEDULER} kind="tokens" title="Tokens of the scheduler" create="New token"
  draw=${list => html`<${Panel}><${Table} label="Tokens" what="token" rows=${list} keyOf=${one => one.AccessorID} filter=${one => `${one.AccessorID} ${one.Name} ${one.Type} ${(one.Policies ?? []).join(' ')}`}
    columns=${[
      { title: 'Accessor', by: one => one.AccessorID, cell: one => html`<${Link} class="name mono" to=${SCHEDULER.to(`/tokens/${one.AccessorID}`)}>${short(one.AccessorID)}</${Link}>` },
      { title: 'Name', by: one => one.Name, cell: one => html`<${Name} text=${one.Name} />` },
      { title: 'Type', by: one => one.Type, cell: one => one.Type === 'management' ? html`<span class="tag warn">management</span>` : one.Type },
      { title: 'Policies', far: true, cell: one => names(one.Policies) }, { title: 'Roles', far: true, cell: one => names(one.Roles) },
      { title: 'Ends', far: true, cell: one => one.ExpirationTime ? new Date(one.ExpirationTime).toLocaleString() : html`<span class="dim">never</span>` },
      { title: 'Made', far: true, by: one => one.CreateTime, cell: one => html`<${Ago} at=${Date.parse(one.CreateTime)} />` },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${() => drop(SCHEDULER, 'token', one.AccessorID, 'Whatever uses it is refused from then on.', [one.Name || one.AccessorID])}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export const Policies = () => html`<${AccessList} of=${SCHEDULER} kind="policies" title="Policies of the scheduler" create="New policy"
  draw=${list => html`<${Panel}><${Table} label="Policies" what="policy" rows=${list} keyOf=${one => one.Name} filter=${one => `${one.Name} ${one.Description}`} empty=${html`<${Empty} title="There are no policies" command="nomad acl policy apply NAME rules.hcl">A policy says what its tokens may do, namespace by namespace.</${Empty}>`}
    columns=${[
      { title: 'Policy', by: one => one.Name, cell: one => html`<${Link} class="name" to=${SCHEDULER.to(`/policies/${seg(one.Name)}`)}><${Name} text=${one.Name} /></${Link}>` },
      { title: 'Description', cell: one => html`<${Name} text=${one.Description} />` },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${async () => drop(SCHEDULER, 'policy', one.Name, `Whatever has the policy ${one.Name} loses what it allows:`, await holders(SCHEDULER, 'Policies', one.Name))}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export const Roles = () => html`<${AccessList} of=${SCHEDULER} kind="roles" title="Roles of the scheduler" create="New role"
  draw=${list => html`<${Panel}><${Table} label="Roles" what="role" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.Name} ${one.Description}`} empty=${html`<${Empty} title="There are no roles" command="nomad acl role create -name NAME -policy POLICY">A role is a set of policies that several tokens share.</${Empty}>`}
    columns=${[
      { title: 'Role', by: one => one.Name, cell: one => html`<${Link} class="name" to=${SCHEDULER.to(`/roles/${one.ID}`)}><${Name} text=${one.Name} /></${Link}>` },
      { title: 'Description', cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Policies', cell: one => names(one.Policies) },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${async () => drop(SCHEDULER, 'role', one.ID, `Whatever has the role ${one.Name} loses what it allows:`, await holders(SCHEDULER, 'Roles', one.Name))}>Delete</button>` },
    ]} /></${Panel}>`} />`;

const set = (draft, setDraft, field) => event => setDraft({ ...draft, [field]: event.currentTarget.value });

export function Token({ params }) {
  const id = params.token;
  const thing = useThing(SCHEDULER, 'token', id);
  const policies = useLive('scheduler', '/v1/acl/policies');
  const roles = useLive('scheduler', '/v1/acl/roles');
  const [draft, setDraft] = useState({});
  return ready([thing], 'the token', `nomad acl token info ${id}`, data => {
    const now = { Type: 'client', ...data, Policies: (data.Policies ?? []).map(name => ({ Name: name })), ...draft };
    const isManagement = now.Type === 'management';
    return html`<${AccessForm} of=${SCHEDULER} kind="token" list="tokens" id=${id} title=${id === 'new' ? 'New token of the scheduler' : `Token ${short(id)}`}
      body=${() => ({ AccessorID: data.AccessorID, Name: now.Name ?? '', Type: now.Type, Policies: isManagement ? [] : now.Policies.map(one => one.Name), Roles: isManagement ? [] : now.Roles ?? [], Global: data.Global ?? false, ...(now.Life ? { ExpirationTTL: now.Life } : {}) })}>
      <${Panel} plain><div class="stack"><${Field} label="Name"><input type="text" value=${now.Name ?? ''} onInput=${set(draft, setDraft, 'Name')} /></${Field}>
      <${Field} label="Type" hint="management may do everything"><select value=${now.Type} disabled=${id !== 'new'} onChange=${set(draft, setDraft, 'Type')}><option value="client">client</option><option value="management">management</option></select></${Field}>
      ${id === 'new' ? html`<${Field} label="Ends after" hint="such as 8h; empty is never"><input type="text" value=${now.Life ?? ''} onInput=${set(draft, setDraft, 'Life')} /></${Field}>` : null}
      ${isManagement ? null : html`<div class="cols"><${Choice} label="Policies" by="Name" all=${policies.data} chosen=${now.Policies} onChange=${Policies => setDraft({ ...draft, Policies })} /><${Choice} label="Roles" all=${roles.data} chosen=${now.Roles} onChange=${Roles => setDraft({ ...draft, Roles })} /></div>`}</div></${Panel}></${AccessForm}>`;
  });
}

export function Role({ params }) {
  const id = params.role;
  const thing = useThing(SCHEDULER, 'role', id);
  const policies = useLive('scheduler', '/v1/acl/policies');
  const [draft, setDraft] = useState({});
  return ready([thing], 'the role', `nomad acl role info ${id}`, data => {
    const now = { ...data, ...draft };
    return html`<${AccessForm} of=${SCHEDULER} kind="role" list="roles" id=${id} title=${id === 'new' ? 'New role of the scheduler' : data.Name} body=${() => ({ ID: data.ID, Name: now.Name, Description: now.Description ?? '', Policies: (now.Policies ?? []).map(one => ({ Name: one.Name })) })}>
      <${Panel} plain><div class="stack"><${Field} label="Name"><input type="text" required value=${now.Name ?? ''} onInput=${set(draft, setDraft, 'Name')} /></${Field}>
      <${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${set(draft, setDraft, 'Description')} /></${Field}>
      <${Choice} label="Policies" by="Name" all=${policies.data} chosen=${now.Policies} onChange=${Policies => setDraft({ ...draft, Policies })} /></div></${Panel}></${AccessForm}>`;
  });
}

export function Policy({ params }) {
  const id = params.policy;
  const thing = useThing(SCHEDULER, 'policy', id);
  const [draft, setDraft] = useState({});
  return ready([thing], 'the policy', `nomad acl policy info ${id}`, data => {
    const now = { ...data, ...draft };
    const rules = now.Rules ?? '';
    return html`<${AccessForm} of=${SCHEDULER} kind="policy" list="policies" id=${id} title=${id === 'new' ? 'New policy of the scheduler' : data.Name} named=${one => one.Name} body=${() => ({ Name: now.Name ?? '', Description: now.Description ?? '', Rules: rules })}>
      <${Panel} plain><div class="stack"><${Field} label="Name" hint="letters, digits and hyphens"><input type="text" required readonly=${id !== 'new'} value=${now.Name ?? ''} onInput=${set(draft, setDraft, 'Name')} /></${Field}>
      <${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${set(draft, setDraft, 'Description')} /></${Field}></div></${Panel}>
      <${Panel} title="Rules"><div class="body stack"><${AddRule} onAdd=${text => setDraft({ ...draft, Rules: `${rules.trimEnd()}${rules.trim() ? '\n' : ''}${text}\n` })} />
      <${Editor} label="Rules" rows=${Math.min(24, Math.max(8, rules.split('\n').length + 1))} value=${rules} onInput=${Rules => setDraft({ ...draft, Rules })} />
      ${draft.Rules !== undefined && id !== 'new' ? html`<details><summary class="soft">What changes</summary><${Diff} before=${data.Rules ?? ''} after=${draft.Rules} /></details>` : null}</div></${Panel}></${AccessForm}>`;
  });
}

function AddRule({ onAdd }) {
  const [rule, setRule] = useState({ about: 'namespace', name: 'default', level: 'read' });
  const isNamed = ['namespace', 'host_volume', 'variables'].includes(rule.about);
  return html`<div class="inline"><${Field} label="Rule for"><select value=${rule.about} onChange=${event => setRule({ ...rule, about: event.currentTarget.value, level: LEVELS[event.currentTarget.value][0] })}>${Object.keys(LEVELS).map(name => html`<option value=${name}>${name}</option>`)}</select></${Field}>
    <${Field} label=${rule.about === 'variables' ? 'Path, in the default namespace' : 'Name'}><input type="text" value=${rule.name} onInput=${set(rule, setRule, 'name')} disabled=${!isNamed} /></${Field}>
    <${Field} label="May"><select value=${rule.level} onChange=${set(rule, setRule, 'level')}>${LEVELS[rule.about].map(level => html`<option value=${level}>${level}</option>`)}</select></${Field}>
    <button type="button" class="button" onClick=${() => onAdd(jobRule(rule.about, rule.name, rule.level))}>Add rule</button></div>`;
}

export function Namespaces() {
  const all = useLive('scheduler', '/v1/namespaces');
  const jobs = useLive('scheduler', ofAll('/v1/jobs'));
  const count = name => (jobs.data ?? []).filter(job => job.Namespace === name).length;
  return html`<${Page} title="Namespaces" sub="Jobs and variables of different namespaces do not know of each other; policies name them." actions=${html`<button type="button" class="button main-act" onClick=${make}>New namespace</button>`}>
    ${ready([all], 'the namespaces', 'nomad namespace list', list => html`<${Panel}><${Table} label="Namespaces" what="namespace" rows=${list} keyOf=${one => one.Name} filter=${one => `${one.Name} ${one.Description}`}
      columns=${[
        { title: 'Namespace', by: one => one.Name, cell: one => html`<b><${Name} text=${one.Name} /></b>` },
        { title: 'Description', cell: one => html`<${Name} text=${one.Description ?? ''} />` },
        { title: 'Jobs', num: true, cell: one => number(count(one.Name)) },
        { title: '', className: 'acts', cell: one => one.Name === 'default' ? null : html`<button type="button" class="button small danger" onClick=${() => dropNamespace(one, (jobs.data ?? []).filter(job => job.Namespace === one.Name))}>Delete</button>` },
      ]} /></${Panel}>`)}<${Command} text="nomad namespace list" /></${Page}>`;
}

function make() {
  show('New namespace', () => {
    const [problem, setProblem] = useState('');
    const save = async event => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      try { await put('scheduler', '/v1/namespace', { Name: form.get('name'), Description: form.get('description') }); close(); toast('The namespace was written'); } catch (failure) { setProblem(failure.message); }
    };
    return html`<form class="stack" onSubmit=${save}><${Field} label="Name"><input type="text" name="name" required /></${Field}><${Field} label="Description"><input type="text" name="description" /></${Field}>
      ${problem ? html`<div class="trouble" role="alert"><pre>${problem}</pre></div>` : null}<${Command} text="nomad namespace apply -description TEXT NAME" />
      <div class="buttons"><button type="button" class="button" onClick=${close}>Cancel</button><button class="button main-act">Write</button></div></form>`;
  });
}

const dropNamespace = (of, jobs) => confirm({ title: `Delete the namespace ${of.Name}?`, text: jobs.length ? 'Its jobs have to be over; what is left of them goes with it:' : 'No job is in it.', hits: jobs.map(job => job.ID), word: 'Delete', danger: true, command: `nomad namespace delete ${of.Name}`, act: () => remove('scheduler', `/v1/namespace/${seg(of.Name)}`), done: `${of.Name} was deleted` });
