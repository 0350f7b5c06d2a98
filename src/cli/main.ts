#!/usr/bin/env node
/** The `gradus` command. */
import { setFlagsFromString } from 'node:v8';
import { supportsRelaxedSimd } from '../engine/backends/wasm/probe.js';
import { processIo } from './io.js';
import { run } from './run.js';

// Multiply-add in one instruction: Node 20 knows it, but has it switched off. A command may switch
// it on for its process; the library leaves V8's flags alone.
if (!supportsRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');

process.exitCode = await run(process.argv.slice(2), processIo());
