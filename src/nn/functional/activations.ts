/**
 * Activations, h of equation (2.16): they make the model non-linear (chapter 2.2). Most work on each
 * element alone and keep the shape; those of `axis-activations.ts` see a whole axis. A derivative at a
 * kink is PyTorch's. Integers stay integers where results have no fractions, as those of relu and
 * hardshrink, and become f32 elsewhere.
 */
export * from './axis-activations.js';
export * from './exponential-units.js';
export * from './hard-activations.js';
export * from './rectifiers.js';
export * from './sigmoids.js';
export * from './smooth-rectifiers.js';
