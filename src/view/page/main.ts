/// <reference lib="dom" />
/** The live page: shows what it is told, and asks for recordings to play. */
import type { Ask, Limits, LiveState, Message } from "../messages.js";
import { Charts } from "./charts.js";
import { connect } from "./connection.js";
import { part, show } from "./elements.js";
import { Player } from "./player.js";
import { RobotPanel } from "./robot-panel.js";
import { Run } from "./runs.js";

/** Lines of the log that are kept. */
const LINES = 500;
/** Charts are drawn again at most so often [ms]. */
const REDRAW = 400;

const STATES = { waiting: "waiting", running: "running", stopping: "stopping", ended: "finished" } as const;

class Page {
  readonly #runs: Run[] = [];
  readonly #log: string[] = [];
  readonly #player: Player;
  readonly #charts = new Charts();
  readonly #robot = new RobotPanel();
  #limits: Limits = {};
  #ask: (ask: Ask) => void = () => {};
  /** when the recording was asked for that has not come [ms]; 0: none is waited for */
  #askedAt = 0;
  #lost: string | undefined = "connecting";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#player = new Player({
      want: () => this.#want(),
      shown: () => this.#later(),
      moved: (along) => this.#charts.moveCursor(along),
    });
    part("stop").addEventListener("click", () => this.#ask({ ask: "stop" }));
    part("table-details").addEventListener("toggle", () => this.#later());
  }

  begin(): void {
    if (typeof WebSocket === "undefined") {
      this.#lost = "this browser has no WebSocket, so nothing live can be shown: use a newer one, or lapgrad report";
      this.#tellState();
      return;
    }
    this.#ask = connect({
      hear: (message) => this.#hear(message),
      lost: (why) => {
        this.#lost = why;
        this.#askedAt = 0;
        this.#tellState();
      },
    });
  }

  #hear(message: Message): void {
    switch (message.kind) {
      case "hello":
        show("stop", message.canStop);
        this.#limits = message.limits;
        this.#log.length = 0;
        while (this.#runs.length < message.runs) this.#runs.push(new Run());
        break;
      case "state":
        Object.assign(this.#runs[message.run], { state: message.state, note: message.note });
        this.#tellState();
        break;
      case "run":
        this.#runs[message.run].begin(message.frame);
        this.#player.begin(this.#runs, this.#limits);
        if (message.run === 0) this.#tellFrame();
        break;
      case "metrics":
        this.#runs[message.run].add(message.metrics);
        this.#player.grow();
        this.#later();
        break;
      case "rollout":
        this.#askedAt = 0;
        if ("recording" in message) this.#runs[message.run].keep(message.index, message.recording);
        else {
          this.#runs[message.run].miss(message.index);
          this.#say([message.problem]);
        }
        this.#player.grow();
        this.#later();
        break;
      case "live":
        this.#showLive(message.live);
        break;
      case "log":
        this.#say(message.lines);
    }
  }

  #showLive(live: LiveState): void {
    this.#robot.show(live, this.#limits, this.#runs[0]?.frame);
    this.#player.live(live);
  }

  #say(lines: readonly string[]): void {
    this.#log.push(...lines);
    this.#log.splice(0, this.#log.length - LINES);
    const text = part("log-lines");
    text.textContent = this.#log.join("\n");
    text.scrollTop = text.scrollHeight;
    show("log", this.#log.length > 0);
  }

  #tellFrame(): void {
    const frame = this.#runs[0].frame;
    if (!frame) return;
    document.title = `${frame.title} · lapgrad`;
    part("title").textContent = frame.title;
    part("task").textContent = frame.task;
    part("configuration-text").textContent = frame.configuration;
    show("configuration", frame.configuration !== "");
    part("version").textContent = `lapgrad ${frame.version}`;
  }

  #tellState(): void {
    const state = part("state");
    const run = this.#runs[0];
    const word = this.#lost === undefined ? (run?.state ?? "waiting") : "lost";
    state.textContent = word === "lost" ? "not connected" : STATES[word];
    state.className = word;
    part("note").textContent = this.#lost ?? this.#runs.map(({ note }) => note).find((note) => note !== "") ?? "";
    const isOver = word !== "running" && word !== "waiting";
    (part("stop") as HTMLButtonElement).disabled = isOver;
  }

  /** Asks for the next recording that something waits for: one at a time. */
  #want(): void {
    const now = performance.now();
    if (this.#lost !== undefined || (this.#askedAt > 0 && now - this.#askedAt < 5000)) return;
    const wanted = this.#player.wanted();
    if (!wanted) return;
    this.#askedAt = now;
    this.#ask({ ask: "rollout", ...wanted });
  }

  /** Draws the charts again, soon. */
  #later(): void {
    this.#want();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#charts.draw(this.#runs, this.#player.index);
    }, REDRAW);
  }
}

new Page().begin();
