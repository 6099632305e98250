import type { Comparison } from '../../../pipeline/catalog.ts';
import { html, type Html } from '../../report/html.ts';
import type { EmbeddedPictures } from './embedded-pictures.ts';

/** Of more columns pictures are too small to see anything. */
const columnsAtMost = 6;

/** The same test images at the same epoch, a column a run. */
export async function pictureTable({ pictures, columns }: Comparison, embedded: EmbeddedPictures): Promise<Html> {
  if (pictures.length === 0) return html``;
  const shown = columns.slice(0, columnsAtMost);
  const rows: Html[] = [];
  for (const { label, epoch, files } of pictures) {
    const cells: Html[] = [];
    for (const [index, { letter }] of shown.entries()) cells.push(html`<td>${await embedded.image(files[index]!, `${letter}: ${label}`)}</td>`);
    rows.push(html`<tr><td colspan="${shown.length}" class="note">${label}${epoch !== undefined && `, epoch ${epoch}`}</td></tr><tr>${cells}</tr>
`);
  }
  return html`<section id="pictures"><h2>Pictures</h2><div class="scroll"><table class="pictures">
<thead><tr>${shown.map(({ letter }) => html`<th scope="col">${letter}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
${columns.length > columnsAtMost && html`<p class="note">Of the first ${columnsAtMost} of ${columns.length}.</p>`}</section>`;
}
