import { FormatError } from '../../engine/core/errors.js';

/** A file that cannot be read or written; `path` names it, `code` is the system's (ENOENT, …). */
export class FileError extends FormatError {
  override name = 'FileError';

  constructor(
    message: string,
    readonly path: string,
    readonly code: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const READ_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'a part of the path is a file, not a directory; check the path',
  EISDIR: 'it is a directory; give the path of a file',
  EACCES: 'no permission to read it; change its mode or its owner',
  EPERM: 'no permission to read it; change its mode or its owner',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than the 2 GiB that one read takes',
};

const WRITE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist; create it first',
  ENOTDIR: 'a part of the path is a file, not a directory; check the path',
  EISDIR: 'it is a directory; give the path of a file',
  EACCES: 'no permission to write there; choose another directory or change its mode',
  EPERM: 'no permission to write there; choose another directory or change its mode',
  EROFS: 'the file system is read-only; choose another directory',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the disk quota is used up; free some space',
};

function fileError(
  verb: 'read' | 'write',
  file: string,
  error: unknown,
  reasons: Readonly<Record<string, string>>,
): FileError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = reasons[code ?? ''] ?? (error as Error).message;
  return new FileError(`cannot ${verb} ${file}: ${reason}.`, file, code, { cause: error });
}

/** What to throw where reading `file` failed with the system's `error`. */
export function readFailure(file: string, error: unknown): FileError {
  return fileError('read', file, error, READ_REASONS);
}

/** What to throw where writing `file` failed with the system's `error`. */
export function writeFailure(file: string, error: unknown): FileError {
  return fileError('write', file, error, WRITE_REASONS);
}
