// Which rule takes a URL, and why: what the balancer itself says about it, without a request to any target.
import { html, useEffect, useState } from '../core/html.js';
import { get, seg } from '../core/api.js';
import { go } from '../core/place.js';
import { Command, Empty, Field, Name, Page, Panel, State, Trouble } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { isTraefik } from './model.js';

/** The rules in their order as {text, matches, sub}, out of either manner's answer. Pure. */
export const stepsOf = answer => isTraefik || answer.tried?.[0]?.router
  ? (answer.tried ?? []).map(one => ({ text: one.rule || one.router, matches: one.matches, sub: `${one.router}, priority ${one.priority}` }))
  : (answer.tried ?? []).flatMap(step => step.paths.length
    ? step.paths.map(path => ({ text: `${step.host}${path.path}`, matches: path.matches && step.matched, sub: '' }))
    : [{ text: step.host, matches: false, sub: `none of its ${step.otherPaths} paths fits` }]);

export function Try({ query }) {
  const [form, setForm] = useState({ url: query.url ?? '', method: 'GET', headers: '' });
  const [answer, setAnswer] = useState(null);
  const [problem, setProblem] = useState('');
  const ask = async () => {
    const headers = form.headers.split('\n').filter(line => line.includes(':')).map(line => `&header=${seg(line)}`).join('');
    if (form.url !== query.url) go(`/try?url=${seg(form.url)}`, { replace: true });
    try {
      const got = await get('balancer', `/api/explain?url=${seg(form.url)}&method=${form.method}${headers}`);
      if (typeof got === 'string') throw new Error('This balancer does not explain its choices.');
      if (got.error) throw new Error(got.error);
      setAnswer(got);
      setProblem('');
    } catch (failure) { setAnswer(null); setProblem(failure.message); }
  };
  // An address with a URL in it, as somebody shared it, explains at once.
  useEffect(() => { if (form.url) ask(); }, []);
  const set = field => event => setForm({ ...form, [field]: event.currentTarget.value });
  return html`<${Page} title="Try a URL" sub="The rules in the order in which they are tried, and the one that takes it. No request is sent.">
    <${Panel}><form class="body stack" onSubmit=${event => { event.preventDefault(); ask(); }}><div class="inline"><${Field} label="Method"><select value=${form.method} onChange=${set('method')}>${['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'].map(one => html`<option>${one}</option>`)}</select></${Field}>
      <label class="field" style=${{ flex: '1' }}><span>URL</span><input type="text" required placeholder="http://host/path, or /path" value=${form.url} onInput=${set('url')} /></label><button class="button main-act">Explain</button></div>
      <details><summary class="soft">Headers</summary><textarea rows="3" aria-label="Headers, one a line" placeholder="Cookie: a=b" value=${form.headers} onInput=${set('headers')}></textarea></details>
      <${Command} text=${`muster lb explain ${form.url || 'URL'}`} /></form></${Panel}>
    ${problem ? html`<${Trouble} title="No explanation" text=${problem} command="muster lb explain URL" />` : null}
    ${answer ? html`<${Explained} of=${answer} />` : null}</${Page}>`;
}

function Explained({ of }) {
  const steps = stepsOf(of);
  const taken = of.route ?? of.router;
  const targets = Array.isArray(of.targets) ? of.targets : Object.entries(of.servers ?? {}).map(([target, why]) => ({ target, why, service: of.service }));
  const refused = of.refused ?? of.problems ?? [];
  return html`<${Panel} title=${taken ? html`Taken by <span class="mono"><${Name} text=${taken} /></span>` : 'No rule takes it'} note=${of.outcome ?? of.answer ?? (of.service ? `to ${of.service}` : '')}>
      ${steps.length ? html`<ol class="steps">${steps.map((step, i) => html`<li class=${step.matches ? 'taken' : ''}><span class="at">${i + 1}</span><span><${State} word=${step.matches ? 'takes it' : 'does not fit'} as=${step.matches ? 'ok' : 'idle'} /> <span class="mono"><${Name} text=${step.text} /></span> <span class="dim">${step.sub}</span></span></li>`)}</ol>` : html`<${Empty} title="No rule was tried" command="muster lb status">There is none for this host or entry point.</${Empty}>`}</${Panel}>
    ${of.middlewares?.length ? html`<${Panel} title="Middlewares, in order" plain>${of.middlewares.map(one => html`<p class="mono"><${Name} text=${one} /></p>`)}</${Panel}>` : null}
    ${targets.length ? html`<${Panel} title="Targets"><${Table} label="Targets" rows=${targets} keyOf=${one => `${one.service} ${one.target}`} columns=${[{ title: 'Target', cell: one => html`<span class="mono"><${Name} text=${one.target} /></span>` }, { title: 'Why', cell: one => one.why }, { title: 'The request becomes', wrap: true, far: true, cell: one => html`<span class="mono"><${Name} text=${one.becomes ?? ''} /></span>` }, { title: 'In flight', num: true, far: true, cell: one => one.inFlight ?? '' }]} /></${Panel}>` : null}
    ${refused.length ? html`<${Trouble} as="warn" title="What could not be used, and may be why" text=${refused.map(one => `${one.where}: ${one.text}`).join('\n')} />` : null}`;
}
