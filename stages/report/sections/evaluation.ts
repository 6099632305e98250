import { methods, type Evaluation, type Method, type MethodScore } from '../../evaluate/evaluation.ts';
import { translations, type Translation } from '../../translation.ts';
import { html, type Html } from '../html.ts';
import type { Pictures } from '../pictures.ts';
import type { RunFolder } from '../run-folder.ts';
import { methodName, score, testSetName, translationName } from '../wording.ts';

/** The scores beside the baselines, one table a direction, with a few translations to look at. */
export async function evaluationSection({ evaluation, comparisons }: RunFolder, pictures: Pictures): Promise<Html> {
  if (!evaluation) return html``;
  const parts: Html[] = [];
  for (const translation of translations) {
    const file = `${translation}.png`;
    const shown = `${translationName(translation)}: input, translation${evaluation.test.paired ? ', truth' : ''}`;
    const strip = comparisons.includes(file) && html`<figure><figcaption>${shown}</figcaption>${await pictures.image(`evaluation/${file}`, shown)}</figure>`;
    parts.push(html`<div class="evaluation">${table(evaluation, translation)}${strip}</div>`);
  }
  return html`<section id="evaluation">
<h2>Evaluation</h2>
${parts}
<p class="note">${evaluation.test.paired && 'PSNR and SSIM against the truth: more is better. '}Texture: sliced Wasserstein distance ×1000 of mean-removed 5×5 luminance patches to the real images; less is better. The real images among themselves: one half of them against the other, what a perfect translation would have.</p>
</section>`;
}

function table(evaluation: Evaluation, translation: Translation): Html {
  const { methods: scores, floor } = evaluation.translations[translation];
  const { paired } = evaluation.test;
  return html`<table>
<caption>${translationName(translation)}, ${testSetName(evaluation, translation)}</caption>
<thead><tr><th scope="col">Translation</th>${paired && html`<th scope="col">PSNR dB</th><th scope="col">SSIM</th>`}<th scope="col">texture</th></tr></thead>
<tbody>
${methods.map((method) => scores[method] && row(method, scores[method], translation, paired))}
<tr class="floor"><th scope="row">real images among themselves</th>${paired && html`<td></td><td></td>`}<td>${score(floor.texture_distance, 2)}</td></tr>
</tbody>
</table>`;
}

function row(method: Method, found: MethodScore, translation: Translation, paired: boolean): Html {
  return html`<tr class="${method}"><th scope="row">${methodName(method, translation)}</th>${
    paired && html`<td>${score(found.psnr, 2)}</td><td>${score(found.ssim, 3)}</td>`
  }<td>${score(found.texture_distance, 2)}</td></tr>
`;
}
