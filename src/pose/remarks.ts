/** Says what is not as it should be once in a while, however often it happens. */

/** The same is not said again within this time [s]. */
const AGAIN_AFTER = 10;
/** Different remarks that are remembered: who makes more of them than this is not listened to for a while. */
const MOST = 32;

export class Remarks {
  readonly #say: (text: string) => void;
  readonly #now: () => number;
  readonly #said = new Map<string, number>();

  /** `now`: [s] */
  constructor(say: (text: string) => void, now: () => number) {
    this.#say = say;
    this.#now = now;
  }

  /** Numbers in a text may change from one time to the next. */
  make(text: string): void {
    const now = this.#now();
    const kind = text.replace(/-?\d[\d.]*/g, "0");
    const last = this.#said.get(kind);
    if (last !== undefined && now - last < AGAIN_AFTER) return;
    for (const [other, when] of this.#said) if (now - when >= AGAIN_AFTER) this.#said.delete(other);
    if (this.#said.size >= MOST) return;
    this.#said.set(kind, now);
    this.#say(text);
  }
}
