/** The live page of runs: reads their folders, and tells whoever looks. */

import { ViewServer } from "../serve/server.js";
import { FOXGLOVE, FoxgloveService } from "./foxglove-service.js";
import { type Limits, type LiveState, PROTOCOL } from "./messages.js";
import { livePage } from "./page.js";
import { PageService } from "./page-service.js";
import type { RunFeed } from "./run-feed.js";

/** Pages are told at most so often [ms]: 20 Hz. */
const TICK = 50;
/** Between two looks at the folders [ms]. */
const LOOK = 200;
/** Times that viewers are told the last. */
const LAST_TICKS = 3;

export class LiveServer {
  readonly #feeds: readonly RunFeed[];
  readonly #pages: PageService;
  readonly #foxglove: FoxgloveService;
  readonly #server: ViewServer;
  #ticking: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** reads the robot, or the plant, as it is now */
  live: (() => LiveState | undefined) | undefined;

  /** `stop`: what the stop button does; without it there is none. */
  constructor(feeds: readonly RunFeed[], stop?: () => void) {
    this.#feeds = feeds;
    this.#pages = new PageService(this.#feeds, stop);
    this.#foxglove = new FoxgloveService(feeds[0]);
    const services = Object.fromEntries(FOXGLOVE.map((name) => [name, this.#foxglove]));
    this.#server = new ViewServer(livePage(), { [PROTOCOL]: this.#pages, ...services });
  }

  /** Begins, and resolves to the page's address; `port`: tried first, undefined: the usual one, 0: any. */
  async start(port?: number): Promise<string> {
    await this.#server.listen(port);
    await this.#look();
    this.#ticking = setInterval(() => {
      const live = this.live?.();
      this.#pages.tick(live);
      this.#foxglove.tick(live);
    }, TICK);
    return this.#server.address;
  }

  /** A line for the page's log. */
  say(line: string): void {
    this.#pages.say(line);
  }

  set limits(limits: Limits) {
    this.#pages.limits = limits;
  }

  async #look(): Promise<void> {
    for (const feed of this.#feeds) await feed.look();
    if (!this.#isClosed) this.#looking = setTimeout(() => void this.#look(), LOOK);
  }

  /** Ends, once everybody has been told how the runs ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#ticking);
    clearTimeout(this.#looking);
    for (const feed of this.#feeds) await feed.look(true);
    for (let i = 0; i < LAST_TICKS; i++) {
      this.#pages.tick(undefined);
      await new Promise((resolve) => setTimeout(resolve, TICK));
    }
    await this.#server.close();
  }
}
