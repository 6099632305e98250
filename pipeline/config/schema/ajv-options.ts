/** How every schema is compiled, here and by the build. */
import type { Options } from 'ajv';

/** Says beside which property a value was written: it is dropped when that one is overridden without it. */
export const belongsTo = 'x-belongs-to';

/** Says that a number stands for both directions and that `prepare` makes it a pair [AtoB, BtoA]: an equal pair is shown as one number. */
export const bothDirections = 'x-both-directions';

/** Says with which power of a number the time of its stage grows: 1 for epochs, 2 for the side of an image. */
export const timeGrows = 'x-time-grows';

/** `data`: and so does the time of the stages that read this one. */
export interface TimeGrows {
  readonly power: number;
  readonly data?: true;
}

/**
 * `useDefaults` fills in what is absent. ajv cannot do so inside anyOf or oneOf, and says so when it compiles the schema:
 * a stage's `prepare` gives those defaults.
 */
export const ajvOptions: Options = {
  allErrors: true,
  useDefaults: true,
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowUnionTypes: true,
  keywords: [belongsTo, bothDirections, timeGrows],
};
