/** The script of the ready-made worker, which `startEngine` starts. */
import { engineService } from './engine-service.js';
import { expose } from './worker.js';

expose(engineService);
