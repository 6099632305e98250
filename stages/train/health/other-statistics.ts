/**
 * A discriminator that knows the images it learns from and is fooled by those that the generators learn from. With
 * update_order discriminators_first the former are made in inference mode, with batch normalization's moving statistics,
 * and the latter in training mode, with the batch's: the chapter's recipe, in which the two can part. The translations
 * that people get are of the first kind, and nothing teaches the generators any more what is wrong with them.
 */
import { everywhere } from './discriminator-losses.ts';
import { figure, listed, newestEpochs, type Detector } from './facts.ts';

/** Fewer iterations are a streak of easy images. */
const iterations = 100;

/** Least squares: of one and the same image, √fake + √adversarial is 1 or more. Half of that has room for an epoch's means. */
const most = 0.5;

export const otherStatistics: Detector = ({ epochs, loss: { gan } }) => {
  if (gan !== 'mse' && gan !== 'lsgan') return [];
  const parted = everywhere(newestEpochs(epochs, iterations), ({ fake, adversarial }) => adversarial !== undefined && Math.sqrt(fake) + Math.sqrt(adversarial) < most);
  if (parted.length === 0) return [];
  return [{
    kind: 'other-statistics',
    message: `${listed(parted.map(({ name, fake, adversarial }) => `${name} knows the images it learns from (loss ${figure(fake)}) and is fooled by those the generator learns from (${figure(adversarial!)})`))}: `
      + 'the former are made with the moving statistics of batch normalization, the latter with the batch\'s, and translations, made as the former, no longer improve. '
      + 'Try update_order: generators_first, or model.generator.residual_norm: channel.',
  }];
};
