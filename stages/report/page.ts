/** The whole page: one file that asks nothing of any network. */
import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';
import { Pictures } from './pictures.ts';
import type { RunFolder } from './run-folder.ts';
import { configSection } from './sections/config.ts';
import { environmentSection } from './sections/environment.ts';
import { evaluationSection } from './sections/evaluation.ts';
import { lossesSection } from './sections/losses.ts';
import { samplesSection } from './sections/samples.ts';
import { stagesSection } from './sections/stages.ts';
import { stateSection } from './sections/state.ts';
import { style } from './style.ts';

/** No script, no request; pictures from the page itself or from the folder beside it. */
const policy = [
  "default-src 'none'",
  "img-src data: 'self' file:",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export async function page(run: RunFolder): Promise<string> {
  const pictures = new Pictures(run.folder);
  // In this order the pictures' budget is spent: the comparison first, then the latest samples.
  const evaluation = await evaluationSection(run, pictures);
  const samples = await samplesSection(run, pictures);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${run.run?.name ?? 'run'} · Giverny</title>
<style>${new Html(style)}</style>
</head>
<body>
${stateSection(run)}
<main>
${evaluation}
${samples}
${lossesSection(run)}
${stagesSection(run)}
${configSection(run)}
${environmentSection(run)}
</main>
</body>
</html>
`.text;
}
