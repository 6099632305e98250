import type { Comparison, StageCell } from '../../../pipeline/catalog.ts';
import { html, type Html } from '../../report/html.ts';
import { duration } from '../../report/wording.ts';

/** Stage times, what came from the cache, and what made the same. */
export function stageTable({ stages, columns }: Comparison): Html {
  if (stages.length === 0) return html``;
  return html`<section id="stages"><h2>Stages</h2><div class="scroll"><table>
<thead><tr><th scope="col"></th>${columns.map(({ letter }) => html`<th scope="col">${letter}</th>`)}</tr></thead>
<tbody>${stages.map(({ stage, cells }) => html`<tr><th scope="row">${stage}</th>${cells.map((cell) => html`<td>${text(cell)}</td>`)}</tr>
`)}</tbody></table></div><p class="note">=: the same outputs as A.</p></section>`;
}

function text(cell: StageCell | null): string {
  if (cell === null) return '−';
  const { state, seconds, runs, cached, sameOutputs } = cell;
  const time = seconds === undefined ? '' : duration(seconds);
  const word = state === 'done' || state === 'hit' ? time : `${state} ${time}`.trim();
  return `${word}${cached === 0 ? '' : runs === 1 ? ' (cached)' : ` (${cached} of ${runs} cached)`}${sameOutputs === true ? ' =' : ''}`;
}
