// Sets the theme before anything is drawn. The choice is kept in this browser; without one the system's counts.
(() => {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    let chosen = null;
    try { chosen = localStorage.getItem('muster.theme'); } catch { /* storage is refused: the system's theme counts */ }
    document.documentElement.dataset.theme = chosen ?? (system.matches ? 'dark' : 'light');
  };
  system.addEventListener('change', apply);
  window.addEventListener('storage', apply);
  apply();
})();
