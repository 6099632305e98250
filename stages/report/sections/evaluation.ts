import { distanceNames, methods, type DistanceName, type Distances, type Evaluation, type MethodScore, type TranslationScore } from '../../evaluate/evaluation.ts';
import { translations, type Translation } from '../../translation.ts';
import { html, type Html } from '../html.ts';
import { lineChart } from '../line-chart.ts';
import type { Pictures } from '../pictures.ts';
import type { RunFolder } from '../run-folder.ts';
import { methodName, score, share, testSetName, translationName, withError } from '../wording.ts';

const distanceTexts: Readonly<Record<DistanceName, { readonly heading: string; readonly text: (distances: Distances) => string }>> = {
  swd: { heading: 'SWD', text: ({ swd }) => score(swd, 2) },
  kid: { heading: 'KID', text: ({ kid, kid_error }) => withError(kid, kid_error) },
  fid: { heading: 'FID', text: ({ fid }) => score(fid, 2) },
  texture_distance: { heading: 'texture', text: ({ texture_distance }) => score(texture_distance, 2) },
};

/** The scores beside the baselines, one table a direction, with a few translations to look at. */
export async function evaluationSection({ evaluation, comparisons }: RunFolder, pictures: Pictures): Promise<Html> {
  if (!evaluation) return html``;
  const parts: Html[] = [];
  for (const translation of translations) {
    const file = `${translation}.png`;
    const shown = `${translationName(translation)}: input, translation${evaluation.test.paired ? ', truth' : ''}`;
    const strip = comparisons.includes(file) && html`<figure><figcaption>${shown}</figcaption>${await pictures.image(`evaluation/${file}`, shown)}</figure>`;
    parts.push(html`<div class="evaluation">${table(evaluation, translation)}${curves(evaluation.translations[translation], translation)}${strip}</div>`);
  }
  return html`<section id="evaluation">
<h2>Evaluation</h2>
${parts}
${notes(evaluation)}
</section>`;
}

function table(evaluation: Evaluation, translation: Translation): Html {
  const { methods: scores, floor } = evaluation.translations[translation];
  const { paired } = evaluation.test;
  const names = distanceNames.filter((name) => Object.values(scores).some((found) => found[name] !== undefined));
  const pair = (psnr: string, ssim: string) => paired && html`<td>${psnr}</td><td>${ssim}</td>`;
  const row = (name: string, found: MethodScore) => html`<th scope="row">${name}</th>${pair(score(found.psnr, 2), score(found.ssim, 3))}<td>${
    found.cycle_l1 === undefined ? '' : score(found.cycle_l1, 3)}</td>${names.map((distance) => html`<td>${distanceTexts[distance].text(found)}</td><td>${share(found.gap_closed?.[distance])}</td>`)}`;
  return html`<table>
<caption>${translationName(translation)}, ${testSetName(evaluation, translation)}</caption>
<thead><tr><th scope="col">Translation</th>${paired && html`<th scope="col">PSNR dB</th><th scope="col">SSIM</th>`}<th scope="col">cycle L1</th>${names.map((name) => html`<th scope="col">${distanceTexts[name].heading}</th><th scope="col">gap closed</th>`)}</tr></thead>
<tbody>
${methods.map((method) => scores[method] && html`<tr class="${method}">${row(methodName(method, translation), scores[method])}</tr>
`)}
<tr class="floor"><th scope="row">real images, half against half</th>${pair('', '')}<td></td>${names.map((name) => html`<td>${distanceTexts[name].text(floor)}</td><td></td>`)}</tr>
</tbody>
</table>`;
}

/** SWD and KID over the epochs that training kept. */
function curves({ epochs = [] }: TranslationScore, translation: Translation): Html {
  if (epochs.length === 0) return html``;
  const chart = (name: DistanceName) => {
    const points = epochs.flatMap((one) => (one[name] === undefined ? [] : [{ x: one.epoch, y: one[name] }]));
    const { heading } = distanceTexts[name];
    return lineChart(`${heading} of ${translationName(translation)} by epoch`, [{ name: heading, points }]);
  };
  return html`<div class="charts">${chart('swd')}${chart('kid')}</div>`;
}

function notes({ test, networks, features }: Evaluation): Html {
  return html`<p class="note">${test.paired && 'PSNR and SSIM compare each translation with the truth: more is better. '}Cycle L1: how far an image is from itself after both translations, values from 0 to 1; less is better. SWD, KID${features?.network === 'named' && ', FID'} and texture are distances from the translations together to the real images together, measured from one half of them to the other half: less is better. “Gap closed” tells how much of such a distance is gone: 0% is as far as the untranslated input is, 100% as near as one half of the real images is to the other half, and below 0% it is farther than the input; there is none where the input is no farther than chance.${features?.network === 'named' && ' FID is of all images, as usual, and depends on their number: so it has no gap.'}</p>
<p class="note">SWD: sliced Wasserstein distance ×1000 of 7×7 patches on each level of the Laplacian pyramid, their colours normalised (Karras et al. 2018); the mean of the levels ${
    test.swd_levels?.map(([height, width]) => `${width}×${height}`).join(', ')}. KID: kernel distance ×1000 ± its standard error (Bińkowski et al. 2018) on ${
    features?.network === 'named' ? 'the features of the network that the config names' : 'features of giverny’s own random network: good for comparing runs with each other, not with figures from papers; it sees colour above all, which SWD and texture leave out'}. Texture: sliced Wasserstein distance ×1000 of mean-removed 5×5 luminance patches.${
    Object.values(networks ?? {})[0] === 'ema' && ' The generators measured are the averaged ones (ema_decay).'} Each image’s own scores: evaluation/AtoB.csv and BtoA.csv.</p>`;
}
