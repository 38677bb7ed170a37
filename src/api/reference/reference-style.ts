/** How the reference looks, in light and dark, from 360 pixels on. */
export const referenceStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1d2129, #e6e8ec);
  --soft: light-dark(#555d6b, #a3abba); --line: light-dark(#dfe2e8, #343a46);
  --page: light-dark(#f7f8fa, #14171c); --card: light-dark(#ffffff, #1b1f26);
  --accent: light-dark(#2455c9, #8fb1ff); }
* { box-sizing: border-box; margin: 0; }
body { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; background: var(--page);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; display: grid; gap: 1.25rem;
  grid-template-columns: minmax(0, 1fr); }
h1 { font-size: 1.5rem; } header p { margin-top: 0.4rem; max-width: 46rem; color: var(--soft); }
a { color: var(--accent); }
code, h2, nav { font-family: ui-monospace, monospace; font-size: 0.875em; overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0.5rem; border: 1px solid var(--line); border-radius: 10px;
  background: var(--card); }
nav a { display: flex; gap: 0.6rem; padding: 0.3rem 0.5rem; border-radius: 6px; color: inherit;
  text-decoration: none; } nav a:hover { background: var(--page); }
b { min-width: 4rem; color: var(--accent); } nav b { flex: none; }
b.delete { color: light-dark(#b3261e, #ff9d94); } b.get { color: light-dark(#1a7340, #7fd8a4); }
main { display: grid; gap: 0.9rem; min-width: 0; }
section { padding: 1rem; border: 1px solid var(--line); border-radius: 10px;
  background: var(--card); scroll-margin-top: 1rem; }
section:target { border-color: var(--accent); }
h2 { font-weight: 600; } section p { margin: 0.3rem 0 0.6rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.35rem 0; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { width: 4.5rem; padding-right: 0.75rem; color: var(--soft); font-weight: 500; }
@media (min-width: 60rem) { body { grid-template-columns: 25rem minmax(0, 1fr); }
  header { grid-column: 1 / -1; } nav ul { position: sticky; top: 1rem; max-height: 94vh;
  overflow: auto; } }
`
