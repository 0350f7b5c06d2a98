import { count, duration, percent } from '../format.js';
import { bestEpoch } from '../run-folder/best-epoch.js';
import { settingText } from '../run-folder/records.js';
import type { Run } from '../run-folder/run-folder.js';
import { figuresOf } from '../test-result.js';
import { secondsOf } from '../run-folder/seconds-of.js';
import { escapeHtml, say, section, tableOf } from './html.js';

/** The figures at the head of a run. */
export function headline(run: Run): string {
  const { test, start, epochs } = run;
  const best = bestEpoch(epochs);
  const items: [string, string][] = [];
  if (test?.accuracy !== undefined) items.push([say('testAccuracy'), percent(test.accuracy)]);
  else if (test !== undefined) items.push(...figuresOf(test));
  if (test !== undefined) items.push([say('testLoss'), test.loss.toFixed(4)]);
  if (best !== undefined) {
    const where = `<small>${say('inEpoch', best.epoch)}</small>`;
    const { valAccuracy, valLoss } = best;
    if (valAccuracy !== undefined)
      items.push([say('bestValidation'), percent(valAccuracy) + where]);
    else items.push([say('bestValidationLoss'), valLoss!.toFixed(4) + where]);
  }
  items.push([say('epochs'), `${epochs.length} / ${String(start.settings.epochs)}`]);
  items.push([say('trainingTime'), duration(secondsOf(run))]);
  items.push([say('parameters'), count(start.model.parameters)]);
  const { multiplyAdds } = start.model;
  if (multiplyAdds !== undefined) items.push([say('multiplyAdds'), count(multiplyAdds)]);
  const cells = items.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const note = test === undefined ? `<p class="note">${say('unfinished')}</p>\n` : '';
  return `${note}<dl class="figures">${cells.join('\n')}</dl>`;
}

/** Settings, data, machine, and how to do it again. */
export function facts(run: Run): string {
  return [
    section('settings', table(settingRows(run))),
    section('data', table(dataRows(run))),
    section('machine', table(machineRows(run))),
    section('layers', layers(run)),
    section(
      'repeat',
      `<pre><code>${escapeHtml(run.start.command)}</code></pre>\n<p class="soft">${say('repeatNote')}</p>`,
    ),
  ].join('\n');
}

function layers({ start: { model } }: Run): string {
  const tree = `<pre>${escapeHtml(model.layers)}</pre>`;
  if (typeof model.summary !== 'string') return tree;
  return `${tree}\n<pre>${escapeHtml(model.summary)}</pre>\n<p class="soft">${say('layersNote')}</p>`;
}

type Row = readonly [name: string, value: string];

const table = (rows: readonly Row[]): string => tableOf('facts', [], rows);

function settingRows({ start, resumed, test }: Run): Row[] {
  const rows: Row[] = Object.entries(start.settings).map(([name, value]) => [
    `<code>${escapeHtml(name)}</code>`,
    escapeHtml(settingText(value)),
  ]);
  rows.push([say('started'), escapeHtml(start.time.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))]);
  if (resumed > 0) rows.push([say('resumed'), String(resumed)]);
  if (test?.stopped !== undefined) rows.push([say('stopped'), escapeHtml(test.stopped)]);
  return rows;
}

function dataRows({ start: { data } }: Run): Row[] {
  return [
    [say('data'), escapeHtml(data.name)],
    [say('source'), escapeHtml(data.source)],
    ...(data.target === undefined ? [] : [[say('target'), escapeHtml(data.target)] as const]),
    [say('sizes'), say('parts', count(data.train), count(data.validation), count(data.test))],
    [say('testHash'), `<code>${escapeHtml(String(data.testHash))}</code>`],
  ];
}

function machineRows({ start: { machine, version } }: Run): Row[] {
  return [
    [say('processor'), say('cores', machine.cpu, machine.cores)],
    [say('memory'), `${machine.memory} GiB`],
    [say('system'), escapeHtml(`${machine.os}, ${machine.arch}`)],
    [say('software'), escapeHtml(`Gradus ${version}, Node ${machine.node}`)],
    [say('device'), escapeHtml(machine.device)],
  ];
}
