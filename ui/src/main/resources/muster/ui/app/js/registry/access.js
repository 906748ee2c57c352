// Who may do what in the registry: tokens, policies with their rules, roles.
import { html, useState } from '../core/html.js';
import { at, inDc } from '../core/dc.js';
import { useLive } from '../core/live.js';
import { short } from '../core/format.js';
import { AccessForm, AccessList, Choice, drop, holders, useThing } from '../parts/access.js';
import { Ago, Empty, Field, Link, Name, Panel, Tag, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Diff, Editor } from '../parts/views.js';
import { RESOURCES, ruleText } from './model.js';

const REGISTRY = {
  part: 'registry', command: 'consul acl', api: path => inDc(`/v1/acl${path}`), to: path => at(`/acls${path}`), deleteCommand: (kind, id) => `consul acl ${kind} delete -id ${id}`,
  Off: () => html`<${Panel}><${Empty} title="Access control is off" command={'consul agent -hcl \'acl { enabled = true  default_policy = "deny" }\''}>Everybody who reaches this address may read and write. Turn it on in the agent's configuration, then make the first token with <code>consul acl bootstrap</code>.</${Empty}></${Panel}>`,
};

export const Tokens = () => html`<${AccessList} of=${REGISTRY} kind="tokens" title="Tokens" create="New token"
  draw=${list => html`<${Panel}><${Table} label="Tokens" what="token" rows=${list} keyOf=${one => one.AccessorID} filter=${one => `${one.AccessorID} ${one.Description} ${(one.Policies ?? []).map(policy => policy.Name).join(' ')}`}
    columns=${[
      { title: 'Accessor', by: one => one.AccessorID, cell: one => html`<${Link} class="name mono" to=${at(`/acls/tokens/${one.AccessorID}`)}>${short(one.AccessorID)}</${Link}>` },
      { title: 'Description', by: one => one.Description, cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Policies', far: true, cell: one => (one.Policies ?? []).map(policy => html`<${Tag} text=${policy.Name} />`) },
      { title: 'Roles', far: true, cell: one => (one.Roles ?? []).map(role => html`<${Tag} text=${role.Name} />`) },
      { title: 'Made', far: true, by: one => one.CreateTime, cell: one => html`<${Ago} at=${Date.parse(one.CreateTime)} />` },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${() => drop(REGISTRY, 'token', one.AccessorID, 'Whatever uses it is refused, or falls to the anonymous token.', [one.Description || one.AccessorID])}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export const Policies = () => html`<${AccessList} of=${REGISTRY} kind="policies" title="Policies" create="New policy"
  draw=${list => html`<${Panel}><${Table} label="Policies" what="policy" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.Name} ${one.Description}`}
    columns=${[
      { title: 'Policy', by: one => one.Name, cell: one => html`<${Link} class="name" to=${at(`/acls/policies/${one.ID}`)}><${Name} text=${one.Name} /></${Link}>` },
      { title: 'Description', by: one => one.Description, cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Datacenters', far: true, cell: one => (one.Datacenters ?? ['all']).join(', ') },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${async () => drop(REGISTRY, 'policy', one.ID, `Whatever has the policy ${one.Name} loses what it allows:`, await holders(REGISTRY, 'Policies', one.Name))}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export const Roles = () => html`<${AccessList} of=${REGISTRY} kind="roles" title="Roles" create="New role"
  draw=${list => html`<${Panel}><${Table} label="Roles" what="role" rows=${list} keyOf=${one => one.ID} filter=${one => `${one.Name} ${one.Description}`} empty=${html`<${Empty} title="There are no roles" command="consul acl role create -name NAME -policy-name POLICY">A role is a set of policies that several tokens share.</${Empty}>`}
    columns=${[
      { title: 'Role', by: one => one.Name, cell: one => html`<${Link} class="name" to=${at(`/acls/roles/${one.ID}`)}><${Name} text=${one.Name} /></${Link}>` },
      { title: 'Description', cell: one => html`<${Name} text=${one.Description} />` },
      { title: 'Policies', cell: one => (one.Policies ?? []).map(policy => html`<${Tag} text=${policy.Name} />`) },
      { title: '', className: 'acts', cell: one => html`<button type="button" class="button small danger" onClick=${async () => drop(REGISTRY, 'role', one.ID, `Whatever has the role ${one.Name} loses what it allows:`, await holders(REGISTRY, 'Roles', one.Name))}>Delete</button>` },
    ]} /></${Panel}>`} />`;

export function Token({ params }) {
  const thing = useThing(REGISTRY, 'token', params.token);
  const policies = useLive('registry', inDc('/v1/acl/policies'));
  const roles = useLive('registry', inDc('/v1/acl/roles'));
  const [draft, setDraft] = useState(null);
  return ready([thing], 'the token', `consul acl token read -id ${params.token}`, data => {
    const now = { ...data, ...draft };
    return html`<${AccessForm} of=${REGISTRY} kind="token" list="tokens" id=${params.token} title=${params.token === 'new' ? 'New token' : `Token ${short(params.token)}`} body=${() => ({ AccessorID: data.AccessorID, Description: now.Description, Local: now.Local, Policies: now.Policies, Roles: now.Roles, ServiceIdentities: now.ServiceIdentities, NodeIdentities: now.NodeIdentities })}>
      <${Panel} plain><div class="stack"><${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${event => setDraft({ ...draft, Description: event.currentTarget.value })} /></${Field}>
      <div class="cols"><${Choice} label="Policies" all=${policies.data} chosen=${now.Policies} onChange=${Policies => setDraft({ ...draft, Policies })} /><${Choice} label="Roles" all=${roles.data} chosen=${now.Roles} onChange=${Roles => setDraft({ ...draft, Roles })} /></div></div></${Panel}></${AccessForm}>`;
  });
}

export function Role({ params }) {
  const thing = useThing(REGISTRY, 'role', params.role);
  const policies = useLive('registry', inDc('/v1/acl/policies'));
  const [draft, setDraft] = useState(null);
  return ready([thing], 'the role', `consul acl role read -id ${params.role}`, data => {
    const now = { ...data, ...draft };
    return html`<${AccessForm} of=${REGISTRY} kind="role" list="roles" id=${params.role} title=${params.role === 'new' ? 'New role' : data.Name} body=${() => ({ ID: data.ID, Name: now.Name, Description: now.Description, Policies: now.Policies, ServiceIdentities: now.ServiceIdentities })}>
      <${Panel} plain><div class="stack"><${Field} label="Name"><input type="text" required value=${now.Name ?? ''} onInput=${event => setDraft({ ...draft, Name: event.currentTarget.value })} /></${Field}>
      <${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${event => setDraft({ ...draft, Description: event.currentTarget.value })} /></${Field}>
      <${Choice} label="Policies" all=${policies.data} chosen=${now.Policies} onChange=${Policies => setDraft({ ...draft, Policies })} /></div></${Panel}></${AccessForm}>`;
  });
}

export function Policy({ params }) {
  const thing = useThing(REGISTRY, 'policy', params.policy);
  const [draft, setDraft] = useState(null);
  return ready([thing], 'the policy', `consul acl policy read -id ${params.policy}`, data => {
    const now = { ...data, ...draft };
    return html`<${AccessForm} of=${REGISTRY} kind="policy" list="policies" id=${params.policy} title=${params.policy === 'new' ? 'New policy' : data.Name} body=${() => ({ ID: data.ID, Name: now.Name, Description: now.Description, Rules: now.Rules ?? '', Datacenters: now.Datacenters })}>
      <${Panel} plain><div class="stack"><${Field} label="Name"><input type="text" required value=${now.Name ?? ''} onInput=${event => setDraft({ ...draft, Name: event.currentTarget.value })} /></${Field}>
      <${Field} label="Description"><input type="text" value=${now.Description ?? ''} onInput=${event => setDraft({ ...draft, Description: event.currentTarget.value })} /></${Field}></div></${Panel}>
      <${Panel} title="Rules"><div class="body stack"><${AddRule} onAdd=${text => setDraft({ ...draft, Rules: `${(now.Rules ?? '').trimEnd()}${now.Rules?.trim() ? '\n' : ''}${text}\n` })} />
      <${Editor} label="Rules" rows=${Math.min(24, Math.max(8, (now.Rules ?? '').split('\n').length + 1))} value=${now.Rules ?? ''} onInput=${Rules => setDraft({ ...draft, Rules })} />
      ${draft?.Rules !== undefined && params.policy !== 'new' ? html`<details><summary class="soft">What changes</summary><${Diff} before=${data.Rules ?? ''} after=${draft.Rules} /></details>` : null}</div></${Panel}></${AccessForm}>`;
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
