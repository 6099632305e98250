import { html, type Html } from '../html.ts';
import { lineChart, type Series } from '../line-chart.ts';
import type { EpochMetrics } from '../../train/history.ts';
import type { RunFolder } from '../run-folder.ts';

/** The mean losses of every epoch: the sums, the generators' terms, the discriminators' terms, the learning rate. */
export function lossesSection({ metrics }: RunFolder): Html {
  if (metrics.length === 0) return html``;
  const names = [...new Set(metrics.flatMap(({ terms }) => Object.keys(terms)))];
  const ofDiscriminators = (name: string) => name.startsWith('discriminator');
  const terms = (chosen: readonly string[]) => chosen.map((name) => series(metrics, name, ({ terms: all }) => all[name] ?? NaN));
  return html`<section id="losses">
<h2>Losses</h2>
<div class="charts">
${lineChart("Generators' loss (weighted sum) and discriminators' loss (mean)", [
  series(metrics, 'generator_loss', (epoch) => epoch.generator_loss),
  series(metrics, 'discriminator_loss', (epoch) => epoch.discriminator_loss),
])}
${lineChart("The generators' terms (unweighted)", terms(names.filter((name) => !ofDiscriminators(name))))}
${lineChart("The discriminators' terms", terms(names.filter(ofDiscriminators)))}
${lineChart('Learning rate', [series(metrics, 'learning_rate', (epoch) => epoch.learning_rate)])}
</div>
</section>`;
}

const series = (metrics: readonly EpochMetrics[], name: string, valueOf: (epoch: EpochMetrics) => number): Series => ({
  name,
  points: metrics.map((epoch) => ({ x: epoch.epoch, y: valueOf(epoch) })),
});
