import '../../../src/browser/engine.js';
