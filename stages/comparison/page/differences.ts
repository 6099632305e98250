import type { Comparison, ConfigDifference } from '../../../pipeline/catalog.ts';
import { html, type Html } from '../../report/html.ts';

/** Of more columns the values of a path are listed, each with the columns that have it. */
const columnsAtMost = 6;

/** What differed: config, code, data, environment. What is the same is said in a line. */
export function differences(comparison: Comparison): Html {
  const { config, code, data, environment, columns, sweep, unknown } = comparison;
  const isKnown = (name: string): boolean => columns.length > 1 && !unknown.some((part) => part === name) && (name !== 'config' || sweep === undefined);
  const same = Object.entries({ config, code, data, environment }).filter(([name, found]) => found.length === 0 && isKnown(name)).map(([name]) => name);
  return html`<section id="differences"><h2>What differed</h2>
${same.length > 0 && html`<p class="note">The same: ${same.join(', ')}.</p>`}
${config.length > 0 && configTable(comparison)}
${code.length > 0 && html`<h3>Code</h3>${code.map(({ letter, text, stat, patch }) => html`<p>A → ${letter}: ${text}</p>${stat !== undefined && html`<pre>${stat}</pre>`}${patch !== undefined && patch !== '' && html`<details><summary>the patch</summary><pre>${shortened(patch)}</pre></details>`}`)}`}
${data.length > 0 && html`<h3>Data</h3><ul>${data.map(({ letter, text }) => html`<li>A → ${letter}: ${text}</li>`)}</ul>`}
${environment.length > 0 && html`<h3>Environment</h3>${valueTable(comparison, environment.map(({ name, values }) => ({ path: name, values: values.map((value) => (value === null ? null : { value })) })))}`}
</section>`;
}

const configTable = (comparison: Comparison): Html => html`<h3>Config</h3>${valueTable(comparison, comparison.config)}`;

function valueTable({ columns }: Comparison, rows: readonly ConfigDifference[]): Html {
  if (columns.length > columnsAtMost) return html`<ul>${rows.map(({ path, values }) => html`<li>${path}: ${grouped(values, columns.map(({ letter }) => letter))}</li>`)}</ul>`;
  return html`<div class="scroll"><table><thead><tr><th scope="col"></th>${columns.map(({ letter }) => html`<th scope="col">${letter}</th>`)}</tr></thead>
<tbody>${rows.map(({ path, values }) => html`<tr><th scope="row">${path}</th>${values.map((each) => html`<td>${each === null ? 'absent' : text(each.value)}${each?.place !== undefined && html`<span class="place">${each.place}</span>`}</td>`)}</tr>
`)}</tbody></table></div>`;
}

function grouped(values: ConfigDifference['values'], letters: readonly string[]): string {
  const groups = new Map<string, string[]>();
  values.forEach((each, index) => {
    const value = each === null ? 'absent' : text(each.value);
    groups.set(value, [...(groups.get(value) ?? []), letters[index]!]);
  });
  return [...groups].map(([value, found]) => `${value} (${found.join(', ')})`).join('; ');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', '));

/** Characters: a page that is to be mailed holds no data. */
const longestPatch = 200_000;

const shortened = (patch: string): string => (patch.length <= longestPatch ? patch : `${patch.slice(0, longestPatch)}\n… ${patch.length - longestPatch} more characters: giverny diff --code`);
