/** `evaluation/AtoB.csv`: the scores of each image, a row an image and method. */
import { methods, type TranslationScore } from './evaluation.ts';

const columns = ['psnr', 'ssim', 'cycle_l1'] as const;

/** An empty cell is a score that there is not; `inf` is the PSNR of equal pictures. As RFC 4180, lines end with \n. */
export function imageTable({ images }: TranslationScore): string {
  const rows = images.flatMap((image) => methods.flatMap((method) => {
    const score = image[method];
    return score ? [[quoted(image.name), method, ...columns.map((column) => cell(score[column]))].join(',')] : [];
  }));
  return [['image', 'method', ...columns].join(','), ...rows, ''].join('\n');
}

const cell = (value: number | null | undefined) => (value === undefined ? '' : value === null ? 'inf' : String(value));

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
