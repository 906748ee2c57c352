// What a program shows on a terminal: letters and the sequences of ECMA-48 and xterm that shells, editors and pagers use, on rows of
// cells. Pure: bytes' text goes in, rows and replies come out. What it does not know it leaves out and shows nothing for.

const HISTORY = 1_000;
const LONGEST = 4_096;    // of a sequence; what goes on longer is none
const PLAIN = Object.freeze({ fg: null, bg: null, bold: false, dim: false, italic: false, under: false, inverse: false, strike: false });
const LINES = { j: '┘', k: '┐', l: '┌', m: '└', n: '┼', q: '─', t: '├', u: '┤', v: '┴', w: '┬', x: '│', a: '▒', '`': '◆', '~': '·' };
const WIDE = [[0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x1f300, 0x1faff], [0x20000, 0x3fffd]];

/** How many cells a letter takes: 0 for what stands on the one before it. */
export function width(letter) {
  const point = letter.codePointAt(0);
  if (point < 0x300) return 1;
  if (/\p{Mn}|\p{Me}|\u200b|\u200d|\ufe0f/u.test(letter)) return 0;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}

/** A row's cells are letters with their looks; `drawn` is free for whoever draws it and forgotten with every change. */
class Row {
  constructor(columns) { this.cells = Array.from({ length: columns }, () => ({ letter: ' ', look: PLAIN })); this.drawn = null; }
  put(at, letter, look) { this.cells[at] = { letter, look }; this.drawn = null; }
  clear(from, to, look) { for (let at = from; at < Math.min(to, this.cells.length); at++) this.put(at, ' ', look); }
  fit(columns) { while (this.cells.length < columns) this.cells.push({ letter: ' ', look: PLAIN }); this.cells.length = columns; this.drawn = null; }
}

export class Screen {
  constructor(rows, columns) {
    this.rows = rows;
    this.columns = columns;
    this.replies = [];
    this.reset();
  }

  reset() {
    this.lines = Array.from({ length: this.rows }, () => new Row(this.columns));
    this.history = [];
    this.other = null;
    Object.assign(this, { x: 0, y: 0, look: PLAIN, top: 0, bottom: this.rows - 1, wraps: true, cursor: true, appKeys: false, pastes: false, saved: null, drawing: false, pending: '', full: false });
  }

  /** The window has another size; what does not fit from above goes to the history. */
  resize(rows, columns) {
    if (rows === this.rows && columns === this.columns) return;
    const fit = lines => {
      while (lines.length > rows) {
        if (lines === this.lines && this.y < lines.length - 1 && lines.at(-1).cells.every(cell => cell.letter === ' ')) lines.pop();
        else { const gone = lines.shift(); if (lines === this.lines) { if (!this.other) this.keep(gone); this.y = Math.max(0, this.y - 1); } }
      }
      while (lines.length < rows) lines.push(new Row(columns));
      for (const line of lines) line.fit(columns);
    };
    fit(this.lines);
    if (this.other) fit(this.other.lines);
    Object.assign(this, { rows, columns, top: 0, bottom: rows - 1, x: Math.min(this.x, columns - 1), y: Math.min(this.y, rows - 1), full: false });
  }

  /** Takes text as it comes; a sequence may come in pieces. */
  write(text) {
    let rest = this.pending + text;
    this.pending = '';
    while (rest) {
      const plain = rest.search(/[\x00-\x1f\x7f]/);
      if (plain !== 0) {
        const end = plain < 0 ? rest.length : plain;
        for (const letter of rest.slice(0, end)) this.letter(letter);
        rest = rest.slice(end);
        continue;
      }
      if (rest[0] !== '\x1b') { this.control(rest[0]); rest = rest.slice(1); continue; }
      const found = /^\x1b(?:\[([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])|\]([^\x07\x1b]*)(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|([\x20-\x2f])([\x30-\x7e])|([\x30-\x5a\x5c\x60-\x7e]))/.exec(rest);
      if (!found) {
        if (rest.length < LONGEST) { this.pending = rest; return; }
        rest = rest.slice(1);
        continue;
      }
      if (found[3]) this.sequence(found[1], found[2], found[3]);
      else if (found[5]) this.drawing = found[5] === '(' ? found[6] === '0' : this.drawing;
      else if (found[7] && !/^\x1b[PX^_\]]/.test(found[0])) this.escape(found[7]);
      rest = rest.slice(found[0].length);
    }
  }

  letter(given) {
    const letter = this.drawing ? LINES[given] ?? given : given;
    const cells = width(letter);
    if (cells === 0) {
      const at = this.full ? this.x : Math.max(0, this.x - 1);
      const before = this.lines[this.y].cells[at];
      if (before.letter.length < 16) this.lines[this.y].put(at, before.letter + letter, before.look);
      return;
    }
    if (this.full || this.x + cells > this.columns) {
      if (this.wraps) { this.x = 0; this.feed(); } else this.x = this.columns - cells;
      this.full = false;
    }
    const line = this.lines[this.y];
    line.put(this.x, letter, this.look);
    if (cells === 2 && this.x + 1 < this.columns) line.put(this.x + 1, '', this.look);
    this.x += cells;
    if (this.x >= this.columns) { this.x = this.columns - 1; this.full = true; }
  }

  control(which) {
    if (which === '\r') this.move(this.y, 0);
    else if (which === '\n' || which === '\v' || which === '\f') { this.full = false; this.feed(); }
    else if (which === '\b') this.move(this.y, this.x - 1);
    else if (which === '\t') this.move(this.y, Math.min(this.columns - 1, (Math.floor(this.x / 8) + 1) * 8));
  }

  escape(which) {
    if (which === '7') this.save();
    else if (which === '8') this.restore();
    else if (which === 'D') this.feed();
    else if (which === 'E') { this.x = 0; this.feed(); }
    else if (which === 'M') { if (this.y === this.top) this.scroll(-1); else this.move(this.y - 1, this.x); }
    else if (which === 'c') this.reset();
  }

  move(y, x) {
    this.y = Math.max(0, Math.min(this.rows - 1, y));
    this.x = Math.max(0, Math.min(this.columns - 1, x));
    this.full = false;
  }

  save() { this.saved = { x: this.x, y: this.y, look: this.look, drawing: this.drawing }; }
  restore() { const { x, y, look, drawing } = this.saved ?? { x: 0, y: 0, look: PLAIN, drawing: false }; this.move(y, x); Object.assign(this, { look, drawing }); }
  keep(line) { this.history.push(line); if (this.history.length > HISTORY) this.history.shift(); }
  feed() { if (this.y === this.bottom) this.scroll(1); else if (this.y < this.rows - 1) this.y++; }

  /** Moves the rows between the margins up, or down for less than 0. */
  scroll(by, from = this.top) {
    for (let n = 0; n < Math.min(Math.abs(by), this.rows); n++) {
      if (by > 0) {
        const [gone] = this.lines.splice(from, 1);
        if (from === 0 && this.top === 0 && !this.other) this.keep(gone);
        this.lines.splice(this.bottom, 0, new Row(this.columns));
      } else {
        this.lines.splice(this.bottom, 1);
        this.lines.splice(from, 0, new Row(this.columns));
      }
    }
  }

  sequence(given, between, final) {
    const mark = /^[?>=!<]/.test(given) ? given[0] : '';
    const numbers = given.slice(mark.length).split(/[;:]/).map(one => one === '' ? 0 : Number(one) || 0);
    const n = Math.min(Math.max(numbers[0], 1), 9_999);
    if (between) return;
    if (mark === '?' && (final === 'h' || final === 'l')) { for (const one of numbers) this.mode(one, final === 'h'); return; }
    if (mark) return;
    const line = this.lines[this.y];
    const blank = { ...PLAIN, bg: this.look.bg };
    switch (final) {
      case 'A': this.move(Math.max(this.y - n, this.y >= this.top ? this.top : 0), this.x); break;
      case 'B': case 'e': this.move(Math.min(this.y + n, this.y <= this.bottom ? this.bottom : this.rows - 1), this.x); break;
      case 'C': case 'a': this.move(this.y, this.x + n); break;
      case 'D': this.move(this.y, this.x - n); break;
      case 'E': this.move(this.y + n, 0); break;
      case 'F': this.move(this.y - n, 0); break;
      case 'G': case '`': this.move(this.y, n - 1); break;
      case 'd': this.move(n - 1, this.x); break;
      case 'H': case 'f': this.move(n - 1, Math.max(numbers[1] ?? 1, 1) - 1); break;
      case 'J': this.erase(numbers[0], blank); break;
      case 'K': line.clear(numbers[0] === 0 ? this.x : 0, numbers[0] === 1 ? this.x + 1 : this.columns, blank); break;
      case 'L': if (this.y >= this.top && this.y <= this.bottom) this.scroll(-n, this.y); break;
      case 'M': if (this.y >= this.top && this.y <= this.bottom) for (let i = 0; i < Math.min(n, this.rows); i++) { this.lines.splice(this.y, 1); this.lines.splice(this.bottom, 0, new Row(this.columns)); } break;
      case 'P': line.cells.splice(this.x, n); line.fit(this.columns); break;
      case '@': line.cells.splice(this.x, 0, ...Array.from({ length: Math.min(n, this.columns) }, () => ({ letter: ' ', look: blank }))); line.fit(this.columns); break;
      case 'X': line.clear(this.x, this.x + n, blank); break;
      case 'S': this.scroll(n); break;
      case 'T': this.scroll(-n); break;
      case 'm': this.dress(numbers); break;
      case 'r': { const bottom = Math.min(numbers[1] || this.rows, this.rows) - 1; if (n - 1 < bottom) { this.top = n - 1; this.bottom = bottom; this.move(0, 0); } break; }
      case 's': this.save(); break;
      case 'u': this.restore(); break;
      case 'n': if (numbers[0] === 6) this.replies.push(`\x1b[${this.y + 1};${this.x + 1}R`); else if (numbers[0] === 5) this.replies.push('\x1b[0n'); break;
      case 'c': this.replies.push('\x1b[?6c'); break;
      default:
    }
  }

  erase(what, look) {
    const rows = what === 0 ? [this.y + 1, this.rows] : what === 1 ? [0, this.y] : [0, this.rows];
    if (what === 0) this.lines[this.y].clear(this.x, this.columns, look);
    if (what === 1) this.lines[this.y].clear(0, this.x + 1, look);
    for (let y = rows[0]; y < rows[1]; y++) this.lines[y].clear(0, this.columns, look);
    if (what === 3) this.history = [];
  }

  mode(number, on) {
    if (number === 1) this.appKeys = on;
    else if (number === 7) this.wraps = on;
    else if (number === 25) this.cursor = on;
    else if (number === 2004) this.pastes = on;
    else if ((number === 1049 || number === 1047 || number === 47) && on !== Boolean(this.other)) {
      if (on) {
        this.other = { lines: this.lines, x: this.x, y: this.y, look: this.look };
        this.lines = Array.from({ length: this.rows }, () => new Row(this.columns));
        this.move(0, 0);
      } else {
        const { lines, x, y, look } = this.other;
        this.other = null;
        this.lines = lines;
        this.look = look;
        this.move(y, x);
      }
      this.top = 0;
      this.bottom = this.rows - 1;
    }
  }

  /** Colours are 0 to 255, or the text of a colour. */
  dress(numbers) {
    let look = { ...this.look };
    for (let i = 0; i < numbers.length; i++) {
      const n = numbers[i];
      if (n === 0) look = { ...PLAIN };
      else if (n === 1) look.bold = true;
      else if (n === 2) look.dim = true;
      else if (n === 3) look.italic = true;
      else if (n === 4) look.under = true;
      else if (n === 7) look.inverse = true;
      else if (n === 9) look.strike = true;
      else if (n === 22) { look.bold = false; look.dim = false; }
      else if (n === 23) look.italic = false;
      else if (n === 24) look.under = false;
      else if (n === 27) look.inverse = false;
      else if (n === 29) look.strike = false;
      else if (n >= 30 && n <= 37) look.fg = n - 30;
      else if (n >= 90 && n <= 97) look.fg = n - 82;
      else if (n === 39) look.fg = null;
      else if (n >= 40 && n <= 47) look.bg = n - 40;
      else if (n >= 100 && n <= 107) look.bg = n - 92;
      else if (n === 49) look.bg = null;
      else if (n === 38 || n === 48) {
        const place = n === 38 ? 'fg' : 'bg';
        if (numbers[i + 1] === 5) { look[place] = Math.min(numbers[i + 2] ?? 0, 255); i += 2; }
        else if (numbers[i + 1] === 2) { look[place] = `rgb(${[2, 3, 4].map(k => Math.min(numbers[i + k] ?? 0, 255)).join(' ')})`; i += 4; }
      }
    }
    this.look = look;
  }

  /** A row as pieces of one look each. */
  pieces(line) {
    const pieces = [];
    for (const { letter, look } of line.cells) {
      const last = pieces.at(-1);
      if (last && (last.look === look || Object.keys(PLAIN).every(key => last.look[key] === look[key]))) last.text += letter;
      else pieces.push({ text: letter, look });
    }
    return pieces;
  }

  /** Everything that is shown, as text, without what only fills rows up. */
  text() { return this.lines.map(line => line.cells.map(cell => cell.letter).join('').trimEnd()).join('\n').trimEnd(); }
}

/** One of the 256 colours as text; the first 16 are the page's own. */
export function colour(index) {
  if (index >= 232) { const grey = 8 + (index - 232) * 10; return `rgb(${grey} ${grey} ${grey})`; }
  const at = index - 16;
  return `rgb(${[Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(level => level === 0 ? 0 : 55 + level * 40).join(' ')})`;
}

const KEYS = { Enter: '\r', Backspace: '\x7f', Tab: '\t', Escape: '\x1b', Delete: '\x1b[3~', Insert: '\x1b[2~', PageUp: '\x1b[5~', PageDown: '\x1b[6~', F1: '\x1bOP', F2: '\x1bOQ', F3: '\x1bOR', F4: '\x1bOS', F5: '\x1b[15~', F6: '\x1b[17~', F7: '\x1b[18~', F8: '\x1b[19~', F9: '\x1b[20~', F10: '\x1b[21~', F12: '\x1b[24~' };
const MOVES = { ArrowUp: 'A', ArrowDown: 'B', ArrowRight: 'C', ArrowLeft: 'D', Home: 'H', End: 'F' };

/** What a terminal sends for a key; null for what is the browser's. Shift and Tab leave, so that the keyboard is never caught. */
export function keyText({ key, ctrlKey, altKey, metaKey, shiftKey }, appKeys) {
  if (metaKey || (key === 'Tab' && shiftKey) || (ctrlKey && shiftKey)) return null;
  const alt = altKey ? '\x1b' : '';
  if (MOVES[key]) return ctrlKey || shiftKey || altKey ? `\x1b[1;${1 + (shiftKey ? 1 : 0) + (altKey ? 2 : 0) + (ctrlKey ? 4 : 0)}${MOVES[key]}` : `\x1b${appKeys ? 'O' : '['}${MOVES[key]}`;
  if (KEYS[key]) return alt + KEYS[key];
  if ([...key].length !== 1) return null;
  if (!ctrlKey) return alt + key;
  const code = key.toUpperCase().charCodeAt(0);
  if (code >= 64 && code <= 95) return alt + String.fromCharCode(code - 64);
  return key === ' ' ? `${alt}\0` : null;
}

/** A line's words as a shell would take them: quotes hold together, a backslash takes the next letter as it is. */
export function wordsOf(line) {
  const words = [];
  for (const [, plain] of line.matchAll(/((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+)/g)) {
    words.push(plain.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (all, single, double, escaped) => single ?? (double !== undefined ? double.replace(/\\(.)/g, '$1') : escaped)));
  }
  return words;
}
