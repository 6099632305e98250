/** The two ways in which a CycleGAN translates. */
import type { Domain } from './image-set/image-set.ts';

export const translations = ['AtoB', 'BtoA'] as const;
/** AtoB makes images of domain B from images of domain A. */
export type Translation = (typeof translations)[number];

export const sourceOf = (translation: Translation): Domain => (translation === 'AtoB' ? 'A' : 'B');
export const targetOf = (translation: Translation): Domain => (translation === 'AtoB' ? 'B' : 'A');
