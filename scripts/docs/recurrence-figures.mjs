// The figures of docs/recurrence.md, drawn from what `gradientFlow` reads out.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { panelsFigure } from './panels.mjs';
import { asInitialised, linearPowers, remembering, sharesOf } from './recurrence-experiments.mjs';

const linesOf = (flows) =>
  Object.entries(flows).map(([name, flow]) => ({
    name,
    points: sharesOf(flow).map((share, t) => [t, share]),
  }));

/**
 * @param {string} folder Where src has been compiled to.
 * @returns {Promise<ReadonlyMap<string, string>>} By path.
 */
export async function recurrenceFigures(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const [gradus, nn] = await Promise.all(['index.js', 'nn/index.js'].map(load));
  // The same bits whatever the version of Node.
  gradus.setDevice(new gradus.WasmDevice({ relaxedSimd: false }));
  const library = { gradus, nn };
  const panel = (title, flows) => ({ title, lines: linesOf(flows), x: 'step t', log: true });
  const gated = panelsFigure({
    label: 'Norms of the gradient by the state at each step, for a tanh RNN, an LSTM and a GRU',
    columns: 2,
    panels: [
      panel('‖∂L/∂h_t‖ as PyTorch initialises', asInitialised(library)),
      panel('Orthogonal W_hh; gates that remember', remembering(library)),
    ],
  });
  const powers = panelsFigure({
    label: 'Norms of the gradient by the state of linear networks with three spectral radii',
    columns: 1,
    panels: [panel('‖∂L/∂h_t‖ where φ is the identity, W_hh of radius ρ', linearPowers(library))],
    width: 520,
  });
  return new Map([
    ['docs/figures/gradient-flow.svg', gated],
    ['docs/figures/gradient-powers.svg', powers],
  ]);
}
