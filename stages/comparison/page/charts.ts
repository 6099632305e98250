/** Losses over the iterations, and the axes of a sweep against each metric, as inline SVG. */
import type { AxisEffect, Comparison } from '../../../pipeline/catalog.ts';
import { html, type Html } from '../../report/html.ts';
import { seriesColours } from '../../report/series-colours.ts';
import { short } from '../../report/wording.ts';

const [width, height] = [640, 260];
const margin = { top: 12, right: 16, bottom: 32, left: 56 };

/** More lines than colours cannot be told apart. */
const linesAtMost = seriesColours.length;

export function lossCharts({ curves, columns }: Comparison): Html {
  const charts = curves.map(({ label, headline, cells }) => ({ headline, chart: lossChart(label, cells.flatMap((cell, index) => (cell === null ? [] : [{ name: columns[index]!.letter, points: cell.points }])).slice(0, linesAtMost)) }));
  if (charts.length === 0) return html``;
  const [main, further] = [charts.filter(({ headline }) => headline), charts.filter(({ headline }) => !headline)];
  return html`<section id="losses"><h2>Losses</h2><div class="charts">${main.map(({ chart }) => chart)}</div>
${further.length > 0 && html`<details><summary>every term</summary><div class="charts">${further.map(({ chart }) => chart)}</div></details>`}
${columns.length > linesAtMost && html`<p class="note">The first ${linesAtMost} of ${columns.length}.</p>`}</section>`;
}

interface Line {
  readonly name: string;
  readonly points: readonly { readonly iteration: number; readonly value: number }[];
}

function lossChart(label: string, lines: readonly Line[]): Html {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return html``;
  const [last, [least, most]] = [points.reduce((end, { iteration }) => Math.max(end, iteration), 0), padded(points.map(({ value }) => value))];
  const toX = (iteration: number) => margin.left + (iteration / Math.max(1, last)) * (width - margin.left - margin.right);
  const toY = verticalScale(least, most);
  return frame(`${label} by iteration`, least, most, html`<text x="${margin.left}" y="${height - 10}">0</text><text text-anchor="end" x="${width - margin.right}" y="${height - 10}">${last}</text>`, html`${lines.map((line, index) => {
    const places = line.points.map(({ iteration, value }) => `${toX(iteration).toFixed(1)},${toY(value).toFixed(1)}`);
    const colour = seriesColours[index]!;
    return places.length === 1 ? html`<circle fill="${colour}" cx="${places[0]!.split(',')[0]}" cy="${places[0]!.split(',')[1]}" r="3"/>` : html`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.join(' ')}"/>`;
  })}`, lines.map((line, index) => html`<li><span class="key series-${index}"></span>${line.name} <b>${short(line.points.at(-1)!.value)}</b></li>`));
}

export function axisCharts({ sweep, metrics }: Comparison): Html {
  if (sweep === undefined || sweep.effects.length === 0) return html``;
  const headlines = new Set(metrics.filter(({ headline, of }) => headline && of !== 'losses').map(({ name }) => name));
  const effects = sweep.effects.filter((effect) => effect.metrics.some(({ name }) => headlines.has(name)));
  if (effects.length === 0) return html``;
  return html`<section id="axes"><h2>Axes</h2>${effects.map((effect) => html`<h3>${effect.axis}</h3>
<p class="note">Mean and standard deviation over seeds${effect.over.length > 0 && `, means over ${effect.over.join(', ')}`}.</p>
<div class="charts">${effect.metrics.filter(({ name }) => headlines.has(name)).map((metric) => axisChart(effect.axis, metric))}</div>`)}</section>`;
}

/** Values beside each other in their order: a sweep's are seldom evenly spaced. */
function axisChart(axis: string, { label, better, points }: AxisEffect['metrics'][number]): Html {
  const known = points.filter(({ mean }) => Number.isFinite(mean));
  if (known.length === 0) return html``;
  const [least, most] = padded(known.flatMap(({ mean, sd = 0 }) => [mean - sd, mean + sd]));
  const toX = (index: number) => margin.left + ((index + 0.5) / known.length) * (width - margin.left - margin.right);
  const toY = verticalScale(least, most);
  const colour = seriesColours[0];
  const title = `${label} by ${axis}${better === undefined ? '' : better === 'higher' ? ' (more is better)' : ' (less is better)'}`;
  return frame(title, least, most, html`${known.map(({ value }, index) => html`<text text-anchor="middle" x="${toX(index).toFixed(1)}" y="${height - 10}">${typeof value === 'string' ? value : JSON.stringify(value)}</text>`)}`, html`
<polyline fill="none" stroke="${colour}" stroke-opacity="0.4" points="${known.map(({ mean }, index) => `${toX(index).toFixed(1)},${toY(mean).toFixed(1)}`).join(' ')}"/>
${known.map(({ mean, sd, n }, index) => html`${sd !== undefined && html`<line stroke="${colour}" stroke-width="2" x1="${toX(index).toFixed(1)}" x2="${toX(index).toFixed(1)}" y1="${toY(mean - sd).toFixed(1)}" y2="${toY(mean + sd).toFixed(1)}"/>`}<circle fill="${colour}" cx="${toX(index).toFixed(1)}" cy="${toY(mean).toFixed(1)}" r="4"><title>${short(mean)}${sd !== undefined && ` ± ${short(sd)}`}, ${n} ${n === 1 ? 'seed' : 'seeds'}</title></circle>`)}`, []);
}

function frame(label: string, least: number, most: number, axis: Html, drawn: Html, legend: readonly Html[]): Html {
  const toY = verticalScale(least, most);
  const lines = Array.from({ length: 5 }, (_, index) => least + ((most - least) * index) / 4);
  return html`<figure class="chart"><figcaption>${label}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${lines.map((value) => html`<line class="grid" stroke="#ccc" x1="${margin.left}" x2="${width - margin.right}" y1="${toY(value).toFixed(1)}" y2="${toY(value).toFixed(1)}"/><text class="axis" font-size="12" fill="#777" text-anchor="end" x="${margin.left - 6}" y="${toY(value).toFixed(1)}" dy="4">${short(value)}</text>`)}
<g class="axis" font-size="12" fill="#777">${axis}</g>${drawn}
</svg>${legend.length > 0 && html`<ul class="legend">${legend}</ul>`}</figure>`;
}

const verticalScale = (least: number, most: number) => (value: number): number =>
  height - margin.bottom - ((value - least) / (most - least)) * (height - margin.top - margin.bottom);

/** A little room on both sides, and some where all values are one. */
function padded(values: readonly number[]): readonly [number, number] {
  const [least, most] = [values.reduce((low, value) => Math.min(low, value), Infinity), values.reduce((high, value) => Math.max(high, value), -Infinity)];
  const room = most === least ? Math.max(Math.abs(most), 1) * 0.1 : (most - least) * 0.05;
  return [least - room, most + room];
}
