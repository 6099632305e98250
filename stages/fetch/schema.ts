import type { JsonSchema } from '../../pipeline/stage.ts';
import type { Domain, Split } from '../image-set/image-set.ts';

/** Which folder of the data becomes which split and domain. */
export type SplitFolders = Readonly<Partial<Record<Split, Readonly<Record<Domain, string>>>>>;

export interface FetchParams {
  /** An http(s) URL, or an absolute path of a zip or a folder. */
  readonly url: string;
  /** Lower-case hex. */
  readonly sha256?: string;
  readonly splits: SplitFolders;
  readonly paired: readonly Split[];
}

const folder = (domain: Domain) => ({
  description: `Folder of the data that holds the images of domain ${domain}.`,
  type: 'string',
  minLength: 1,
});

const split = (what: string) => ({
  description: what,
  type: 'object',
  additionalProperties: false,
  required: ['A', 'B'],
  properties: { A: folder('A'), B: folder('B') },
});

export const fetchSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: {
      description:
        'Where the data is: the URL (http or https) of a zip, or the path of a local zip or folder. The folders that `splits` names lie at its top, or in its one top folder.',
      type: 'string',
      minLength: 1,
      examples: ['https://example.org/monet2photo.zip', 'data/my-paintings'],
    },
    sha256: {
      description:
        'Digest of the zip. With it the cache knows the data by its content, so that any mirror serves; without it by the URL. It belongs to the url beside which it is written.',
      type: 'string',
      pattern: '^[0-9a-fA-F]{64}$',
      'x-belongs-to': 'url',
    },
    splits: {
      description: 'Which folders become which split and domain. Networks are trained on train; samples and metrics come from test.',
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        train: split('Folders of the training images.'),
        test: split('Folders of the held-out images.'),
      },
      default: { train: { A: 'trainA', B: 'trainB' }, test: { A: 'testA', B: 'testB' } },
    },
    paired: {
      description:
        'Splits in which image i of A and image i of B (sorted by name) show the same scene, so that the true translation is known. A and B must then have equally many images, of the same names or of no common name.',
      type: 'array',
      items: { enum: ['train', 'test'] },
      uniqueItems: true,
      default: [],
    },
  },
};
