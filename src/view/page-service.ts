/** What pages are told: each what it lacks, twenty times a second at most, once it has taken what it was sent. */
import { messageOf } from "../errors.js";
import type { Service, Viewer } from "../serve/server.js";
import { withoutModel } from "../training/model-numbers.js";
import { askOf, type Limits, type LiveState, type Message } from "./messages.js";
import type { RunFeed } from "./run-feed.js";

/** Metrics in one message: one that takes a page milliseconds. */
const AT_ONCE = 250;
/** Lines of the log that a page that comes late is told. */
const LINES = 200;

/** What one page has been told. */
interface Told {
  readonly viewer: Viewer;
  /** per run: its version, how many rollouts, and its state */
  readonly runs: { version: number; metrics: number; state: string }[];
  lines: number;
  /** the recording that it asked for and has not got */
  wants: { readonly run: number; readonly index: number } | undefined;
  isBusy: boolean;
}

export class PageService implements Service {
  readonly ofPage = true;
  readonly #runs: readonly RunFeed[];
  readonly #stop: (() => void) | undefined;
  readonly #pages = new Map<Viewer, Told>();
  readonly #log: string[] = [];
  #said = 0;
  #isStopping = false;
  #limits: Limits = {};

  /** `stop`: what the button does; undefined: there is none. */
  constructor(runs: readonly RunFeed[], stop: (() => void) | undefined) {
    this.#runs = runs;
    this.#stop = stop;
  }

  /** The gates of a robot; whoever looks already is told everything anew. */
  set limits(limits: Limits) {
    this.#limits = limits;
    for (const viewer of this.#pages.keys()) this.open(viewer);
  }

  /** Adds a line to the log. */
  say(line: string): void {
    this.#said++;
    this.#log.push(line);
    if (this.#log.length > LINES) this.#log.shift();
  }

  open(viewer: Viewer): void {
    const runs = this.#runs.map(() => ({ version: 0, metrics: 0, state: "" }));
    this.#pages.set(viewer, { viewer, runs, lines: 0, wants: undefined, isBusy: false });
    send(viewer, { kind: "hello", canStop: this.#stop !== undefined, runs: runs.length, limits: this.#limits });
  }

  close(viewer: Viewer): void {
    this.#pages.delete(viewer);
  }

  hear(viewer: Viewer, data: Buffer, isBinary: boolean): boolean {
    const page = this.#pages.get(viewer);
    const ask = isBinary ? undefined : askOf(data.toString("utf8"));
    if (!page || !ask || (ask.ask === "stop" && !this.#stop)) return false;
    if (ask.ask === "rollout") {
      if (ask.run >= this.#runs.length) return false;
      page.wants = ask; // the last ask counts
    } else {
      this.#isStopping = true;
      this.#stop?.();
    }
    return true;
  }

  /** Tells every page what it lacks; `live`: the robot as it is now. */
  tick(live: LiveState | undefined): void {
    const state = live && JSON.stringify({ kind: "live", live } satisfies Message);
    for (const page of this.#pages.values()) {
      const { viewer } = page;
      if (viewer.isReady && state) viewer.send(state);
      for (let run = 0; run < this.#runs.length && viewer.isReady; run++) this.#catchUp(page, run);
      if (viewer.isReady) this.#tellLog(page);
      if (viewer.isReady && page.wants && !page.isBusy) void this.#answer(page, page.wants);
    }
  }

  #catchUp({ viewer, runs }: Told, run: number): void {
    const feed = this.#runs[run];
    const told = runs[run];
    const isOver = feed.state === "ended";
    const state = this.#isStopping && !isOver ? "stopping" : feed.state;
    const shown = `${state} ${feed.note}`;
    if (told.state !== shown) send(viewer, { kind: "state", run, state, note: feed.note });
    told.state = shown;
    if (!feed.frame) return;
    if (told.version !== feed.version) {
      send(viewer, { kind: "run", run, frame: feed.frame });
      told.version = feed.version;
      told.metrics = 0;
    }
    const end = told.metrics + AT_ONCE;
    // of the model only the last says everything
    const metrics = feed.metrics
      .slice(told.metrics, end)
      .map((one, i) => (told.metrics + i === feed.metrics.length - 1 ? one : withoutModel(one)));
    if (metrics.length > 0) send(viewer, { kind: "metrics", run, metrics });
    told.metrics += metrics.length;
  }

  #tellLog(page: Told): void {
    const missing = Math.min(this.#said - page.lines, this.#log.length);
    if (missing > 0) send(page.viewer, { kind: "log", lines: this.#log.slice(-missing) });
    page.lines = this.#said;
  }

  async #answer(page: Told, wants: NonNullable<Told["wants"]>): Promise<void> {
    page.isBusy = true;
    page.wants = undefined;
    const head = `{"kind":"rollout","run":${wants.run},"index":${wants.index}`;
    const rest = await this.#runs[wants.run].text(wants.index).then(
      (text) => `"recording":${text}}`,
      (error) => `"problem":${JSON.stringify(messageOf(error))}}`,
    );
    page.isBusy = false;
    if (this.#pages.has(page.viewer)) page.viewer.send(`${head},${rest}`);
  }
}

function send(viewer: Viewer, message: Message): void {
  viewer.send(JSON.stringify(message));
}
