/** constant_epochs at the full rate, then a straight line to 0 over decay_epochs, one step an epoch. */
export interface LinearDecay {
  readonly constant_epochs: number;
  readonly decay_epochs: number;
}

/**
 * The learning rate of an epoch (counted from 1). With a schedule: the paper's, section 7.1 ("linearly decay the rate to
 * zero over the next 100 epochs"), stepped as `lambda_rule` in junyanz's models/networks.py does: the first decay epoch is
 * already below the full rate, the last is one step above 0, and every epoch after it has rate 0.
 */
export function learningRateAt(epoch: number, initial: number, schedule: LinearDecay | undefined): number {
  if (!schedule) return initial;
  const decayed = Math.max(0, epoch - schedule.constant_epochs);
  return initial * Math.max(0, 1 - decayed / (schedule.decay_epochs + 1));
}

/** The last epoch whose rate is above 0, or undefined where none is the last. */
export function lastUsefulEpoch(schedule: LinearDecay | undefined): number | undefined {
  return schedule && schedule.constant_epochs + schedule.decay_epochs;
}
