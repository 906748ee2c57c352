// Ranking of names against what was typed: exact, beginning, word beginnings, letters in order. Pure.

/** Higher is better, 0 is no match. */
export function score(name, typed) {
  const text = name.toLowerCase();
  const wanted = typed.toLowerCase().trim();
  if (!wanted) return 1;
  if (text === wanted) return 1000;
  if (text.startsWith(wanted)) return 800 - Math.min(text.length, 200);
  const at = text.indexOf(wanted);
  if (at >= 0) return (/[^a-z0-9]/.test(text[at - 1]) ? 600 : 450) - Math.min(at, 200);
  let from = 0;
  let gaps = 0;
  for (const letter of wanted) {
    const found = text.indexOf(letter, from);
    if (found < 0) return 0;
    gaps += found - from;
    from = found + 1;
  }
  return Math.max(1, 250 - gaps * 4);
}

/** The best of items for what was typed. An item has name and kind, and may have more words to be found by. */
export function rank(items, typed, most = 40) {
  const found = [];
  for (const item of items) {
    let best = score(item.name, typed);
    for (const word of item.words ?? []) best = Math.max(best, score(word, typed) * 0.8);
    if (best > 0) found.push([best + (item.weight ?? 0), item]);
  }
  return found.sort((a, b) => b[0] - a[0] || a[1].name.localeCompare(b[1].name)).slice(0, most).map(([, item]) => item);
}
