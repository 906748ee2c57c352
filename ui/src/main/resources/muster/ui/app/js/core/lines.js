// Differences of texts by lines, and of objects by paths. Pure.

const MOST = 4_000;

/** Rows {kind: 'same' | 'add' | 'cut', text, left, right}; left and right are line numbers or null. */
export function lineDiff(before, after) {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const rows = [];
  for (let i = 0; i < head; i++) rows.push({ kind: 'same', text: a[i], left: i + 1, right: i + 1 });
  middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head, rows);
  for (let i = tail; i > 0; i--) rows.push({ kind: 'same', text: a[a.length - i], left: a.length - i + 1, right: b.length - i + 1 });
  return rows;
}

// Longest common subsequence over what is left; texts beyond the bound are shown as replaced.
function middle(a, b, offset, rows) {
  if (a.length * b.length > MOST * MOST / 4) {
    a.forEach((text, i) => rows.push({ kind: 'cut', text, left: offset + i + 1, right: null }));
    b.forEach((text, i) => rows.push({ kind: 'add', text, left: null, right: offset + i + 1 }));
    return;
  }
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i * width + j] = a[i] === b[j] ? best[(i + 1) * width + j + 1] + 1 : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      rows.push({ kind: 'same', text: a[i], left: offset + ++i, right: offset + ++j });
    } else if (j >= b.length || (i < a.length && best[(i + 1) * width + j] >= best[i * width + j + 1])) {
      rows.push({ kind: 'cut', text: a[i], left: offset + ++i, right: null });
    } else {
      rows.push({ kind: 'add', text: b[j], left: null, right: offset + ++j });
    }
  }
}

/** The same with runs of unchanged lines folded to {kind: 'fold', count}. */
export function folded(rows, around = 3) {
  const near = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    if (row.kind !== 'same') near.fill(1, Math.max(0, i - around), Math.min(rows.length, i + around + 1));
  });
  const out = [];
  for (let i = 0; i < rows.length; i++) {
    if (near[i]) out.push(rows[i]);
    else {
      let count = 0;
      while (i < rows.length && !near[i]) { count++; i++; }
      i--;
      out.push({ kind: 'fold', count });
    }
  }
  return out;
}

/** A scheduler's difference of jobs, as flat rows {kind, depth, text}. */
export function jobChanges(diff) {
  const rows = [];
  const word = { Added: 'added', Deleted: 'deleted', Edited: 'edited' };
  const fields = (list, depth) => {
    for (const field of list ?? []) {
      if (field.Type === 'None') continue;
      const notes = field.Annotations?.length ? `  (${field.Annotations.join(', ')})` : '';
      const change = field.Type === 'Added' ? JSON.stringify(field.New) : field.Type === 'Deleted' ? JSON.stringify(field.Old)
        : `${JSON.stringify(field.Old)} → ${JSON.stringify(field.New)}`;
      rows.push({ kind: word[field.Type] ?? 'same', depth, text: `${field.Name}: ${change}${notes}` });
    }
  };
  const object = (one, depth, name) => {
    if (one.Type === 'None' && !one.Fields?.some(f => f.Type !== 'None') && !one.Objects?.length && !one.Tasks?.length) return;
    const updates = Object.entries(one.Updates ?? {}).map(([what, count]) => `${count} ${what}`).join(', ');
    rows.push({ kind: word[one.Type] ?? 'same', depth, text: `${name}${updates ? `  (${updates})` : ''}${one.Annotations?.length ? `  (${one.Annotations.join(', ')})` : ''}` });
    fields(one.Fields, depth + 1);
    for (const inner of one.Objects ?? []) object(inner, depth + 1, inner.Name);
    for (const task of one.Tasks ?? []) object(task, depth + 1, `task ${task.Name}`);
  };
  if (!diff) return rows;
  fields(diff.Fields, 0);
  for (const inner of diff.Objects ?? []) object(inner, 0, inner.Name);
  for (const group of diff.TaskGroups ?? []) object(group, 0, `group ${group.Name}`);
  return rows;
}
