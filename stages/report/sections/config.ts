import { html, type Html } from '../html.ts';
import type { RunFolder } from '../run-folder.ts';

/** The resolved config, as it stands in the run folder. */
export function configSection({ config }: RunFolder): Html {
  if (config === undefined) return html``;
  return html`<section id="config">
<h2>Config</h2>
<details><summary>config.yaml, resolved</summary><pre>${config}</pre></details>
</section>`;
}
