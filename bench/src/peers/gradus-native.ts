// Gradus on machine code by the system's C compiler.
import { setDevice } from 'gradus';
import 'gradus/native';
import { gradus } from './gradus.js';
import type { Peer } from './peer.js';

export const gradusNative: Peer = {
  open: () => {
    setDevice('native');
    return gradus.open();
  },
  prepare: gradus.prepare,
};
