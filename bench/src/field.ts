import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorOf, type Check } from './measure/check.js';
import { PeerProcess, type Launch } from './measure/peer-process.js';
import type { ArrayFile, OpenReply, PrepareReply, Task } from './measure/protocol.js';
import type { Cell } from './measure/rounds.js';
import type { Options } from './options.js';
import { contender } from './peers/registry.js';

/** A peer that did not take part, or not in everything. */
export interface Absence {
  readonly peer: string;
  /** What it did not do; undefined if it did not even start. */
  readonly task?: string;
  readonly reason: string;
  /** What was being measured. */
  readonly workload?: string;
}

export interface Prepared extends PrepareReply {
  readonly cell: Cell;
  /** How far off the result was. */
  readonly error: number;
}

/** The peers of a run: starts their processes, gives them their tasks, checks what they compute. */
export class Field {
  readonly absences: Absence[] = [];
  readonly versions: Record<string, { version: string; threads: number }> = {};
  private readonly folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'));
  private readonly running = new Set<PeerProcess>();
  private files = 0;
  /** The workload that runs. */
  workload = '';

  constructor(
    readonly options: Options,
    readonly log: (text: string) => void,
  ) {}

  /** Writes an array to a file that every peer can read. */
  store(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[]): ArrayFile {
    const path = join(this.folder, `array-${this.files++}.bin`);
    writeFileSync(path, values);
    const isInts = values instanceof Int32Array;
    return { path, shape, dtype: isInts ? 'i32' : values instanceof Uint8Array ? 'u8' : 'f32' };
  }

  /** A new folder, gone when the run ends. */
  makeFolder(): string {
    return mkdtempSync(join(this.folder, 'folder-'));
  }

  /**
   * Starts a peer's process, with variables of its environment; undefined if it is not wanted or does
   * not start.
   */
  async start(
    id: string,
    env: Launch['env'] = {},
  ): Promise<{ peer: PeerProcess; opened: OpenReply } | undefined> {
    const { peer: name, launch } = contender(id);
    if (name !== undefined && !this.options.peers.includes(name)) return undefined;
    if (this.absences.some((a) => a.peer === id && a.task === undefined)) return undefined;
    const launched = launch(this.options);
    const peer = new PeerProcess(id, { ...launched, env: { ...launched.env, ...env } });
    this.running.add(peer);
    try {
      const opened = await peer.request<'open'>({ command: 'open' });
      this.versions[id] ??= { version: opened.version, threads: opened.threads };
      return { peer, opened };
    } catch (error) {
      this.report({ peer: id, reason: (error as Error).message });
      await this.stop(peer);
      return undefined;
    }
  }

  async stop(peer: PeerProcess): Promise<void> {
    this.running.delete(peer);
    await peer.close();
  }

  async startAll(ids: readonly string[]): Promise<PeerProcess[]> {
    const peers: PeerProcess[] = [];
    for (const id of ids) {
      const started = await this.start(id);
      if (started) peers.push(started.peer);
    }
    return peers;
  }

  /** Gives a peer a task and checks the result; undefined if it fails or the result is wrong. */
  async prepare(
    peer: PeerProcess,
    name: string,
    task: Task,
    check: Check,
  ): Promise<Prepared | undefined> {
    const handle = `${task.kind} ${name}`;
    const outcome = join(this.folder, 'outcome.bin');
    try {
      const request = { command: 'prepare', handle, task, checks: check.runs, outcome } as const;
      const reply = await peer.request<'prepare'>(request);
      const error = errorOf(outcome, check);
      if (!(error <= check.tolerance)) {
        const bound = check.tolerance.toExponential(1);
        throw new Error(`wrong result: off by ${error.toExponential(1)}, allowed ${bound}`);
      }
      return { ...reply, error, cell: { name, peer, handle } };
    } catch (error) {
      this.report({ peer: peer.id, task: handle, reason: (error as Error).message });
      return undefined;
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running].map((peer) => this.stop(peer)));
  }

  /** Ends all processes and removes the files. */
  async close(): Promise<void> {
    await this.stopAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private report(absence: Absence): void {
    const { peer, task } = absence;
    if (this.absences.some((a) => a.peer === peer && a.task === task)) return;
    this.absences.push({ ...absence, workload: this.workload });
    const { label } = contender(absence.peer);
    this.log(`${label}: ${absence.task ?? 'absent'}: ${absence.reason}`);
  }
}
