import './little-memory.js';
import './client-worker.js';
