// What both pages share: reading an API, following it, and tables made of text nodes only.
export async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return { data: await answer.json(), index: answer.headers.get('X-Consul-Index') ?? answer.headers.get('X-Nomad-Index') };
}

export function table(heads, rows, empty) {
  if (rows.length === 0) return node('p', empty, 'note');
  const out = document.createElement('table');
  const head = out.createTHead().insertRow();
  heads.forEach(text => head.append(Object.assign(document.createElement('th'), { textContent: text, scope: 'col' })));
  const body = out.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach(cell => line.insertCell().append(cell instanceof Node ? cell : String(cell ?? '')));
  }
  return out;
}

export function node(name, text, kind) {
  return Object.assign(document.createElement(name), { textContent: text, className: kind ?? '' });
}

export function link(text, to) {
  return Object.assign(document.createElement('a'), { textContent: text, href: to });
}

export const state = word => node('span', word, word);

// Draws again whenever the API's index moves; says so while it can't be reached and keeps what was there.
export async function follow(path, draw) {
  const age = document.getElementById('age');
  let index = 0;
  for (let pause = 500; ; ) {
    try {
      const answer = await read(`${path}${path.includes('?') ? '&' : '?'}index=${index}&wait=60s`);
      index = Number(answer.index) >= index ? Number(answer.index) : 0;
      await draw(answer.data);
      age.textContent = 'live';
      pause = 500;
    } catch (problem) {
      age.textContent = `not reached since ${new Date().toLocaleTimeString()}: ${problem.message}`;
      await new Promise(done => setTimeout(done, pause));
      pause = Math.min(pause * 2, 30000);
    }
  }
}
