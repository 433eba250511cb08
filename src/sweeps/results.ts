/** Results of jobs, a file each, by the names of the jobs. Any number of workers may write the same one at a time. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { codeOf, exists, namesIn, problemOf, removeTemporaries, writeAtomically } from "../files.js";
import { decoded, encoded } from "./job.js";

const RESULT = ".json";
const FAILURE = ".failed";
/** Files that are read at a time. */
const AT_A_TIME = 64;

export class Results {
  constructor(readonly folder: string) {}

  /** Names of the jobs that are done. */
  async done(): Promise<Set<string>> {
    return this.#withEnding(RESULT);
  }

  /** Whether that job is done. */
  has(name: string): Promise<boolean> {
    return exists(this.#path(name, RESULT));
  }

  /** Keeps an answer: on the disk when this ends, whole or not at all. */
  async write(name: string, answer: unknown): Promise<void> {
    await this.writeText(name, encoded(answer));
  }

  /** The same of an answer that is encoded already. */
  async writeText(name: string, text: string): Promise<void> {
    await writeAtomically(this.#path(name, RESULT), text);
    await rm(this.#path(name, FAILURE), { force: true });
  }

  /** Keeps why a job failed, unless it is done. */
  async fail(name: string, why: string): Promise<void> {
    if (!(await this.has(name))) await writeAtomically(this.#path(name, FAILURE), `${why}\n`);
  }

  /** Why the job failed when it was last tried; undefined: it did not. */
  async failure(name: string): Promise<string | undefined> {
    return (await this.#text(this.#path(name, FAILURE)))?.trim();
  }

  /** Names of the jobs that failed and are not done. */
  failed(): Promise<Set<string>> {
    return this.#withEnding(FAILURE);
  }

  /**
   * The answers of jobs by their names; undefined of those that are not done, or whose file is damaged: it is removed,
   * so that the job is done again.
   */
  async read(names: readonly string[]): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (let first = 0; first < names.length; first += AT_A_TIME)
      answers.push(...(await Promise.all(names.slice(first, first + AT_A_TIME).map((name) => this.#answer(name)))));
    return answers;
  }

  /** Every answer that is there, of whatever plan. */
  async all(): Promise<unknown[]> {
    return this.read([...(await this.done())].sort());
  }

  /** Takes away what killed workers left behind; only where none works any more. */
  async tidy(): Promise<void> {
    await removeTemporaries(this.folder);
  }

  async #answer(name: string): Promise<unknown> {
    const path = this.#path(name, RESULT);
    const text = await this.#text(path);
    if (text === undefined) return undefined;
    try {
      return decoded(text);
    } catch (error) {
      await rm(path, { force: true }).catch(() => {
        throw new UserError(`${path} is damaged (${messageOf(error)}): remove it, and its job is done again`, 1);
      });
      return undefined;
    }
  }

  async #text(path: string): Promise<string | undefined> {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw new UserError(`cannot read ${path}: ${problemOf(error)}`, 1);
    }
  }

  async #withEnding(ending: string): Promise<Set<string>> {
    const names = await namesIn(this.folder);
    return new Set(names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length)));
  }

  #path(name: string, ending: string): string {
    return join(this.folder, name + ending);
  }
}
