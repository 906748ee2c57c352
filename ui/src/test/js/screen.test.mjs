// The terminal's pure parts, as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { Screen, colour, keyText, width, wordsOf } = await import(new URL('../../main/resources/muster/ui/app/js/core/screen.js', import.meta.url));
const shown = (text, rows = 4, columns = 10) => { const screen = new Screen(rows, columns); screen.write(text); return screen; };

const SHOWN = [
  ['letters stand where they come', 'hello', 'hello'],
  ['a line that is full goes on below', '0123456789ab', '0123456789\nab'],
  ['a full line and its end are one line', '0123456789\r\nab', '0123456789\nab'],
  ['rows scroll away at the bottom', '1\r\n2\r\n3\r\n4\r\n5', '2\n3\n4\n5'],
  ['backspace and overwriting', 'abc\b\bX', 'aXc'],
  ['tabs are every eight', 'a\tb', 'a       b'],
  ['the cursor goes where it is told', '\x1b[2;3Hx\x1b[Hy', 'y\n  x'],
  ['up, down, left and right', 'ab\x1b[B\x1b[Dc\x1b[A\x1b[3Cd', 'ab   d\n c'],
  ['the rest of a line is erased', 'abcdef\x1b[3D\x1b[K', 'abc'],
  ['the screen is erased', 'abc\r\ndef\x1b[2J\x1b[Hx', 'x'],
  ['letters are put in and taken out', 'abcd\x1b[4D\x1b[2@XY\x1b[P', 'XYbcd'],
  ['lines are put in and taken out', '1\r\n2\r\n3\x1b[2;1H\x1b[LX\x1b[3;1H\x1b[M', '1\nX\n3'],
  ['margins keep what is outside', 'top\r\n1\r\n2\r\nend\x1b[2;3r\x1b[3;1H\n\x1b[3;1Hnew', 'top\n2\nnew\nend'],
  ['an editor leaves what was there before', 'shell\x1b[?1049hfull page\x1b[?1049l!', 'shell!'],
  ['lines are drawn', '\x1b(0lqk\x1b(Bq', '┌─┐q'],
  ['titles and unknown sequences show nothing', '\x1b]0;a title\x07a\x1b[>4;1mb\x1b[38;5;1;99zc', 'abc'],
  ['wide letters take two cells', '漢字x', '漢字x'],
  ['a wide letter that does not fit goes on below', '012345678漢', '012345678\n漢'],
  ['what stands on a letter stays with it', 'e\u0301x', 'e\u0301x'],
  ['a position is saved and restored', 'ab\x1b7\x1b[3;1Hc\x1b8d', 'abd\n\nc'],
];
for (const [name, text, expected] of SHOWN) {
  test(name, () => assert.equal(shown(text).text(), expected));
  test(`${name}, letter by letter`, () => {
    const screen = new Screen(4, 10);
    for (const letter of text) screen.write(letter);
    assert.equal(screen.text(), expected);
  });
}

test('what scrolls away is kept', () => assert.deepEqual(shown('1\r\n2\r\n3\r\n4\r\n5\r\n6').history.map(line => line.cells[0].letter), ['1', '2']));
test('colours and looks make pieces', () => {
  const screen = shown('a\x1b[1;31mb\x1b[38;5;200mc\x1b[48;2;1;2;3md\x1b[me');
  assert.deepEqual(screen.pieces(screen.lines[0]).map(({ text, look }) => [text.trimEnd(), look.fg, look.bg, look.bold]),
    [['a', null, null, false], ['b', 1, null, true], ['c', 200, null, true], ['d', 200, 'rgb(1 2 3)', true], ['e', null, null, false]]);
  assert.equal(colour(200), 'rgb(255 0 215)');
  assert.equal(colour(232), 'rgb(8 8 8)');
});
test('it says where the cursor is', () => assert.deepEqual(shown('ab\r\nc\x1b[6n').replies, ['\x1b[2;2R']));
test('another size keeps what fits', () => {
  const screen = shown('1\r\n2\r\n3\r\n4');
  screen.resize(2, 5);
  assert.equal(screen.text(), '3\n4');
  screen.resize(3, 5);
  screen.write('\r\nx');
  assert.equal(screen.text(), '3\n4\nx');
});
test('no text breaks it, however it is mixed', () => {
  let seed = 7;
  const random = most => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % most; };
  const parts = ['\x1b[', '\x1b', ';', '?', '9', '99999', '1', 'H', 'J', 'K', 'L', 'M', 'P', '@', 'X', 'S', 'T', 'r', 'm', 'h', 'l', 'a', '漢', '\u0301', '\n', '\r', '\b', '\t', '1049', ']0;', '\x07', '38;5;', '48;2;', '\x1b7', '\x1b8', '\x1bM', '\x1bc', '\x1b(0'];
  for (let round = 0; round < 300; round++) {
    const screen = new Screen(1 + random(6), 2 + random(12));
    for (let i = 0; i < 200; i++) {
      screen.write(parts[random(parts.length)]);
      if (random(50) === 0) screen.resize(1 + random(8), 2 + random(14));
      assert.equal(screen.lines.length, screen.rows);
      assert.ok(screen.lines.every(line => line.cells.length === screen.columns));
      assert.ok(screen.x >= 0 && screen.x < screen.columns && screen.y >= 0 && screen.y < screen.rows);
    }
  }
});

const KEYS = [['a', {}, 'a'], ['Enter', {}, '\r'], ['c', { ctrlKey: true }, '\x03'], ['[', { ctrlKey: true }, '\x1b'], ['x', { altKey: true }, '\x1bx'], ['ArrowUp', {}, '\x1b[A'], ['ArrowLeft', { ctrlKey: true }, '\x1b[1;5D'], ['Tab', {}, '\t'], ['Tab', { shiftKey: true }, null], ['c', { metaKey: true }, null], ['Shift', {}, null], ['C', { ctrlKey: true, shiftKey: true }, null]];
for (const [key, more, expected] of KEYS) test(`the key ${Object.keys(more).join(' ')} ${key}`, () => assert.equal(keyText({ key, ...more }, false), expected));
test('editors ask for other arrows', () => assert.equal(keyText({ key: 'ArrowUp' }, true), '\x1bOA'));
test('cells of letters', () => assert.deepEqual(['a', '漢', '\u0301', '😀'].map(width), [1, 2, 0, 2]));
for (const [line, words] of [['/bin/sh', ['/bin/sh']], ['sh -c "echo \\"a b\\""', ['sh', '-c', 'echo "a b"']], ["a 'b  c'd e\\ f", ['a', 'b  cd', 'e f']], ['  ', []]]) test(`the words of ${line}`, () => assert.deepEqual(wordsOf(line), words));
