import { html, type Html } from '../html.ts';
import type { Pictures } from '../pictures.ts';
import type { RunFolder, Sample } from '../run-folder.ts';

/** The samples of every drawn epoch, the latest open and first: original, generated, reconstructed. */
export async function samplesSection({ samples }: RunFolder, pictures: Pictures): Promise<Html> {
  if (samples.length === 0) return html``;
  const epochs = [...new Set(samples.map(({ epoch }) => epoch))];
  const shown: Html[] = [];
  for (const [i, epoch] of epochs.entries()) {
    const figures: Html[] = [];
    for (const sample of samples.filter((one) => one.epoch === epoch)) figures.push(await figure(sample, pictures));
    shown.push(i === 0
      ? html`<h3>Epoch ${epoch}</h3><div class="samples">${figures}</div>`
      : html`<details><summary>Epoch ${epoch}</summary><div class="samples">${figures}</div></details>`);
  }
  return html`<section id="samples">
<h2>Samples</h2>
<p class="note">Original, generated, reconstructed.</p>
${shown}
</section>`;
}

async function figure({ file, epoch, translation, image }: Sample, pictures: Pictures): Promise<Html> {
  const way = translation === 'AtoB' ? 'A → B → A' : 'B → A → B';
  const picture = await pictures.image(`samples/${file}`, `Epoch ${epoch}, ${way}, ${image}: original, generated, reconstructed`);
  return html`<figure>${picture}<figcaption>${way} · ${image}</figcaption></figure>
`;
}
