/** A line chart as inline SVG. */
import { html, type Html } from './html.ts';
import { seriesColours } from './series-colours.ts';
import { short } from './wording.ts';

export interface Series {
  readonly name: string;
  /** A point an epoch. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 640;
const HEIGHT = 260;
const MARGIN = { top: 12, right: 12, bottom: 32, left: 56 };
const GRID_LINES = 4;

/** Draws the series over one pair of axes that begin at 0 below; `label` says for screen readers what is shown. */
export function lineChart(label: string, series: readonly Series[]): Html {
  const points = series.flatMap((one) => one.points).filter(({ y }) => Number.isFinite(y));
  if (points.length === 0) return html``;
  const [first, last] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const top = Math.max(...points.map(({ y }) => y), 1e-9) * 1.05;
  const toX = (x: number) => MARGIN.left + ((x - first) / Math.max(1, last - first)) * (WIDTH - MARGIN.left - MARGIN.right);
  const toY = (y: number) => HEIGHT - MARGIN.bottom - (Math.max(0, y) / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  return html`<figure class="chart">
<figcaption>${label}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${gridLines(top, toY)}
<g class="axis" font-size="12" fill="#777">
<text x="${toX(first)}" y="${HEIGHT - 10}">epoch ${first}</text>
${last > first && html`<text text-anchor="end" x="${WIDTH - MARGIN.right}" y="${HEIGHT - 10}">${last}</text>`}
</g>
${series.map((one, i) => line(one, i, toX, toY))}
</svg>
<ul class="legend">${series.map(({ name, points: own }, i) => html`<li><span class="key series-${i}"></span>${name} <b>${short(own.at(-1)?.y ?? NaN)}</b></li>`)}</ul>
</figure>`;
}

function gridLines(top: number, toY: (y: number) => number): Html[] {
  return Array.from({ length: GRID_LINES + 1 }, (_, i) => {
    const value = (top * i) / GRID_LINES;
    const y = toY(value).toFixed(1);
    return html`<line class="grid" stroke="#ccc" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/><text class="axis" font-size="12" fill="#777" text-anchor="end" x="${MARGIN.left - 6}" y="${y}" dy="4">${short(value)}</text>
`;
  });
}

function line({ name, points }: Series, index: number, toX: (x: number) => number, toY: (y: number) => number): Html {
  const colour = seriesColours[index % seriesColours.length]!;
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const places = finite.map(({ x, y }) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`);
  const [only] = places.length === 1 ? places : [];
  const [x, y] = only?.split(',') ?? [];
  return only === undefined
    ? html`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.join(' ')}"><title>${name}</title></polyline>
`
    : html`<circle fill="${colour}" cx="${x}" cy="${y}" r="3"><title>${name}</title></circle>
`;
}
