import { GradusError } from '../../core/errors.js';

/** The native tier cannot be used: no compiler, one that fails or hangs, or an unusable cache. */
export class NativeError extends GradusError {
  override name = 'NativeError';
}
