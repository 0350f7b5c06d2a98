import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/** Names in use by downloads of this process: a process before it may have had the same number. */
const ours = new Set<string>();

/**
 * The unfinished copy of a file, beside it under a hidden name that says whose it is:
 * `.NAME.PID-RANDOM.part`. Whoever renames a left-over has it, and nobody else can: rename is atomic.
 */
export class PartialFile {
  private constructor(
    private readonly directory: string,
    private readonly name: string,
    private readonly own: string,
  ) {}

  /**
   * Takes over the longest left-over of a download that is not under way any more, or begins a new
   * one. The directory must exist.
   */
  static async claim(file: string): Promise<PartialFile> {
    const directory = path.dirname(file);
    const name = path.basename(file);
    const own = `.${name}.${process.pid}-${randomBytes(6).toString('hex')}.part`;
    ours.add(own);
    const part = new PartialFile(directory, name, own);
    for (const left of await part.leftOvers()) {
      const taken = await fs.rename(path.join(directory, left), part.path).then(
        () => true,
        () => false,
      );
      if (taken) break;
    }
    return part;
  }

  get path(): string {
    return path.join(this.directory, this.own);
  }

  /** Gives the file its real name, in the place of what has it, and removes left-overs. */
  async finish(): Promise<void> {
    await fs.rename(this.path, path.join(this.directory, this.name));
    ours.delete(this.own);
    for (const left of await this.leftOvers()) {
      await fs.rm(path.join(this.directory, left), { force: true });
    }
  }

  /** Leaves what there is for another download to go on with; an empty file goes. */
  async release(): Promise<void> {
    const size = await fs.stat(this.path).then(
      (found) => found.size,
      () => 0,
    );
    if (size === 0) await fs.rm(this.path, { force: true });
    else await fs.rename(this.path, path.join(this.directory, `.${this.name}.0-0.part`));
    ours.delete(this.own);
  }

  /** Names of copies that nobody works on, the longest first. */
  private async leftOvers(): Promise<string[]> {
    const found: { entry: string; size: number }[] = [];
    for (const entry of await fs.readdir(this.directory)) {
      if (!entry.startsWith(`.${this.name}.`)) continue;
      const owner = /^(\d+)-[0-9a-f]+\.part$/.exec(entry.slice(this.name.length + 2));
      if (owner === null || ours.has(entry) || isOther(Number(owner[1]))) continue;
      const size = await fs.stat(path.join(this.directory, entry)).then(
        (stat) => (stat.isFile() ? stat.size : -1),
        () => -1,
      );
      if (size >= 0) found.push({ entry, size });
    }
    return found.sort((a, b) => b.size - a.size).map(({ entry }) => entry);
  }
}

/** Whether another process with this number is alive. */
function isOther(pid: number): boolean {
  if (pid === 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
