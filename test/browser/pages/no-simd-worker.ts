import './without-simd.js';
import '../../../src/browser/engine.js';
