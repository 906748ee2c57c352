// Follows a list through differences. What did not change stays the same object, so that rows drawn from it need not be drawn again. Pure.

/**
 * @param {Array} before the list that the difference was made from
 * @param {Array} ops [FROM, COUNT] keeps a run of the old list, {v: ELEMENT} is a new element
 */
export function applyDelta(before, ops) {
  const after = [];
  for (const op of ops) {
    if (Array.isArray(op)) {
      const [from, count] = op;
      if (!Array.isArray(before) || from + count > before.length) throw new RangeError('the difference belongs to another list');
      for (let i = from; i < from + count; i++) after.push(before[i]);
    } else {
      after.push(op.v);
    }
  }
  return after;
}

/** Splits a stream of server-sent events. Feed it text; it calls back with each event's name and data. */
export function eventSplitter(onEvent) {
  let rest = '';
  return text => {
    rest += text;
    for (let end; (end = rest.indexOf('\n\n')) >= 0; ) {
      const block = rest.slice(0, end);
      rest = rest.slice(end + 2);
      let name = 'message';
      let data = '';
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) name = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
      }
      onEvent(name, data);
    }
  };
}
