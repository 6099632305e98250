/** The losses of the two discriminators, and of the generator that each judges. */
import type { EpochMetrics } from '../history.ts';

export interface DiscriminatorLosses {
  readonly name: 'discriminatorA' | 'discriminatorB';
  readonly real: number;
  readonly fake: number;
  /** Undefined where the adversarial loss has no weight. */
  readonly adversarial: number | undefined;
}

/** None where none is trained (objective supervised). */
export function discriminatorLosses({ terms }: EpochMetrics): readonly DiscriminatorLosses[] {
  return (['A', 'B'] as const).flatMap((domain) => {
    const [real, fake] = [terms[`discriminator_${domain}_real`], terms[`discriminator_${domain}_fake`]];
    const adversarial = terms[domain === 'A' ? 'adversarial_BToA' : 'adversarial_AToB'];
    return real === undefined || fake === undefined ? [] : [{ name: `discriminator${domain}` as const, real, fake, adversarial }];
  });
}

/** The discriminators of which `holds` says yes in every one of `epochs`, with their losses in the last. */
export function everywhere(epochs: readonly EpochMetrics[], holds: (losses: DiscriminatorLosses) => boolean): readonly DiscriminatorLosses[] {
  const last = epochs.at(-1);
  if (last === undefined) return [];
  return discriminatorLosses(last).filter(({ name }) => epochs.every((epoch) => discriminatorLosses(epoch).some((losses) => losses.name === name && holds(losses))));
}
