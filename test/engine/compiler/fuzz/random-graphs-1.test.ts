// covers: src/engine/compiler/fuse/fuse.ts, src/engine/compiler/fuse/group.ts, src/engine/compiler/fuse/kernelize.ts, src/engine/compiler/fuse/materialize.ts, src/engine/compiler/fuse/operands.ts
// covers: src/engine/compiler/program/plan.ts, src/engine/compiler/program/launch.ts, src/engine/compiler/program/main.ts
// covers: src/engine/compiler/lower/loops.ts, src/engine/compiler/lower/emitter.ts, src/engine/compiler/lower/reduction.ts, src/engine/compiler/lower/matmul.ts, src/engine/compiler/lower/scatter.ts, src/engine/compiler/lower/space.ts, src/engine/compiler/lower/apply.ts
import { testPart } from './random-graphs.js';

testPart(0, 2);
