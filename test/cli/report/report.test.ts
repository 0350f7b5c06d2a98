// covers: src/cli/report/answers.ts, src/cli/report/curves.ts, src/cli/report/facts.ts
// covers: src/cli/report/charts.ts, src/cli/report/html.ts, src/cli/report/style.ts
// covers: src/cli/report/probabilities.ts, src/cli/report/texts.ts, src/cli/run-folder/best-epoch.ts
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/cli/report/report.js';
import { TEXTS, type TextKey } from '../../../src/cli/report/texts.js';
import { bestEpoch } from '../../../src/cli/run-folder/best-epoch.js';
import type { EpochLine } from '../../../src/cli/run-folder/records.js';
import { aRun } from './a-run.js';

const page = renderReport([aRun()]);

test('every section, in both languages', () => {
  const sections: TextKey[] = [
    ...(['curves', 'confusion', 'perClass', 'predictions', 'probabilities'] as const),
    ...(['settings', 'data', 'machine', 'layers', 'repeat'] as const),
  ];
  for (const key of sections) {
    expect(page).toContain(`<h3><span class="en" lang="en">${TEXTS[key].en}</span>`);
    expect(page).toContain(`<span class="zh" lang="zh">${TEXTS[key].zh}</span></h3>`);
  }
  expect(page.match(/<svg class="chart" role="img"/g)).toHaveLength(3);
  expect(page).toContain('<dd>75.0%</dd>');
  expect(page).toContain('<dd>80.0%<small><span class="en" lang="en">epoch 2</span>');
  expect(page).toContain('gradus train mlp --data digits --seed 0');
  expect(page).toContain('Gradus 0.1.0, Node v20.20.0');
  expect(page).toContain('8, 4');
});

test('confusion matrix and figures of each class', () => {
  const cells = [...page.matchAll(/<td style="[^"]*">(\d*)<\/td>/g)].map((m) => m[1]);
  expect(cells).toEqual(['2', '', '1', '1']);
  expect(page).toContain(
    '<th scope="row">cat</th><td>2</td><td>66.7%</td><td>100.0%</td><td>80.0%</td>',
  );
});

test('a class that neither occurs nor is given has no figures, and is not in their mean', () => {
  const { predictions } = aRun();
  const [labels, predicted] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  const all = renderReport([aRun({ predictions: { ...predictions!, labels, predicted } })]);
  expect(all).toContain('<td>0</td><td>–</td><td>–</td><td>–</td>');
  expect(all).toContain('<td>4</td><td>100.0%</td><td>100.0%</td><td>100.0%</td></tr></tbody>');
});

test('how far probabilities can be trusted, and what thresholds find', () => {
  // Bins of 0.9, of 0.8, of 0.51 and of 0.7: off by 0.1, 0.2, 0.51 and 0.3, which is 0.2775 on average.
  expect(page).toContain('answers, off by 27.7% on average');
  expect(page).not.toContain(TEXTS.roc.en);
  const { predictions } = aRun();
  const shares = [0.9, 0.1, 0.2, 0.8, 0.51, 0.49, 0.7, 0.3];
  const all = renderReport([aRun({ predictions: { ...predictions!, probabilities: shares } })]);
  expect(all.match(/<svg class="chart" role="img"/g)).toHaveLength(5);
  // Both dogs have a higher share of dog than either cat.
  expect(all).toContain('dog &lt;b&gt; 1.000');
  const swapped = shares.map((_, i) => shares[i ^ 1]!);
  const wrong = renderReport([aRun({ predictions: { ...predictions!, probabilities: swapped } })]);
  expect(wrong).toContain('dog &lt;b&gt; 0.000');
});

test('images are in the page, wrong ones before right ones', () => {
  expect(page.match(/<img src="data:image\/png;base64,[\w+/=]+" alt="/g)).toHaveLength(2);
  expect(page.indexOf('alt="#2: dog &lt;b&gt;"')).toBeLessThan(page.indexOf('alt="#0: cat"'));
  expect(page).toContain('<span class="en" lang="en">Wrong: 1 of 4</span>');
});

test('nothing from outside: no address, file, script, style or font', () => {
  expect(page).not.toMatch(/https?:|\/\/[\w-]+\.\w/);
  expect(page).not.toMatch(
    /<(link|iframe|object|embed|base)\b|<script [^>]*src|@import|url\((?!#)/,
  );
  for (const [, source] of page.matchAll(/\b(?:src|href)="([^"]*)"/g)) {
    expect(source).toMatch(/^data:image\/png;base64,/);
  }
});

test('well-formed: tags close in order, ids are unique, text is escaped', () => {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  const open: string[] = [];
  const body = page.replaceAll(/<(style|script)>.*?<\/\1>/gs, '');
  for (const [, close, name, empty] of body.matchAll(/<(\/?)([a-z][\w]*)\b[^>]*?(\/?)>/gi)) {
    if (/^(meta|input|img|br)$/.test(name!) || empty === '/') continue;
    if (close === '') open.push(name!);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  const ids = [...renderReport([aRun(), aRun({ folder: 'b' })]).matchAll(/ id="([^"]*)"/g)].map(
    (m) => m[1],
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(page).toContain('dog &lt;b&gt;');
  expect(page).not.toContain('dog <b>');
  expect(page).toContain('Some CPU &amp; more');
});

test('charts hold a line for each curve and no words', () => {
  const svgs = [...page.matchAll(/<svg.*?<\/svg>/gs)].map((m) => m[0]);
  expect(svgs[0]).toContain('#0072b2');
  expect(svgs[0]).toContain('#d55e00');
  expect(svgs[0]).not.toMatch(/NaN|undefined/);
  for (const svg of svgs) {
    for (const [, text] of svg.matchAll(/<text[^>]*>([^<]*)</g)) expect(text).toMatch(/^[\d.%]+$/);
  }
});

test('the same run gives the same bytes', () => {
  expect(renderReport([aRun()])).toBe(page);
});

describe('what is missing is said', () => {
  test('a run that is not finished', () => {
    const text = renderReport([aRun({ test: undefined, predictions: undefined, epochs: [] })]);
    expect(text).toContain(TEXTS.unfinished.zh);
    expect(text).toContain(TEXTS.noCurves.en);
  });

  test('predictions, a validation part', () => {
    expect(renderReport([aRun({ predictions: undefined })])).toContain(TEXTS.noPredictions.en);
    const epochs = aRun().epochs.map(({ valLoss: _, valAccuracy: __, ...line }) => line);
    const text = renderReport([aRun({ epochs })]);
    expect(text).not.toContain(TEXTS.bestValidation.en);
    expect(text).not.toContain('d55e00');
  });
});

test('several runs: a comparison first', () => {
  const text = renderReport([aRun(), aRun({ folder: 'runs/b' })]);
  expect(text).toContain(TEXTS.comparison.en);
  expect(text.match(/<article>/g)).toHaveLength(2);
  expect(text.match(/<svg /g)).toHaveLength(8);
});

test('texts: both languages, the same places to fill in', () => {
  for (const { en, zh } of Object.values(TEXTS)) {
    expect(en).not.toBe('');
    expect(zh).not.toBe('');
    const places = (text: string): string[] =>
      [...text.matchAll(/\{\d\}/g)].map((m) => m[0]).sort();
    expect(places(zh)).toEqual(places(en));
  }
});

test('the best epoch is the first of the highest validation accuracy, else of the lowest loss', () => {
  const [one, two] = aRun().epochs;
  expect(bestEpoch([one!, two!, { ...two!, epoch: 3 }])?.epoch).toBe(2);
  expect(bestEpoch([])).toBeUndefined();
  const losses = [3, 1, 1, null].map((valLoss, i): EpochLine => {
    const { valAccuracy: _, ...line } = one!;
    return { ...line, epoch: i + 1, valLoss: valLoss as number };
  });
  expect(bestEpoch(losses)?.epoch).toBe(2);
  expect(bestEpoch(losses.slice(3))).toBeUndefined();
});
