/** `giverny diff --html`: the comparison as one file that asks nothing of any network, without a script. */
import { createHash } from 'node:crypto';
import type { Comparison } from '../../../pipeline/catalog.ts';
import { html, Html } from '../../report/html.ts';
import { style as reportStyle } from '../../report/style.ts';
import { axisCharts, lossCharts } from './charts.ts';
import { differences } from './differences.ts';
import { EmbeddedPictures } from './embedded-pictures.ts';
import { pictureTable } from './pictures.ts';
import { resultTable } from './results.ts';
import { stageTable } from './stages.ts';

const style = `${reportStyle}
.scroll { overflow-x: auto; } td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.place { color: var(--quiet); font-size: .8125rem; display: block; overflow-wrap: anywhere; }
.place.better { color: #0a7d33; } .place.worse { color: var(--bad); } @media (prefers-color-scheme: dark) { .place.better { color: #6fdc8c; } }
table.pictures { width: 100%; table-layout: fixed; } .pictures img { width: 100%; min-width: 0; } .pictures td { vertical-align: top; }
`;

const policy = ["default-src 'none'", 'img-src data:', `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`, "base-uri 'none'", "form-action 'none'"].join('; ');

export async function comparisonPage(comparison: Comparison): Promise<string> {
  const { columns, sweep, notes } = comparison;
  const title = sweep?.sweep ?? `${columns[0]!.runs[0]!.run} and ${columns.length === 2 ? columns[1]!.runs[0]!.run : `${columns.length - 1} more`}`;
  const pictures = new EmbeddedPictures();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Giverny diff</title>
<style>${new Html(style)}</style>
</head>
<body>
<header><h1>${title}</h1></header>
<main>
${columnTable(comparison)}
${differences(comparison)}
${resultTable(comparison)}
${axisCharts(comparison)}
${lossCharts(comparison)}
${await pictureTable(comparison, pictures)}
${stageTable(comparison)}
${notes.length > 0 && html`<section id="notes"><h2>Notes</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`}
</main>
</body>
</html>
`.text;
}

function columnTable({ columns, sweep }: Comparison): Html {
  const axes = (sweep?.axes ?? []).filter((axis) => axis !== 'seed');
  return html`<section id="runs"><div class="scroll"><table>
<thead><tr><th scope="col"></th>${axes.map((axis) => html`<th scope="col">${axis}</th>`)}<th scope="col">Runs</th><th scope="col">State</th><th scope="col">Seeds</th></tr></thead>
<tbody>${columns.map(({ letter, runs, values }) => html`<tr><th scope="row">${letter}</th>${axes.map((axis) => html`<td>${values?.[axis] === undefined ? '' : JSON.stringify(values[axis])}</td>`)}<td>${runs.map(({ run }) => run).join(', ')}</td><td>${[...new Set(runs.map(({ state }) => state))].join(', ')}</td><td>${runs.flatMap(({ seed }) => seed ?? []).join(', ')}</td></tr>
`)}</tbody></table></div></section>`;
}
