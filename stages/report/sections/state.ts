import { html, type Html } from '../html.ts';
import type { RunFolder } from '../run-folder.ts';
import { duration, grouped } from '../wording.ts';

/** The head of the page: what ran, how far it is, how to run it again. */
export function stateSection({ run = {}, metrics }: RunFolder): Html {
  const { name = 'run', digest = '', state = 'unknown', startedAt, seconds, command } = run;
  const last = metrics.at(-1);
  const facts: [string, string | undefined][] = [
    ['State', state],
    ['Started', startedAt],
    ['Took', seconds === undefined ? undefined : duration(seconds)],
    ['Trained', last && `${grouped(last.epoch)} epochs, ${grouped(last.iteration)} iterations`],
    ['Command', command?.join(' ')],
  ];
  const failures = Object.entries(run.stages ?? {}).flatMap(([stage, { failure }]) => (failure?.message === undefined ? [] : [{ stage, ...failure }]));
  return html`<header>
<h1>${name} <small>${digest.slice(0, 12)}</small></h1>
<dl class="facts">${facts.map(([term, value]) => value !== undefined && html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
${failures.map(({ stage, message, hint }) => html`<p class="failure"><b>${stage}</b> failed: ${message}${hint !== undefined && html`. ${hint}`}</p>`)}
</header>`;
}
