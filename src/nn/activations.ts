/** Activations as modules: see the functions of the same names. */
export * from './axis-activations.js';
export * from './exponential-units.js';
export * from './hard-activations.js';
export * from './rectifiers.js';
export * from './sigmoids.js';
export * from './smooth-rectifiers.js';
