import { count, duration } from '../format.js';
import { bestEpoch } from '../run-folder/best-epoch.js';
import { runNames } from '../run-folder/run-names.js';
import type { Run } from '../run-folder/run-folder.js';
import { secondsOf } from '../run-folder/seconds-of.js';
import { figuresOf } from '../test-result.js';
import { version } from '../version.js';
import { answers } from './answers.js';
import { commonCurves, curves } from './curves.js';
import { facts, headline } from './facts.js';
import { escapeHtml, say, tableOf } from './html.js';
import { probabilities } from './probabilities.js';
import { sights } from './sights.js';
import { STYLE } from './style.js';
import { TEXTS } from './texts.js';

/** Chinese where the reader's browser asks for it; the switch needs no script. */
const SCRIPT = `if (/^zh/i.test(navigator.language)) document.getElementById('lang-zh').checked = true;`;

/**
 * A page about one run, or several with a comparison first. It needs nothing but itself: no network
 * and no other file. The same runs give the same bytes.
 */
export function renderReport(runs: readonly Run[]): string {
  const names = runNames(runs);
  const title = names.join(', ');
  const radio = (language: 'en' | 'zh', rest: string): string =>
    `<input class="lang" type="radio" name="lang" id="lang-${language}"${rest}>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${TEXTS.title.en} / ${TEXTS.title.zh}</title>
<style>${STYLE}</style>
</head>
<body>
${radio('en', ' aria-label="English" checked')}${radio('zh', ' aria-label="中文"')}
<script>${SCRIPT}</script>
<main>
<div class="switch"><label for="lang-en">English</label><label for="lang-zh">中文</label></div>
<header><h1>${say('title')}</h1></header>
${runs.length > 1 ? overview(runs, names) : ''}
${runs.map((run, i) => article(run, i, names[i]!, runs.length > 1)).join('\n')}
<footer>${say('madeBy', version())}</footer>
</main>
</body>
</html>
`;
}

function article(run: Run, i: number, name: string, isOneOfMany: boolean): string {
  const { model, data } = run.start;
  const title = isOneOfMany ? escapeHtml(name) : say('runOn', model.family, data.name);
  const heading = `<h2${isOneOfMany ? '' : ' class="first"'}>${title}</h2>`;
  return ['<article>', heading, headline(run), curves(run, `run${i}`), answers(run)]
    .concat(probabilities(run, `run${i}`), sights(run, `run${i}`), facts(run))
    .concat('</article>')
    .join('\n');
}

function overview(runs: readonly Run[], names: readonly string[]): string {
  const rows = runs.map((run, i) => {
    const { start, test, epochs } = run;
    const best = bestEpoch(epochs);
    return [
      escapeHtml(names[i]!),
      test === undefined ? '–' : figuresOf(test)[0]![1],
      test === undefined ? '–' : test.loss.toFixed(4),
      best === undefined ? '–' : String(best.epoch),
      duration(secondsOf(run)),
      count(start.model.parameters),
    ];
  });
  const head = [
    say('model'),
    runs[0]!.start.data.target === undefined ? say('testAccuracy') : 'RMSE',
    say('testLoss'),
    say('bestEpoch'),
    say('trainingTime'),
    say('parameters'),
  ];
  const data = [...new Set(runs.map(({ start }) => `${start.data.name}: ${start.data.source}`))];
  return (
    `<p class="soft">${escapeHtml(data.join('; '))}</p>\n` +
    `<h3>${say('comparison')}</h3>\n${tableOf('plain', head, rows)}\n` +
    `<h3>${say('curves')}</h3>\n${commonCurves(runs, names)}`
  );
}
