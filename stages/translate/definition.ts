import { ok } from '../../pipeline/failure.ts';
import type { OutsideInput, StageDefinition } from '../../pipeline/stage.ts';
import { translateFailures } from './failures.ts';
import { translateSchema, type TranslateParams } from './schema.ts';

/** Images from outside the pipeline through a trained generator; `giverny translate` runs it on a finished run. */
export const translateStage: StageDefinition<TranslateParams> = {
  uses: 'translate',
  version: 1,
  summary: 'translates images of your own, of any size, by the trained generator of one direction',
  schema: translateSchema,
  inputs: { min: 1, max: 1 },
  reads: ['networks'],
  engine: true,
  failures: translateFailures,
  outputs: ({ folder }) => [{ path: `${folder}/`, kind: 'reproducible', inRunFolder: true }],
  prepare(raw, places) {
    const given = raw as Omit<TranslateParams, 'images'> & { readonly images: string | readonly string[] };
    const written = typeof given.images === 'string' ? [['images', given.images] as const] : given.images.map((path, index) => [`images.${index}`, path] as const);
    const outside = written.map(([at, path], index): OutsideInput => {
      const where = places.where(at);
      return { name: `images.${index}`, path: places.resolvePath(at, path), ...(where && { where }) };
    });
    const { images: _images, ...keyed } = given;
    return ok({ params: { ...given, images: outside.map(({ path }) => path) }, keyed, outside, random: false });
  },
  load: async () => (await import('./run.ts')).implementation,
};
