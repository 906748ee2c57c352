// The picture of the way traffic takes, as boxes and lines: entry point, route, service, instance, allocation, node. Pure.
import { byName } from '../core/format.js';

const LANES = ['Entry point', 'Route', 'Service', 'Instance', 'Allocation', 'Node'];
export const BOX = { width: 150, height: 34, gap: 8, top: 28, left: 2 };
/** The whole picture's width; fewer lanes leave more room for the lines between them. */
const WIDE = 1064;
const FAR = 260;
const WORST = { bad: 0, warn: 1, idle: 2, ok: 3 };

/**
 * @param boxes [{id, lane, label, sub, tone, to, weight}]
 * @param links [[from, to]] between boxes of neighbouring lanes
 * @param most boxes of one lane; the healthiest and least used beyond it become one box that says how many
 * @returns {{lanes, boxes, links, width, height}} with places in pixels
 */
export function layout(boxes, links, most = 24) {
  const kept = new Map();
  const near = new Map();
  for (const [from, to] of links) { (near.get(from) ?? near.set(from, []).get(from)).push(to); (near.get(to) ?? near.set(to, []).get(to)).push(from); }
  // Services are chosen first, and then in each lane what stands on the way of those chosen.
  const isOnTheWay = box => (near.get(box.id) ?? []).some(other => kept.get(other) === other);
  const chosen = [];
  for (const lane of [2, 1, 3, 0, 4, 5]) {
    const all = boxes.filter(box => box.lane === lane).map(box => ({ box, rank: WORST[box.tone] * 2 + (isOnTheWay(box) ? 0 : 1), weight: box.weight ?? 0 }));
    const [first, others] = firstOf(all, all.length > most ? most - 1 : all.length, (a, b) => a.rank - b.rank || b.weight - a.weight || byName(a.box.label, b.box.label));
    const shown = first.map(one => one.box);
    shown.forEach(box => kept.set(box.id, box.id));
    if (others.length) {
      const id = `rest-${lane}`;
      const rest = others.map(one => one.box);
      rest.forEach(box => kept.set(box.id, id));
      const tone = rest.reduce((worst, box) => WORST[box.tone] < WORST[worst] ? box.tone : worst, 'ok');
      shown.push({ id, lane, label: `${rest.length} more`, sub: `${rest.filter(box => box.tone === 'bad').length} in trouble`, tone, to: restTo(lane), isRest: true });
    }
    chosen[lane] = { title: LANES[lane], boxes: shown };
  }
  const lanes = chosen.filter(lane => lane.boxes.length > 0);
  const across = lanes.length < 2 ? 0 : Math.min(FAR, Math.floor((WIDE - BOX.width) / (lanes.length - 1)));

  const joined = new Map();
  for (const [from, to] of links) {
    const a = kept.get(from);
    const b = kept.get(to);
    if (a && b) joined.set(`${a}\n${b}`, [a, b, (joined.get(`${a}\n${b}`)?.[2] ?? 0) + 1]);
  }
  const lines = [...joined.values()];
  untangle(lanes, lines);

  const tallest = Math.max(1, ...lanes.map(lane => lane.boxes.length));
  const height = BOX.top + tallest * (BOX.height + BOX.gap) + 8;
  const placed = new Map();
  lanes.forEach((lane, column) => {
    const spare = (tallest - lane.boxes.length) * (BOX.height + BOX.gap) / 2;
    lane.x = BOX.left + column * across;
    lane.boxes.forEach((box, row) => placed.set(box.id, { ...box, x: lane.x, y: BOX.top + Math.min(spare, 160) + row * (BOX.height + BOX.gap) }));
  });
  return {
    lanes: lanes.map(({ title, x, boxes: own }) => ({ title, x, count: own.length })),
    boxes: [...placed.values()],
    links: lines.map(([from, to, count]) => ({ from, to, count, tone: placed.get(to).tone === 'bad' || placed.get(from).tone === 'bad' ? 'bad' : 'ok', path: curve(placed.get(from), placed.get(to)) })),
    width: BOX.left * 2 + (lanes.length - 1) * across + BOX.width,
    height,
  };
}

/** The first of a list in an order, and the others as they come: where few are wanted of many, most are compared but once. */
function firstOf(list, count, compare) {
  const first = [];
  const others = [];
  for (const one of list) {
    if (first.length === count && compare(one, first[count - 1]) >= 0) { others.push(one); continue; }
    let from = 0;
    for (let to = first.length; from < to;) {
      const middle = from + to >> 1;
      if (compare(one, first[middle]) < 0) to = middle;
      else from = middle + 1;
    }
    first.splice(from, 0, one);
    if (first.length > count) others.push(first.pop());
  }
  return [first, others];
}

const restTo = lane => ['/routes', '/routes', '/overview', '/overview', '/allocations', '/clients'][lane];

// Each lane in the order of the middle of what it is joined to on the left, then once more from the right.
function untangle(lanes, lines) {
  const near = { left: new Map(), right: new Map() };
  const add = (side, of, other) => (near[side].get(of) ?? near[side].set(of, []).get(of)).push(other);
  for (const [from, to] of lines) { add('left', to, from); add('right', from, to); }
  const sweep = (from, to, side) => {
    const rank = new Map(from.boxes.map((box, i) => [box.id, i]));
    const middle = new Map();
    for (const box of to.boxes) {
      const at = (near[side].get(box.id) ?? []).map(other => rank.get(other)).filter(i => i !== undefined);
      if (at.length) middle.set(box.id, at.reduce((sum, i) => sum + i, 0) / at.length);
    }
    const order = new Map(to.boxes.map((box, i) => [box.id, i]));
    to.boxes.sort((a, b) => (a.isRest ? 1 : 0) - (b.isRest ? 1 : 0) || (middle.get(a.id) ?? order.get(a.id)) - (middle.get(b.id) ?? order.get(b.id)));
  };
  for (let i = 1; i < lanes.length; i++) sweep(lanes[i - 1], lanes[i], 'left');
  for (let i = lanes.length - 2; i >= 0; i--) sweep(lanes[i + 1], lanes[i], 'right');
  for (let i = 1; i < lanes.length; i++) sweep(lanes[i - 1], lanes[i], 'left');
}

function curve(a, b) {
  const x1 = a.x + BOX.width;
  const y1 = a.y + BOX.height / 2;
  const y2 = b.y + BOX.height / 2;
  const bend = (b.x - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${b.x - bend} ${y2} ${b.x} ${y2}`;
}

/** All boxes on a way through one box, with itself. */
export function reach(id, links) {
  const found = new Set([id]);
  for (const [near, far] of [['from', 'to'], ['to', 'from']]) {
    let edge = [id];
    while (edge.length) {
      const next = [];
      for (const link of links) if (edge.includes(link[near]) && !found.has(link[far])) { found.add(link[far]); next.push(link[far]); }
      edge = next;
    }
  }
  return found;
}
