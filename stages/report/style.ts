/** The page's only style sheet. Charts name their colours themselves, so that they are right where SVG is drawn without it. */
import { seriesColours } from './series-colours.ts';

export const style = `
:root { color-scheme: light dark; --text: #1d1d1f; --quiet: #5f6368; --line: #d8d8dc; --page: #fff; --raised: #f5f5f7; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #ececf0; --quiet: #a3a3ab; --line: #3a3a40; --page: #16161a; --raised: #212127; --bad: #ff8a80; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { margin: 0 0 .5rem; } h1 small { color: var(--quiet); font: 0.5em ui-monospace, monospace; } h2 { margin-top: 2.5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; } .facts dt { color: var(--quiet); font-size: .8rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.failure { border-left: 4px solid var(--bad); padding: .5rem 1rem; background: var(--raised); }
.note, figcaption { color: var(--quiet); font-size: .875rem; }
table { border-collapse: collapse; margin: .5rem 0; } caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; }
.evaluation td, .evaluation th[scope=col]:not(:first-child) { text-align: right; font-variant-numeric: tabular-nums; }
.cyclegan th, .cyclegan td { font-weight: 700; } .floor th, .floor td { color: var(--quiet); }
.evaluation { margin-bottom: 1.5rem; } figure { margin: 0 0 1rem; } img { max-width: 100%; min-width: min(100%, 24rem); height: auto; display: block; image-rendering: pixelated; }
.samples, .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 1rem; } .samples img { width: 100%; }
svg { width: 100%; height: auto; } .grid { stroke: var(--line); } .axis { fill: var(--quiet); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0; padding: 0; font-size: .875rem; }
.key { display: inline-block; width: 1rem; height: .25rem; margin-right: .4rem; vertical-align: middle; }
${seriesColours.map((colour, i) => `.series-${i} { background: ${colour}; }`).join(' ')}
pre { overflow: auto; padding: 1rem; background: var(--raised); font-size: .8125rem; } summary { cursor: pointer; }
@media print { details { display: block; } }
`;
