import { html, type Html } from '../html.ts';
import type { RunFolder } from '../run-folder.ts';

/** On what it ran. */
export function environmentSection({ environment }: RunFolder): Html {
  if (environment === undefined) return html``;
  return html`<section id="environment">
<h2>Environment</h2>
<dl class="facts">${Object.entries(environment).map(([name, value]) => value !== null && html`<div><dt>${name}</dt><dd>${written(value)}</dd></div>`)}</dl>
</section>`;
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value).map(([name, inner]) => `${name} ${written(inner)}`).join(', ');
}
