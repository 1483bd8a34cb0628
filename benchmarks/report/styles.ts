/** Light or dark, as the reader's system has it. */
export const STYLES = `
:root { color-scheme: light dark; --line: #d8d8d8; --quiet: #666; --paper: #fff; --ink: #1c1c1c; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3c3c3c; --quiet: #a5a5a5; --paper: #161616; --ink: #e6e6e6; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 940px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 3rem 0 .25rem; border-top: 1px solid var(--line); padding-top: 1rem; }
small, figcaption, summary { color: var(--quiet); font-weight: normal; }
nav a { margin-right: .75rem; }
a { color: inherit; }
figure { margin: 1rem 0; }
figcaption { font-size: .9rem; margin-bottom: .25rem; }
svg { max-width: 100%; height: auto; overflow: visible; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; white-space: normal; vertical-align: bottom; }
td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left; }
.missing { color: #c23b3b; font-weight: 600; white-space: pre-wrap; }
code { overflow-wrap: anywhere; }
`
