import { testPart } from './random-graphs.js';

testPart(1, 2);
