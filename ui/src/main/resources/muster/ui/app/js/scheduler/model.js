// What the scheduler's answers mean. Pure.
import { fromNanos } from '../core/format.js';

/** A group's summary in tones. */
export const spreadOf = summary => {
  const sum = key => Object.values(summary ?? {}).reduce((total, group) => total + (group[key] ?? 0), 0);
  return [['ok', sum('Running'), 'running'], ['warn', sum('Starting') + sum('Queued'), 'starting or queued'], ['bad', sum('Failed') + sum('Lost'), 'failed or lost'], ['idle', sum('Complete'), 'complete']];
};

/** CPU (MHz) and memory (MiB) that an allocation was given, and its ports. */
export function granted(alloc) {
  const resources = alloc.AllocatedResources;
  const tasks = Object.values(resources?.Tasks ?? {});
  const networks = [...(resources?.Shared?.Networks ?? []), ...tasks.flatMap(task => task.Networks ?? [])];
  const ports = new Map((resources?.Shared?.Ports ?? []).map(port => [port.Value, port.Label]));
  for (const network of networks) for (const port of [...(network.ReservedPorts ?? []), ...(network.DynamicPorts ?? [])]) ports.set(port.Value, port.Label);
  return {
    cpu: tasks.reduce((sum, task) => sum + (task.Cpu?.CpuShares ?? 0), 0),
    memory: tasks.reduce((sum, task) => sum + (task.Memory?.MemoryMB ?? 0), 0),
    ports: [...ports].map(([value, label]) => ({ value, label })).sort((a, b) => a.value - b.value),
  };
}

export const isLive = alloc => alloc.ClientStatus === 'running' || alloc.ClientStatus === 'pending';

/** Per node what it has, what is given away and to whom. */
export function packed(nodes, allocations) {
  const live = new Map();
  for (const alloc of allocations) {
    if (!isLive(alloc) || alloc.DesiredStatus !== 'run') continue;
    if (!live.has(alloc.NodeID)) live.set(alloc.NodeID, []);
    live.get(alloc.NodeID).push({ id: alloc.ID, name: alloc.Name, job: alloc.JobID, ...granted(alloc) });
  }
  return nodes.map(node => {
    const own = live.get(node.ID) ?? [];
    const cpu = (node.NodeResources?.Cpu?.CpuShares ?? 0) - (node.ReservedResources?.Cpu?.CpuShares ?? 0);
    const memory = (node.NodeResources?.Memory?.MemoryMB ?? 0) - (node.ReservedResources?.Memory?.MemoryMB ?? 0);
    const sum = key => own.reduce((total, one) => total + one[key], 0);
    return { node, allocations: own, cpu: { all: cpu, used: sum('cpu') }, memory: { all: memory, used: sum('memory') }, ports: own.flatMap(one => one.ports.map(port => ({ ...port, of: one }))).sort((a, b) => a.value - b.value) };
  });
}

/** Sentences of why a group was not placed: {text, detail}. */
export function reasons(metric) {
  const found = [];
  const count = (number, word) => `${number} ${number === 1 ? word : `${word}s`}`;
  if (metric.NodesEvaluated === 0) found.push({ text: 'No client could be looked at.', detail: Object.entries(metric.NodesAvailable ?? {}).map(([dc, n]) => `${dc} has ${count(n, 'ready client')}`).join(', ') || 'No client is ready in the datacenters of the job.' });
  else found.push({ text: `${count(metric.NodesEvaluated, 'client')} looked at`, detail: Object.entries(metric.NodesAvailable ?? {}).map(([dc, n]) => `${dc}: ${n}`).join(', ') });
  if (metric.NodesFiltered) found.push({ text: `${count(metric.NodesFiltered, 'client')} filtered out`, detail: '' });
  for (const [name, n] of Object.entries(metric.ClassFiltered ?? {})) found.push({ text: `Class “${name}” was filtered`, detail: count(n, 'client') });
  for (const [rule, n] of Object.entries(metric.ConstraintFiltered ?? {})) found.push(rule.startsWith('waits for ') ? { text: `It ${rule}`, detail: '' } : { text: `Constraint ${rule}`, detail: `filtered ${count(n, 'client')}` });
  if (metric.NodesExhausted) found.push({ text: `${count(metric.NodesExhausted, 'client')} had too little left`, detail: '' });
  for (const [name, n] of Object.entries(metric.ClassExhausted ?? {})) found.push({ text: `Class “${name}” is full`, detail: count(n, 'client') });
  for (const [what, n] of Object.entries(metric.DimensionExhausted ?? {})) found.push({ text: `${what} is exhausted`, detail: `on ${count(n, 'client')}` });
  for (const what of metric.QuotaExhausted ?? []) found.push({ text: `Quota: ${what}`, detail: '' });
  if (metric.CoalescedFailures) found.push({ text: `${metric.CoalescedFailures} more of the same`, detail: 'not tried one by one' });
  return found;
}

/** What a job or a group waits for before its first instances are placed: [{job, group, text}], by the meta key that names it. */
export const dependenciesOf = (meta, own) => (meta?.['muster.depends_on'] ?? '').split(',').map(text => text.trim()).filter(Boolean).map(text => {
  const slash = text.lastIndexOf('/');
  return { text, job: slash < 0 ? text : text.slice(0, slash) || own, group: slash < 0 ? '' : text.slice(slash + 1) };
});

/** Line numbers in errors as the job parser writes them: FILE:LINE,COLUMN-COLUMN. */
export const errorLines = text => [...new Set([...String(text).matchAll(/[\w.]+:(\d+),\d+/g)].map(found => Number(found[1])))];

/** The line of an offset in a text, from 1. */
export const lineAt = (text, offset) => text.slice(0, offset).split('\n').length;

/** Events of all tasks, the newest first. */
export const eventsOf = alloc => Object.entries(alloc.TaskStates ?? {}).flatMap(([task, state]) => (state.Events ?? []).map((event, i) => ({ task, ...event, at: fromNanos(event.Time), i })))
  .sort((a, b) => b.at - a.at || b.i - a.i);

/** What a rule of the scheduler's access language may be about, with its levels. */
export const LEVELS = {
  namespace: ['read', 'write', 'scale', 'deny'], variables: ['read', 'write', 'list', 'destroy', 'deny'], node: ['read', 'write', 'deny'], agent: ['read', 'write', 'deny'], operator: ['read', 'write', 'deny'],
  host_volume: ['read', 'write', 'deny'], plugin: ['read', 'list', 'deny'], quota: ['read', 'write', 'deny'],
};

/** One rule as text. */
export function jobRule(about, name, level) {
  if (about === 'namespace' || about === 'host_volume') return `${about} ${JSON.stringify(name)} {\n  policy = "${level}"\n}`;
  if (about === 'variables') return `namespace "default" {\n  variables {\n    path ${JSON.stringify(name)} {\n      capabilities = ["${level}"]\n    }\n  }\n}`;
  return `${about} {\n  policy = "${level}"\n}`;
}
