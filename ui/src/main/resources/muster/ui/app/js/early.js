// What need not wait for the modules: the theme, set before anything is drawn, and the page's first reads, asked for while its modules come.
(() => {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const kept = name => { try { return localStorage.getItem(name); } catch { return null; /* storage is refused: nothing is kept */ } };
  const apply = () => { document.documentElement.dataset.theme = kept('muster.theme') ?? (system.matches ? 'dark' : 'light'); };
  system.addEventListener('change', apply);
  window.addEventListener('storage', apply);
  apply();

  const tokens = (() => { try { return JSON.parse(kept('muster.tokens') ?? '{}'); } catch { return {}; /* not of this version: nobody is logged in */ } })();
  // Beyond it the stream asks by itself, and says when it is lost.
  const PATIENCE = 4_000;
  const headers = { ...(tokens.registry ? { 'X-Consul-Token': tokens.registry } : {}), ...(tokens.scheduler ? { 'X-Nomad-Token': tokens.scheduler } : {}) };
  const read = async address => {
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(PATIENCE) });
    // What is refused is refused again, with its words, to whoever follows it.
    return answer.ok ? { data: await answer.json(), index: Number(answer.headers.get('X-Consul-Index') ?? answer.headers.get('X-Nomad-Index') ?? 0) } : null;
  };
  /** Reads under way, by PART:PATH; each gives {data, index}, or null. */
  window.musterReads = new Map((document.documentElement.dataset.reads ?? '').split(' ').filter(Boolean)
    .map(key => [key, read(`/ui-api/${key.replace(':', '')}`).catch(() => null)]));
})();
