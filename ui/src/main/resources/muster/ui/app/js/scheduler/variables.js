// Variables: what tasks are told apart from their job files. Values are shown when asked for, and nothing is overwritten unseen.
import { html, useEffect, useState } from '../core/html.js';
import { get, put, remove, segs } from '../core/api.js';
import { go } from '../core/place.js';
import { useLive } from '../core/live.js';
import { fromNanos, plural } from '../core/format.js';
import { DEFAULT, inNs, nsColumn, nsFlag, ofAll } from '../parts/namespaces.js';
import { Ago, Command, Empty, Facts, Field, Link, Name, Page, Panel, Trouble, ready } from '../parts/ui.js';
import { Table } from '../parts/table.js';
import { Diff } from '../parts/views.js';
import { confirm, toast } from '../parts/dialog.js';

const variableTo = (path, namespace) => inNs(`/variables/var/${segs(path)}`, namespace);
const pathOf = (path, namespace, query = '') => { const to = inNs(`/v1/var/${segs(path)}`, namespace); return query ? `${to}${to.includes('?') ? '&' : '?'}${query}` : to; };

export function Variables() {
  const all = useLive('scheduler', ofAll('/v1/vars'));
  return html`<${Page} title="Variables" sub="Values for tasks, kept by the scheduler; a job may read those below nomad/jobs/ and its own name." actions=${html`<${Link} class="button main-act" to="/variables/new">New variable</${Link}>`}>
    ${ready([all], 'the variables', 'nomad var list', list => html`<${Panel}><${Table} label="Variables" what="variable" rows=${list} keyOf=${one => `${one.Namespace} ${one.Path}`} filter=${one => `${one.Path} ${one.Namespace}`}
      empty=${html`<${Empty} title="There are no variables" command="nomad var put PATH KEY=VALUE">A variable has a path and any number of values; templates read it with nomadVar.</${Empty}>`}
      columns=${[
        { title: 'Path', by: one => one.Path, cell: one => html`<${Link} class="name mono" to=${variableTo(one.Path, one.Namespace)}><${Name} text=${one.Path} /></${Link}>` },
        ...nsColumn(list),
        { title: 'Lock', far: true, cell: one => one.Lock ? html`<span class="tag warn">held</span>` : html`<span class="dim">free</span>` },
        { title: 'Changed', by: one => -one.ModifyTime, cell: one => html`<${Ago} at=${fromNanos(one.ModifyTime)} />` },
        { title: 'Version', num: true, far: true, by: one => one.ModifyIndex, cell: one => one.ModifyIndex },
      ]} /></${Panel}>`)}<${Command} text="nomad var list" /></${Page}>`;
}

const pairsOf = items => Object.entries(items ?? {}).map(([name, value]) => ({ name, value }));
const itemsOf = pairs => Object.fromEntries(pairs.filter(pair => pair.name).map(pair => [pair.name, pair.value]));
/** Items as lines, in the order of their names: what a difference is made of. */
const linesOf = items => Object.entries(items ?? {}).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => `${name} = ${value}`).join('\n');

function Pairs({ pairs, onChange }) {
  const set = (i, field) => event => onChange(pairs.map((pair, at) => at === i ? { ...pair, [field]: event.currentTarget.value } : pair));
  return html`<div class="stack">${pairs.map((pair, i) => html`<div class="pair" key=${i}><input type="text" aria-label=${`Name ${i + 1}`} placeholder="name" value=${pair.name} onInput=${set(i, 'name')} autocomplete="off" />
      <textarea rows=${Math.min(8, pair.value.split('\n').length)} aria-label=${`Value ${i + 1}`} placeholder="value" value=${pair.value} onInput=${set(i, 'value')} spellcheck=${false}></textarea>
      <button type="button" class="button small" aria-label=${`Leave out ${pair.name || `row ${i + 1}`}`} onClick=${() => onChange(pairs.filter((one, at) => at !== i))}>Leave out</button></div>`)}
    <div><button type="button" class="button small" onClick=${() => onChange([...pairs, { name: '', value: '' }])}>Add a value</button></div></div>`;
}

export function Variable({ params, query }) {
  if (params.path === undefined) return html`<${NewVariable} />`;
  // Nomad's own links end in @ and the namespace.
  const [path, behind] = params.path.split('@');
  return html`<${OneVariable} key=${params.path} path=${path} ns=${behind ?? query.namespace ?? DEFAULT} />`;
}

function OneVariable({ path, ns }) {
  const live = useLive('scheduler', pathOf(path, ns));
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState(null);       // {pairs, index}: what is written, over which version
  const [theirs, setTheirs] = useState(null);
  useEffect(() => { if (draft && linesOf(itemsOf(draft.pairs)) === linesOf(live.data?.Items)) { setDraft(null); setTheirs(null); } }, [live.data?.ModifyIndex]);
  const save = async index => {
    try {
      await put('scheduler', pathOf(path, ns, `cas=${index}`), { Namespace: ns, Path: path, Items: itemsOf(draft.pairs) });
      toast(`${path} was written`);
      setDraft(null);
      setTheirs(null);
    } catch (problem) {
      if (problem.status === 409) setTheirs(JSON.parse(problem.message));
      else toast(problem.message, true);
    }
  };
  return ready([live], `the variable ${path}`, `nomad var get ${nsFlag(ns)}${path}`, now => html`<${Page} title=${path} sub=${html`version ${now.ModifyIndex}, changed <${Ago} at=${fromNanos(now.ModifyTime)} />${ns === DEFAULT ? '' : html`, namespace <${Name} text=${ns} />`}`}
    actions=${html`${draft ? html`<button type="button" class="button" onClick=${() => { setDraft(null); setTheirs(null); }}>Discard</button><button type="button" class="button main-act" disabled=${theirs} onClick=${() => save(draft.index)}>Save</button>`
      : html`<button type="button" class="button" aria-pressed=${isOpen} onClick=${() => setOpen(!isOpen)}>${isOpen ? 'Hide values' : 'Show values'}</button><button type="button" class="button main-act" onClick=${() => setDraft({ pairs: pairsOf(now.Items), index: now.ModifyIndex })}>Edit</button>`}
      <button type="button" class="button danger" onClick=${() => drop(now, ns)}>Delete</button>`}>
    ${now.Lock ? html`<${Trouble} as="warn" title="A lock is held on this variable" text="Only who holds the lock can write it." command=${`nomad var lock ${nsFlag(ns)}${path} COMMAND`} />` : null}
    ${theirs ? html`<${Conflict} theirs=${theirs} mine=${itemsOf(draft.pairs)} onTheirs=${() => { setDraft(null); setTheirs(null); }} onMine=${() => save(theirs.ModifyIndex)} />` : null}
    ${draft && now.ModifyIndex !== draft.index && !theirs ? html`<${Trouble} as="warn" title="Somebody wrote this variable while you were editing" text="Saving shows both versions; nothing is overwritten unseen." />` : null}
    <${Panel} title="Values" plain>${draft ? html`<${Pairs} pairs=${draft.pairs} onChange=${pairs => setDraft({ ...draft, pairs })} />`
      : html`<${Facts} of=${pairsOf(now.Items).map(pair => [html`<${Name} text=${pair.name} />`, isOpen ? html`<pre class="output">${pair.value}</pre>` : html`<span class="dim" aria-label="hidden">••••••</span>`])} />`}</${Panel}>
    <${Command} text=${`nomad var put ${nsFlag(ns)}-check-index=${now.ModifyIndex} ${path} KEY=VALUE`} /></${Page}>`);
}

function Conflict({ theirs, mine, onTheirs, onMine }) {
  const isGone = theirs.ModifyIndex === 0;
  return html`<div class="trouble warn" role="alert"><b>${isGone ? 'The variable was deleted by somebody else' : `The variable was written by somebody else (version ${theirs.ModifyIndex})`}</b>
    <p>Left what is there now, right what you wrote. Nothing was changed.</p>
    <div class="versus"><div class="stack"><h3>Theirs</h3><pre class="code" tabindex="0">${linesOf(theirs.Items)}</pre></div><div class="stack"><h3>Yours</h3><pre class="code" tabindex="0">${linesOf(mine)}</pre></div></div>
    <${Diff} before=${linesOf(theirs.Items)} after=${linesOf(mine)} label="From theirs to yours" />
    <div class="inline"><button type="button" class="button" onClick=${onTheirs}>Keep theirs</button><button type="button" class="button danger" onClick=${onMine}>Write mine over this version</button></div></div>`;
}

function drop(of, ns) {
  confirm({ title: 'Delete this variable?', text: `Templates that read it wait until it is back. It has ${plural(Object.keys(of.Items ?? {}).length, 'value')}.`, hits: [of.Path], word: 'Delete', danger: true, command: `nomad var purge ${nsFlag(ns)}-check-index=${of.ModifyIndex} ${of.Path}`,
    act: async () => {
      try { await remove('scheduler', pathOf(of.Path, ns, `cas=${of.ModifyIndex}`)); } catch (problem) {
        throw problem.status === 409 ? new Error('The variable was written meanwhile. Look at it again before deleting it.') : problem;
      }
      go('/variables');
    }, done: `${of.Path} was deleted` });
}

function NewVariable() {
  const [path, setPath] = useState('');
  const [ns, setNs] = useState(DEFAULT);
  const [names, setNames] = useState([DEFAULT]);
  const [pairs, setPairs] = useState([{ name: '', value: '' }]);
  const [problem, setProblem] = useState('');
  useEffect(() => { get('scheduler', '/v1/namespaces').then(list => setNames(list.map(one => one.Name)), () => { /* the default one can be chosen */ }); }, []);
  const save = async event => {
    event.preventDefault();
    try {
      await put('scheduler', pathOf(path, ns, 'cas=0'), { Namespace: ns, Path: path, Items: itemsOf(pairs) });
      toast(`${path} was written`);
      go(variableTo(path, ns));
    } catch (failure) { setProblem(failure.status === 409 ? 'This variable exists. Open it to change it.' : failure.message); }
  };
  return html`<${Page} title="New variable"><${Panel}><form class="body stack" onSubmit=${save}>
    <${Field} label="Path" hint="letters, digits, - _ ~ and slashes; nomad/jobs/NAME is readable for the job of that name"><input type="text" required value=${path} onInput=${event => setPath(event.currentTarget.value)} autocomplete="off" /></${Field}>
    ${names.length > 1 ? html`<${Field} label="Namespace"><select value=${ns} onChange=${event => setNs(event.currentTarget.value)}>${names.map(one => html`<option value=${one}>${one}</option>`)}</select></${Field}>` : null}
    <${Pairs} pairs=${pairs} onChange=${setPairs} />
    ${problem ? html`<div class="trouble" role="alert"><pre>${problem}</pre></div>` : null}
    <div class="inline"><button class="button main-act">Write</button><${Link} class="button" to="/variables">Cancel</${Link}></div>
    <${Command} text=${`nomad var put ${nsFlag(ns)}${path || 'PATH'} KEY=VALUE`} /></form></${Panel}></${Page}>`;
}
