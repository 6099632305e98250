/** Why a file is no image that can be read, for people who never heard of the decoder. */

/** How files of each format begin. */
const beginnings: readonly (readonly [format: string, at: number, bytes: string])[] = [
  ['a JPEG', 0, '\xff\xd8\xff'],
  ['a PNG', 0, '\x89PNG\r\n\x1a\n'],
  ['a GIF', 0, 'GIF8'],
  ['a WebP', 8, 'WEBP'],
  ['a TIFF', 0, 'II*\0'],
  ['a TIFF', 0, 'MM\0*'],
  ['an AVIF', 4, 'ftypavif'],
];
/** Formats that the decoder does not have. */
const unknownBeginnings: readonly (readonly [format: string, at: number, bytes: string])[] = [
  ['a HEIC photo; save it as JPEG or PNG', 4, 'ftyphei'],
  ['a HEIC photo; save it as JPEG or PNG', 4, 'ftypmif1'],
  ['a BMP picture; save it as PNG', 0, 'BM'],
  ['a ZIP archive', 0, 'PK\x03\x04'],
  ['a PDF', 0, '%PDF'],
];
/** How those of which the end is easy to know end. */
const ends: Readonly<Record<string, string>> = { 'a JPEG': '\xff\xd9', 'a PNG': 'IEND\xaeB\x60\x82' };

/** In plain words what is wrong with `file`, and in brackets what the decoder `said` of it. */
export function whatIsWrong(file: Buffer, said: string): string {
  if (file.length === 0) return 'it is empty';
  const starts = ([, at, bytes]: readonly [string, number, string]) => file.toString('latin1', at, at + bytes.length) === bytes;
  const [format] = beginnings.find(starts) ?? [];
  if (format === undefined) return `it is ${unknownBeginnings.find(starts)?.[0] ?? (isText(file) ? 'text' : 'of no image format that is known here')}`;
  const end = ends[format];
  const isWhole = end === undefined || file.includes(end, -64, 'latin1');
  // libvips shares its words among threads: they may be of another image, and say nothing more of one that is cut short.
  return isWhole ? `it is ${format} that is damaged (the decoder says: ${decoderWords(said)})` : `it is ${format} that breaks off before its end`;
}

/** Nothing but what a text has, as far as one looks: a page with an error, saved in the place of an image. */
const isText = (file: Buffer): boolean => file.subarray(0, 256).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);

const decoderWords = (said: string): string => (said.split('\n', 1)[0] ?? '').trim();
