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

/**
 * Splits a stream of server-sent events. Feed it text; it calls back with each event's name and data. Each letter is looked at once, however
 * many pieces an event comes in.
 */
export function eventSplitter(onEvent) {
  let held = [];      // pieces of the event that has not ended
  let last = '';      // its last letter: an event's end may be cut in two
  const end = () => {
    let name = 'message';
    let data = '';
    for (const line of held.join('').split('\n')) {
      if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    held = [];
    onEvent(name, data);
  };
  return text => {
    let from = 0;
    if (last === '\n' && text.startsWith('\n')) { end(); from = 1; }
    for (let at; (at = text.indexOf('\n\n', from)) >= 0; from = at + 2) { held.push(text.slice(from, at)); end(); }
    if (from < text.length) held.push(text.slice(from));
    last = text.length === 0 ? last : from < text.length ? text.at(-1) : '';
  };
}
