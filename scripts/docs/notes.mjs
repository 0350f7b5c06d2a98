// The equations of the notes, "深度学习: 从 MLP 到 GNN" version 1.1, in their order.

/**
 * @typedef {object} Equation
 * @property {string} number As in tags: '2.5'; '5.1.1a' to '5.1.1c' for the three without a number.
 * @property {string} section Of the notes.
 * @property {string} says What it says.
 * @property {string} formula In the corrected form where the printed one is wrong.
 * @property {string} [erratum] What the printed form has instead.
 */

/** The chapters that the software has: in them every equation needs a symbol, a test and a page. */
export const builtChapters = ['2.4', '2.5', '2.6', '3.1', '5.1'];

/** Titles of the chapters that have equations. */
export const chapters = {
  2.4: 'Optimization',
  2.5: 'RMSProp and Adam',
  2.6: 'Back-propagation',
  3.1: 'Convolutional networks',
  5.1: 'Recurrent networks',
};

/** The chapter of a section: '2.4' for '2.4.1'. */
export const chapterOf = (section) => section.split('.').slice(0, 2).join('.');

/** @returns {Equation} */
function equation(number, section, says, formula, erratum) {
  return { number, section, says, formula, ...(erratum ? { erratum } : {}) };
}

const directionOfLinks =
  'The text lets k run over the units that send a link to j. It is the other way round: k runs ' +
  'over the units that j sends to. Step 3 of the algorithm, which this is, says δ_i for δ_j.';
const damagedMatrix =
  'Printed with damaged rows. With the vector (k₂₂, k₂₁, k₁₂, k₁₁)ᵀ, which the surviving rows fit, ' +
  'they are: 0 0 0 δ₁₁ · 0 0 δ₁₁ δ₁₂ · 0 0 δ₁₂ 0 · 0 δ₁₁ 0 δ₂₁ · δ₁₁ δ₁₂ δ₂₁ δ₂₂ · ' +
  'δ₁₂ 0 δ₂₂ 0 · 0 δ₂₁ 0 0 · δ₂₁ δ₂₂ 0 0 · δ₂₂ 0 0 0.';
const carriedRate =
  'Printed as m_t = η [β₁ m_{t-1} + (1 - β₁) g_t], which would multiply η into the carried moment ' +
  'again at each step. As in the paper of Kingma and Ba, m is free of η, and η is applied in (2.10).';

/** @type {readonly Equation[]} */
export const equations = [
  equation('2.1', '2.4', 'The gradient of the objective', 'g_t = ∇_θ J(θ)'),
  equation(
    '2.2',
    '2.4',
    'First and second moment are functions of the gradients so far',
    'm_t = φ(g_1, …, g_t),  v_t = ψ(g_1, …, g_t)',
  ),
  equation(
    '2.3',
    '2.4',
    'The update, element by element',
    'θ_{t+1} = θ_t - m_t / √(v_t + ε),  ε = 1e-8',
  ),
  equation(
    '2.4',
    '2.4.1',
    'Mini-batch SGD: the mean gradient of a batch drawn uniformly',
    'g_t = 1/|B| Σ_{i ∈ B_t} ∇J_i(θ_t),  θ_{t+1} = θ_t - η g_t',
  ),
  equation('2.5', '2.4.2', 'Momentum', 'm_t = γ m_{t-1} + η g_t,  θ_{t+1} = θ_t - m_t'),
  equation(
    '2.6',
    '2.4.3',
    'AdaGrad: divide by the root of the sum of all squares',
    'v_t = Σ_{i ≤ t} g_i ⊙ g_i,  θ_{t+1} = θ_t - η / √(v_t + ε) ⊙ g_t',
  ),
  equation(
    '2.7',
    '2.5',
    'RMSProp: a moving mean of the squares instead of their sum',
    'v_t = γ v_{t-1} + (1 - γ) g_t ⊙ g_t,  θ_{t+1} = θ_t - η / √(v_t + ε) ⊙ g_t',
  ),
  equation(
    '2.8',
    '2.5.1',
    'Adam: moving means of gradient and square',
    'm_t = β₁ m_{t-1} + (1 - β₁) g_t,  v_t = β₂ v_{t-1} + (1 - β₂) g_t ⊙ g_t',
    carriedRate,
  ),
  equation(
    '2.9',
    '2.5.1',
    'Adam: correction of the bias towards 0',
    'm̂_t = m_t / (1 - β₁ᵗ),  v̂_t = v_t / (1 - β₂ᵗ)',
  ),
  equation(
    '2.10',
    '2.5.1',
    'Adam: the update',
    'θ_{t+1} = θ_t - η m̂_t / √(v̂_t + ε)',
    'Printed without η, which (2.8) as printed has in m already.',
  ),
  equation('2.11', '2.6', 'The error is a sum over patterns', 'E(w) = Σ_n E_n(w)'),
  equation('2.12', '2.6', 'The linear model', 'y_k = Σ_i w_ki x_i'),
  equation('2.13', '2.6', 'The squared error of a pattern', 'E_n = ½ Σ_k (y_nk - t_nk)²'),
  equation(
    '2.14',
    '2.6',
    'Its gradient: error signal times input',
    '∂E_n/∂w_ji = (y_nj - t_nj) x_ni',
    'The sentence after it calls the input variable x_nj; it is x_ni.',
  ),
  equation('2.15', '2.6', 'A unit adds up what it is sent', 'a_j = Σ_i w_ji z_i'),
  equation('2.16', '2.6', 'A unit applies its activation', 'z_j = h(a_j)'),
  equation(
    '2.17',
    '2.6',
    'δ of an output, for canonical pairs of output activation and loss',
    'δ_k = y_k - t_k',
  ),
  equation(
    '2.18',
    '2.6',
    'δ of a hidden unit, k running over the units that j sends to',
    'δ_j = ∂E_n/∂a_j = h′(a_j) Σ_k w_kj δ_k',
    directionOfLinks,
  ),
  equation('2.19', '2.6', 'The gradient of a weight', '∂E_n/∂w_ji = δ_j z_i'),
  equation('2.20', '2.6', 'The gradient of a batch is a sum', '∂E/∂w_ji = Σ_n ∂E_n/∂w_ji'),
  equation(
    '3.1',
    '3.1.1',
    'Convolution as in signal processing',
    '(f * g)(t) = ∫ f(τ) g(t - τ) dτ',
    'Printed with the word "tau" for τ.',
  ),
  equation('3.2', '3.1.2', 'The convolution layer', 'X * K = Y'),
  equation('3.3', '3.1.2', 'The same for a 3×3 input and a 2×2 kernel', '[3, 3] * [2, 2] = [2, 2]'),
  equation('3.4', '3.1.2', 'The same as a product of matrices (im2col)', 'XC · KC = YC'),
  equation('3.5', '3.1.3', 'The δ of the output, as a column', 'δ = ∇YC'),
  equation('3.6', '3.1.3', 'The gradient of the kernel', '∇KC = XCᵀ · ∇YC'),
  equation('3.7', '3.1.3', 'The gradient of the input, unfolded', '∇XC = ∇YC · KCᵀ'),
  equation('3.8', '3.1.3', 'The forward pass, written out', 'y_ij = Σ_ab x_{i+a, j+b} k_ab'),
  equation(
    '3.9',
    '3.1.3',
    'The gradient of the input, written out',
    '∇X = M(δ) · (k₂₂, k₂₁, k₁₂, k₁₁)ᵀ',
    damagedMatrix,
  ),
  equation(
    '3.10',
    '3.1.3',
    'The gradient of the input is a convolution: δ, padded by zeros, with the turned kernel',
    '∇X = pad(∇Y) * rot180(K)',
  ),
  equation('5.1.1a', '5.1.1', 'The hidden state (no number)', 'h_t = W_hx x_t + W_hh h_{t-1}'),
  equation('5.1.1b', '5.1.1', 'The output (no number)', 'o_t = W_qh h_t'),
  equation('5.1.1c', '5.1.1', 'The loss (no number)', 'L = 1/T Σ_t ℓ(o_t, y_t)'),
  equation(
    '5.1',
    '5.1.2',
    'The gradient of the output weights',
    '∂L/∂W_qh = Σ_t ∂L/∂o_t h_tᵀ',
    'The text before it says W_gh for W_qh.',
  ),
  equation('5.2', '5.1.2', 'The gradient of the input weights', '∂L/∂W_hx = Σ_t ∂L/∂h_t x_tᵀ'),
  equation(
    '5.3',
    '5.1.2',
    'The gradient of the recurrent weights',
    '∂L/∂W_hh = Σ_t ∂L/∂h_t h_{t-1}ᵀ',
  ),
  equation('5.4', '5.1.2', 'The gradient of an output', '∂L/∂o_t = ∂ℓ(o_t, y_t) / (T · ∂o_t)'),
  equation(
    '5.5',
    '5.1.2',
    'The gradient of a hidden state, for the identity as activation',
    '∂L/∂h_t = Σ_{i=t..T} (W_hhᵀ)^{T-i} W_qhᵀ ∂L/∂o_{T+t-i}',
  ),
];
