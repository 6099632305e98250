/**
 * Of all that is drawn to measure: the random feature network, places of patches, directions. Not the config's seed, so that
 * runs of different seeds are measured with one yardstick.
 */
export const measuringSeed = 2018;
