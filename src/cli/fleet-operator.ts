/**
 * The person who watches a fleet, as each of its robots sees it: one question before all begin, one dead man's switch
 * for all, and a robot that was stopped drives again when its name is typed.
 */
import { createInterface, type Interface } from "node:readline";
import type { Operator } from "../runtime/operator.js";

export class FleetOperator {
  readonly #base: Operator;
  readonly #isTerminal: boolean;
  /** robots that have not asked yet whether they may begin */
  readonly #expected: Set<string>;
  readonly #questions: string[] = [];
  #answer: Promise<boolean> | undefined;
  readonly #open = new Map<string, (allowed: boolean) => void>();
  readonly #allow: () => void;
  readonly #allAsked: Promise<void>;
  readonly #heartbeats = new Set<string>();
  readonly #names: readonly string[];
  #moving: number;
  #lines: Interface | undefined;

  /** `base`: asks and is watched for all; `isTerminal`: names can be typed, as no key is held. */
  constructor(base: Operator, names: readonly string[], isTerminal: boolean) {
    this.#base = base;
    this.#names = names;
    this.#isTerminal = isTerminal;
    this.#expected = new Set(names);
    this.#moving = names.length;
    let allow = () => {};
    this.#allAsked = new Promise((resolve) => {
      allow = resolve;
    });
    this.#allow = allow;
  }

  /** Whether a robot that was stopped can be allowed to drive again. */
  get canAllow(): boolean {
    return this.#isTerminal;
  }

  /** What the robot of this name sees; `signal`: aborted when it is to stop. */
  for(name: string, signal: AbortSignal): Operator {
    return {
      signal,
      say: (text) => this.#base.say(`${name}: ${text}`),
      confirm: (question) =>
        this.#expected.has(name) ? this.#begin(name, question) : this.#return(name, question, signal),
      takeHeartbeat: () => {
        if (this.#base.takeHeartbeat()) for (const one of this.#names) this.#heartbeats.add(one);
        return this.#heartbeats.delete(name);
      },
      atRest: () => {
        if (--this.#moving > 0) return;
        this.#lines?.close();
        this.#base.atRest?.();
      },
    };
  }

  /** Asks once for all, when all have asked. */
  async #begin(name: string, question: string): Promise<boolean> {
    this.#expected.delete(name);
    this.#questions.push(`${name}: ${question}`);
    if (this.#expected.size === 0) this.#allow();
    await this.#allAsked;
    this.#answer ??= this.#base.confirm(this.#questions.join("\n")).then((allowed) => {
      if (allowed && this.#isTerminal) this.#listen();
      return allowed;
    });
    return this.#answer;
  }

  /** Until its name is typed, or it is to stop. */
  #return(name: string, question: string, signal: AbortSignal): Promise<boolean> {
    if (!this.#isTerminal || signal.aborted) return Promise.resolve(false);
    this.#base.say(`${name}: ${question}; type ${name} and Enter when it may drive again`);
    return new Promise((resolve) => {
      this.#open.set(name, resolve);
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });
  }

  /** Hears the names that are typed. */
  #listen(): void {
    const lines = createInterface({ input: process.stdin });
    this.#lines = lines;
    this.#base.signal.addEventListener("abort", () => lines.close(), { once: true });
    process.stdin.unref?.();
    lines.on("line", (line) => {
      const name = line.trim();
      this.#open.get(name)?.(true);
      if (!this.#open.delete(name) && name !== "")
        this.#base.say(`"${name}" does not wait; ${[...this.#open.keys()].join(", ") || "no robot"} does`);
    });
  }
}
