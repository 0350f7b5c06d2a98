/** The page: shows what the worker does. */
import { connect, WorkerLostError } from 'gradus/browser';
import { Drawing } from './drawing.js';
import { LossChart } from './loss-chart.js';
import { TEXTS, type Texts } from './texts.js';
import type { trainer, TrainingEvent } from './trainer.js';

const EPOCHS = 10;

const worker = new Worker(new URL('./trainer.js', import.meta.url), { type: 'module' });
const { call } = connect<typeof trainer>(worker, { onLost: fail });

const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const trainButton = byId<HTMLButtonElement>('train');
const status = byId('status');
const progress = byId<HTMLProgressElement>('progress');

let texts: Texts = TEXTS[preferred()];
let stop: AbortController | undefined;
let trained = false;
/** The last thing said, to say it again in another language. */
let saying: (of: Texts) => string = (of) => of.starting;
let where: { device: string; threads: number } | undefined;
let digit: number | undefined;

const chart = new LossChart(byId('chart'), texts);
const drawing = new Drawing(byId<HTMLCanvasElement>('canvas'), () => void guess());
const rows = probabilityRows();

function preferred(): 'en' | 'zh' {
  const kept = localStorage.getItem('language') ?? navigator.language;
  return kept.startsWith('zh') ? 'zh' : 'en';
}

function translate(): void {
  document.documentElement.lang = texts.language;
  document.title = texts.title;
  const of = texts as unknown as Readonly<Record<string, string>>;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = of[element.dataset['text']!]!;
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    element.setAttribute('aria-label', of[element.dataset['label']!]!);
  }
  byId('language').textContent = texts.other;
  chart.say(texts);
  show();
}

function show(): void {
  trainButton.textContent = stop ? texts.stop : trained ? texts.more : texts.train;
  status.textContent = saying(texts);
  if (where) byId('where').textContent = texts.where(where.device, where.threads);
  byId('guess').textContent = digit === undefined ? texts.nothing : texts.guess(digit);
}

function say(what: (of: Texts) => string): void {
  saying = what;
  show();
}

function fail(error: Error): void {
  status.className = 'error';
  trainButton.disabled = true;
  say(() => error.message);
}

async function train(): Promise<void> {
  if (stop) return stop.abort();
  stop = new AbortController();
  show();
  try {
    const options = { signal: stop.signal, onEvent: report };
    const { stopped } = await call.train({ epochs: EPOCHS }, options);
    if (stopped) say((of) => of.stopped);
  } catch (error) {
    if (!(error instanceof WorkerLostError)) fail(error as Error);
  }
  stop = undefined;
  show();
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function report(event: TrainingEvent): void {
  if (event.kind === 'data') {
    progress.value = 0;
    say((of) => of.drawingData);
  } else if (event.kind === 'step') {
    progress.value = event.share;
    const speed = Number.isFinite(event.speed) ? Math.round(event.speed).toLocaleString() : '…';
    say((of) => of.step(event.loss.toFixed(3), speed));
  } else {
    const { epoch, loss, valLoss, valAccuracy } = event.record;
    trained = true;
    byId<HTMLButtonElement>('save').disabled = false;
    progress.value = epoch / EPOCHS;
    chart.add(loss, valLoss!);
    say((of) => of.done(epoch, percent(valAccuracy!)));
    showGuesses(event.guesses);
    void guess();
  }
}

/** One at a time: a drawing that changes meanwhile is looked at afterwards. */
let guessing = false;
let again = false;
async function guess(): Promise<void> {
  if (guessing) {
    again = true;
    return;
  }
  guessing = true;
  try {
    do {
      again = false;
      const image = drawing.pixels();
      const y = image && (await call.classify(image));
      digit = y && y.indexOf(Math.max(...y));
      rows.forEach(({ meter, text }, i) => {
        meter.value = y?.[i] ?? 0;
        text.textContent = y ? percent(y[i]!) : '';
      });
      show();
    } while (again);
  } catch (error) {
    if (!(error instanceof WorkerLostError)) fail(error as Error);
  } finally {
    guessing = false;
  }
}

function probabilityRows(): { meter: HTMLMeterElement; text: HTMLElement }[] {
  return Array.from({ length: 10 }, (_, i) => {
    const row = byId('probabilities')
      .querySelector('tbody')!
      .appendChild(document.createElement('tr'));
    const head = row.appendChild(document.createElement('th'));
    head.scope = 'row';
    head.textContent = String(i);
    const meter = document.createElement('meter');
    meter.setAttribute('aria-label', String(i));
    row.appendChild(document.createElement('td')).append(meter);
    return { meter, text: row.appendChild(document.createElement('td')) };
  });
}

let labels: readonly number[] = [];

function showGuesses(guesses: readonly number[]): void {
  for (const [i, caption] of byId('samples').querySelectorAll('figcaption').entries()) {
    caption.textContent = String(guesses[i]);
    caption.className = guesses[i] === labels[i] ? '' : 'wrong';
  }
}

function showSamples(images: Uint8Array): void {
  for (let i = 0; i < images.length / 784; i++) {
    const figure = byId('samples').appendChild(document.createElement('figure'));
    const canvas = figure.appendChild(document.createElement('canvas'));
    canvas.width = 28;
    canvas.height = 28;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', String(labels[i]));
    const context = canvas.getContext('2d')!;
    const image = context.createImageData(28, 28);
    images.subarray(784 * i, 784 * i + 784).forEach((ink, at) => {
      image.data.set([ink, ink, ink, 255], 4 * at);
    });
    context.putImageData(image, 0, 0);
    figure.appendChild(document.createElement('figcaption')).textContent = '·';
  }
}

async function save(): Promise<void> {
  const bytes = await call.save();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = 'digits.safetensors';
  link.click();
  URL.revokeObjectURL(link.href);
}

trainButton.addEventListener('click', () => void train());
byId('save').addEventListener('click', () => void save().catch(fail));
byId('clear').addEventListener('click', () => drawing.clear());
byId('language').addEventListener('click', () => {
  texts = texts === TEXTS.en ? TEXTS.zh : TEXTS.en;
  localStorage.setItem('language', texts.language);
  translate();
});
translate();

try {
  where = await call.where();
  const unseen = await call.unseen();
  labels = unseen.labels;
  showSamples(unseen.images);
  trainButton.disabled = false;
  say((of) => of.ready);
} catch (error) {
  fail(error as Error);
}
