// Logging in: one secret, tried at each part, and who one is there.
import { html, useEffect, useState } from '../core/html.js';
import { get, keepToken, parts, tokens } from '../core/api.js';
import { isOff } from './access.js';
import { Command, Facts, Field, Name, Page, Panel, Tag, Trouble } from './ui.js';
import { toast } from './dialog.js';

const SELF = { registry: '/v1/acl/token/self', scheduler: '/v1/acl/token/self' };
const open = () => Object.keys(SELF).filter(part => parts.value[part] === 'open');

/** What a part says to a token: {self}, {off} or {problem}. */
async function ask(part, token) {
  try { return { self: await get(part, SELF[part], { token }) }; } catch (problem) { return isOff(problem.message) ? { off: true } : { problem }; }
}

export function Login() {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const [who, setWho] = useState({});
  useEffect(() => {
    let isGone = false;
    setWho({});
    for (const part of open()) if (tokens.value[part]) ask(part, tokens.value[part]).then(answer => { if (!isGone) setWho(now => ({ ...now, [part]: answer })); });
    return () => { isGone = true; };
  }, [tokens.value]);
  const logIn = async event => {
    event.preventDefault();
    const secret = typed.trim();
    const answers = await Promise.all(open().map(async part => [part, await ask(part, secret)]));
    const takers = answers.filter(([, answer]) => answer.self).map(([part]) => part);
    const askers = answers.filter(([, answer]) => !answer.off);
    if (takers.length === 0 && askers.length > 0) { setProblem(askers.map(([part, answer]) => `the ${part}: ${answer.problem.message}`).join('\n')); return; }
    setProblem('');
    setTyped('');
    keepToken(secret, takers.length ? takers : open());
    toast(takers.length ? `The token is used for the ${takers.join(' and the ')} from now on` : 'The token is kept; access control is off here');
  };
  const isIn = Object.values(tokens.value).some(Boolean);
  return html`<${Page} title="Log in" sub="Requests of these pages carry your token; it is kept in this browser and sent nowhere else.">
    <div class="cols"><${Panel} title="Token"><form class="body stack" onSubmit=${logIn}>
      <${Field} label="Secret ID" hint="of the registry or of the scheduler; each takes its own"><input type="password" autocomplete="off" value=${typed} onInput=${event => setTyped(event.currentTarget.value)} placeholder=${isIn ? 'another token' : 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'} /></${Field}>
      ${problem ? html`<${Trouble} title="Nobody here takes this token; it is not kept" text=${problem} command="consul acl token read -self && nomad acl token self" />` : null}
      <div class="inline"><button class="button main-act" disabled=${!typed.trim()}>Log in</button>${isIn ? html`<button type="button" class="button" onClick=${() => { keepToken('', Object.keys(SELF)); toast('Logged out'); }}>Log out</button>` : null}</div>
      <${Command} text="export CONSUL_HTTP_TOKEN=… NOMAD_TOKEN=…" /></form></${Panel}>
    <div class="stack">${open().map(part => html`<${Panel} key=${part} title=${`Who you are to the ${part}`} plain><${Who} token=${tokens.value[part]} of=${who[part]} part=${part} /></${Panel}>`)}</div></div></${Page}>`;
}

function Who({ token, of, part }) {
  if (!token) return html`<p class="soft">Nobody: requests carry no token, and get what the anonymous token may.</p>`;
  if (!of) return html`<p class="dim">Asking …</p>`;
  if (of.off) return html`<p class="soft">Access control is off here; a token makes no difference.</p>`;
  if (of.problem) return html`<${Trouble} title=${`The ${part} does not take this token`} text=${of.problem.message} />`;
  const { self } = of;
  const tags = list => (list ?? []).map(one => html`<${Tag} text=${one.Name ?? one} />`);
  return html`<${Facts} of=${[['Accessor', html`<span class="mono">${self.AccessorID}</span>`], part === 'registry' ? ['Description', html`<${Name} text=${self.Description} />`] : ['Name', html`<${Name} text=${self.Name} />`], self.Type ? ['Type', self.Type] : null,
    self.Type === 'management' ? null : ['Policies', tags(self.Policies)], ['Roles', tags(self.Roles)], self.ExpirationTime ? ['Ends', new Date(self.ExpirationTime).toLocaleString()] : null]} />`;
}
