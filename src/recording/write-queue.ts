import type { FileHandle } from "node:fs/promises";

/** What a queue needs of its file, which is new and empty. */
export type QueueFile = Pick<FileHandle, "writeFile" | "datasync" | "truncate" | "close">;

/**
 * Writes pieces to a file in their order, one at a time. Neither {@link push} nor {@link sync} ever fails: the first
 * error goes to `onFailure`, the file is cut after the last whole piece, and nothing more is written.
 */
export class WriteQueue {
  readonly #file: QueueFile;
  readonly #onFailure: (error: unknown) => void;
  #pieces: Uint8Array[] = [];
  #waiting = 0;
  /** bytes of the pieces that are whole in the file, and how many of them are on the disk */
  #written = 0;
  #synced = 0;
  #isSyncWanted = false;
  #isBroken = false;
  #isWorking = false;
  #work = Promise.resolve();

  /** @param onFailure must not throw */
  constructor(file: QueueFile, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Bytes that are not written yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Appends a piece, which belongs to the queue from now on. */
  push(piece: Uint8Array): void {
    if (this.#isBroken) return;
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    this.#start();
  }

  /** Resolves when all that was pushed is on the disk, or the file has failed. */
  sync(): Promise<void> {
    this.#isSyncWanted = true;
    this.#start();
    return this.#work;
  }

  /** Closes the file after what was pushed. */
  async close(): Promise<void> {
    await this.#work;
    await this.#file.close().catch(this.#onFailure);
  }

  #start(): void {
    if (this.#isWorking || this.#isBroken) return;
    this.#isWorking = true;
    this.#work = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#pieces.length > 0 || this.#isSyncWanted) {
        const piece = this.#pieces[0];
        if (piece) {
          await this.#file.writeFile(piece); // goes on where the last one ended
          this.#pieces.shift();
          this.#waiting -= piece.length;
          this.#written += piece.length;
        } else {
          this.#isSyncWanted = false;
          if (this.#synced < this.#written) await this.#file.datasync();
          this.#synced = this.#written;
        }
      }
    } catch (error) {
      await this.#fail(error);
    }
    this.#isWorking = false;
  }

  async #fail(error: unknown): Promise<void> {
    this.#isBroken = true;
    this.#pieces = [];
    this.#waiting = 0;
    this.#onFailure(error);
    await this.#file.truncate(this.#written).catch(() => {}); // a reader stops at the broken piece just as well
  }
}
