// A job file: written, planned, looked at, run. Nothing runs that was not planned as it stands.
import { html, useEffect, useState } from '../core/html.js';
import { get, post, put, seg } from '../core/api.js';
import { go } from '../core/place.js';
import { plural } from '../core/format.js';
import { jobChanges } from '../core/lines.js';
import { Command, Page, Panel, Trouble } from '../parts/ui.js';
import { Changes, Editor } from '../parts/views.js';
import { confirm } from '../parts/dialog.js';
import { NotPlaced } from './evaluations.js';
import { inNs, jobTo } from '../parts/namespaces.js';
import { errorLines, isLive, lineAt } from './model.js';

const SAMPLE = `job "hello" {
  datacenters = ["dc1"]

  group "web" {
    count = 2

    network {
      port "http" {}
    }

    service {
      name = "hello"
      port = "http"
      tags = ["urlprefix-/hello"]

      check {
        type     = "http"
        path     = "/"
        interval = "5s"
        timeout  = "2s"
      }
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "http-echo"
        args    = ["-listen", ":\${NOMAD_PORT_http}", "-text", "hello"]
      }
    }
  }
}
`;

/** The text as a job, or {text, lines} of what is wrong with it. */
async function parse(text) {
  if (/^\s*\{/.test(text)) {
    try {
      const tree = JSON.parse(text);
      return { job: tree.Job ?? tree.job ?? tree };
    } catch (problem) {
      const offset = Number(/position (\d+)/.exec(problem.message)?.[1] ?? NaN);
      const line = Number(/line (\d+)/.exec(problem.message)?.[1] ?? (Number.isNaN(offset) ? NaN : lineAt(text, offset)));
      return { problem: { text: problem.message, lines: Number.isNaN(line) ? [] : [line] } };
    }
  }
  try {
    return { job: await post('scheduler', '/v1/jobs/parse', { JobHCL: text, Canonicalize: true }) };
  } catch (problem) {
    return { problem: { text: problem.message, lines: errorLines(problem.message) } };
  }
}

export function JobRun({ query }) {
  const [text, setText] = useState(query.job ? '' : SAMPLE);
  const [problem, setProblem] = useState(null);
  const [plan, setPlan] = useState(null);   // {text, job, answer}
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!query.job) return;
    get('scheduler', inNs(`/v1/job/${seg(query.job)}`, query.namespace)).then(job => setText(JSON.stringify({ Job: job }, null, 2)), failure => setProblem({ text: failure.message, lines: [] }));
  }, [query.job]);
  const look = async () => {
    setBusy(true);
    setPlan(null);
    const parsed = await parse(text);
    if (parsed.problem) { setProblem(parsed.problem); setBusy(false); return; }
    try {
      const answer = await put('scheduler', inNs(`/v1/job/${seg(parsed.job.ID ?? '')}/plan`, parsed.job.Namespace), { Job: parsed.job, Diff: true, PolicyOverride: false });
      setProblem(null);
      setPlan({ text, job: parsed.job, answer });
    } catch (failure) { setProblem({ text: failure.message, lines: errorLines(failure.message) }); }
    setBusy(false);
  };
  const isPlanned = plan?.text === text;
  return html`<${Page} title=${query.job ? `Edit ${query.job}` : 'Run a job'} sub=${query.job ? 'The scheduler keeps jobs as JSON; a file in HCL can be pasted over it.' : 'HCL or JSON. Plan shows what would happen; nothing runs before.'}
    actions=${html`<button type="button" class=${`button ${isPlanned ? '' : 'main-act'}`} disabled=${busy || !text.trim()} onClick=${look}>${busy ? 'Planning …' : 'Plan'}</button><button type="button" class=${`button ${isPlanned ? 'main-act' : ''}`} disabled=${!isPlanned} onClick=${() => run(plan)}>Run</button>`}>
    ${problem ? html`<${Trouble} title=${problem.lines.length ? `The job file is wrong in line ${problem.lines.join(', ')}` : 'The job is refused'} text=${problem.text} command="nomad job validate FILE" />` : null}
    ${isPlanned ? html`<${Planned} of=${plan} />` : null}
    <${Editor} label="Job file" rows=${30} value=${text} onInput=${next => { setText(next); setProblem(null); }} hits=${problem?.lines ?? []} />
    <${Command} text="nomad job plan FILE && nomad job run FILE" /></${Page}>`;
}

function Planned({ of: { answer } }) {
  const rows = jobChanges(answer.Diff);
  const word = { Added: 'a new job', Edited: 'changes', None: 'no change', Deleted: 'deleted' }[answer.Diff?.Type] ?? '';
  const updates = Object.entries(answer.Annotations?.DesiredTGUpdates ?? {}).map(([group, counts]) => `${group}: ${Object.entries(counts).filter(([, n]) => n > 0).map(([what, n]) => `${n} ${what.replace(/([A-Z])/g, ' $1').trim().toLowerCase()}`).join(', ') || 'nothing'}`);
  return html`${answer.Warnings ? html`<${Trouble} as="warn" title="Warnings" text=${answer.Warnings} />` : null}
    ${answer.FailedTGAllocs ? html`<${NotPlaced} of=${answer.FailedTGAllocs} title="This would not be placed whole" />` : null}
    <${Panel} title="The plan" note=${word}><div class="body stack">${updates.length ? html`<p><b>${updates.join('; ')}</b></p>` : null}<${Changes} label="What the plan changes" rows=${rows} /></div></${Panel}>`;
}

async function run({ job, answer }) {
  const changes = Object.values(answer.Annotations?.DesiredTGUpdates ?? {});
  const interrupts = changes.reduce((sum, one) => sum + (one.Stop ?? 0) + (one.DestructiveUpdate ?? 0) + (one.Migrate ?? 0), 0);
  const live = interrupts ? (await get('scheduler', inNs(`/v1/job/${seg(job.ID)}/allocations`, job.Namespace)).catch(() => [])).filter(isLive) : [];
  confirm({ title: `Run ${job.ID}?`, text: interrupts ? `${plural(interrupts, 'allocation')} of these will be stopped or replaced:` : 'Nothing that runs is interrupted.', hits: live.map(one => `${one.Name} on ${one.NodeName}`), word: 'Run', danger: interrupts > 0, command: `nomad job run -check-index ${answer.JobModifyIndex} FILE`,
    act: async () => {
      await put('scheduler', inNs('/v1/jobs', job.Namespace), { Job: job, EnforceIndex: true, JobModifyIndex: answer.JobModifyIndex });
      go(jobTo(job.ID, job.Namespace));
    }, done: `${job.ID} was submitted` });
}
