import type { Comparison, MetricCell, MetricRow, Versus } from '../../../pipeline/catalog.ts';
import { html, type Html } from '../../report/html.ts';
import { short } from '../../report/wording.ts';

/** Every metric: its mean and spread in each column, and its difference from A. Few columns stand beside each other, many below. */
export function resultTable({ metrics, columns, sweep }: Comparison): Html {
  if (metrics.length === 0) return html`<section id="results"><h2>Results</h2><p>There are no results: none of the ${sweep === undefined ? 'runs' : 'trials'} has any yet.</p></section>`;
  const body = (rows: readonly MetricRow[]) => rows.map((row) => html`<tr><th scope="row">${row.label}${arrow(row)}</th>${row.cells.map((cell) => html`<td class="number">${value(cell)}${versus(cell)}</td>`)}</tr>
`);
  const head = html`<thead><tr><th scope="col"></th>${columns.map(({ letter }) => html`<th scope="col">${letter}</th>`)}</tr></thead>`;
  const [main, further] = [metrics.filter(({ headline }) => headline), metrics.filter(({ headline }) => !headline)];
  const pairs = Math.max(0, ...metrics.flatMap(({ cells }) => cells.map((cell) => (typeof cell?.versus === 'object' ? cell.versus.pairs : 0))));
  const bases = new Set(metrics.flatMap(({ label, bases: found }) => (found === undefined ? [] : [`${label}: ${[...new Set(found.map((each) => each ?? 'unknown'))].join(' / ')}`])));
  return html`<section id="results"><h2>Results</h2>
<div class="scroll"><table>${head}<tbody>${body(main)}</tbody></table></div>
${further.length > 0 && html`<details><summary>every term of the losses</summary><div class="scroll"><table>${head}<tbody>${body(further)}</tbody></table></div></details>`}
<p class="note">↑ more is better, ↓ less is better. Below each value, its difference from A, and where only some seeds are in both, that over these${pairs > 1 ? '; ± is the standard deviation over seeds. p is of a paired two-sided sign-flip test, each comparison by itself; with fewer than 6 seeds in common none can be below 0.05, and it is said in how many of them the difference goes this way' : ''}.${pairs === 1 && ' Of one run against one, or one seed in common, whether a difference is more than chance cannot be told.'}</p>
${bases.size > 0 && html`<p class="note">Not comparable: ${[...bases].join('; ')}.</p>`}
</section>`;
}

const arrow = ({ better }: MetricRow): string => (better === undefined ? '' : better === 'higher' ? ' ↑' : ' ↓');

function value(cell: MetricCell | null): Html {
  if (cell === null) return html`−`;
  const best = cell.best !== undefined && cell.best.mean !== cell.mean && html`<span class="place">best ${number(cell.best.mean)}${cell.best.epoch !== undefined && `, epoch ${cell.best.epoch}`}</span>`;
  return html`${number(cell.mean)}${cell.sd !== undefined && ` ± ${number(cell.sd)}`}${best}`;
}

function versus(cell: MetricCell | null): Html {
  const found = cell?.versus;
  if (found === undefined) return html``;
  if (typeof found === 'string') return html`<span class="place">${found}</span>`;
  const { common } = found;
  if (common === undefined) return difference(found, '', tested(found, found));
  return html`${difference(found, '', undefined)}${difference(common, `over ${common.seeds.length === 1 ? 'seed' : 'seeds'} ${common.seeds.join(', ')} only: `, tested(common, found))}`;
}

type Direction = Pick<Versus, 'difference' | 'isBetter'>;

/** What the pairs say of the difference over them. */
const tested = (of: Direction, { evidence, pairs, higher, p }: Versus): { readonly text: string; readonly isUnclear: boolean } => ({
  text: evidence === 'too-few' ? `, ${of.difference > 0 ? higher : pairs - higher} of ${pairs}` : p === undefined ? '' : `, p ${p < 0.001 ? '<0.001' : p.toFixed(3)}`,
  isUnclear: evidence === 'unclear',
});

function difference({ difference: by, isBetter }: Direction, head: string, evidence: ReturnType<typeof tested> | undefined): Html {
  const verdict = isBetter === undefined || evidence?.isUnclear === true ? '' : isBetter ? ' better' : ' worse';
  return html`<span class="place${verdict}">${head}${by > 0 && '+'}${number(by)}${verdict}${evidence?.text ?? ''}</span>`;
}

/** Four digits; three do for a difference. */
const number = (of: number): string => (!Number.isFinite(of) ? '∞' : Math.abs(of) >= 1e-3 && Math.abs(of) < 1e5 ? String(Number(of.toPrecision(4))) : short(of)).replace('-', '−');
