import type { FileHandle } from "node:fs/promises";
import { UserError } from "../errors.js";
import { answered } from "../files.js";

/** What a queue needs of its file, which is new and empty. */
export type QueueFile = Pick<FileHandle, "writeFile" | "datasync" | "truncate" | "close" | "stat">;

/**
 * Writes pieces to a file in their order, one at a time. Neither {@link push} nor {@link sync} ever fails: the first
 * error goes to `onFailure`, the file is cut after the last whole piece, and nothing more is written. A file that was
 * removed meanwhile has failed too, and so has a disk that does not answer.
 */
export class WriteQueue {
  readonly #file: QueueFile;
  readonly #onFailure: (error: unknown) => void;
  readonly #within: number | undefined;
  #pieces: Uint8Array[] = [];
  #waiting = 0;
  /** bytes of the pieces that are whole in the file, and how many of them are on the disk */
  #written = 0;
  #synced = 0;
  #isSyncWanted = false;
  #isBroken = false;
  #isWorking = false;
  #work = Promise.resolve();

  /**
   * @param onFailure must not throw
   * @param within the time the disk has for one operation [s]; undefined: what is usual
   */
  constructor(file: QueueFile, onFailure: (error: unknown) => void, within?: number) {
    this.#file = file;
    this.#onFailure = onFailure;
    this.#within = within;
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
    await answered(this.#file.close(), this.#within).catch(this.#onFailure);
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
          await answered(this.#file.writeFile(piece), this.#within); // goes on where the last one ended
          this.#pieces.shift();
          this.#waiting -= piece.length;
          this.#written += piece.length;
        } else {
          this.#isSyncWanted = false;
          if (this.#synced < this.#written) await answered(this.#flush(), this.#within);
          this.#synced = this.#written;
        }
      }
    } catch (error) {
      await this.#fail(error);
    }
    this.#isWorking = false;
  }

  async #flush(): Promise<void> {
    await this.#file.datasync();
    if ((await this.#file.stat()).nlink === 0) throw new UserError("it was removed while it was written", 1);
  }

  async #fail(error: unknown): Promise<void> {
    this.#isBroken = true;
    this.#pieces = [];
    this.#waiting = 0;
    this.#onFailure(error);
    // a reader stops at the broken piece just as well
    await answered(this.#file.truncate(this.#written), this.#within).catch(() => {});
  }
}
