import { html, type Html } from '../html.ts';
import type { RunFolder } from '../run-folder.ts';
import { duration } from '../wording.ts';

/** Each stage: what it reads, its state, its time, why it ran. */
export function stagesSection({ plan, run }: RunFolder): Html {
  const records = run?.stages ?? {};
  const planned = new Map(plan?.stages?.map((stage) => [stage.name, stage]));
  const names = [...new Set([...planned.keys(), ...Object.keys(records)])];
  if (names.length === 0) return html``;
  return html`<section id="stages">
<h2>Stages</h2>
<table>
<thead><tr><th scope="col">Stage</th><th scope="col">Reads</th><th scope="col">State</th><th scope="col">Time</th><th scope="col">Why</th></tr></thead>
<tbody>${names.map((name) => {
  const { state, seconds, reason } = records[name] ?? {};
  return html`<tr><th scope="row">${name}</th><td>${planned.get(name)?.from?.join(', ')}</td><td>${state}</td><td>${seconds === undefined ? '' : duration(seconds)}</td><td>${reason}</td></tr>
`;
})}</tbody>
</table>
</section>`;
}
