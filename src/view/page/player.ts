/// <reference lib="dom" />
/** Plays recordings: the newest as they come, or what somebody chose; or shows a robot as it is now. */
import { taskTimes } from "../../recording/recording.js";
import { column } from "../../report/driven.js";
import type { DrawnRollout } from "../../report/input.js";
import { type Moment, momentAt } from "../../report/picture.js";
import { escapeHtml, formatNumber } from "../../report/text.js";
import type { Limits, LiveState } from "../messages.js";
import { part, show } from "./elements.js";
import type { Run } from "./runs.js";
import { Stage } from "./stage.js";

/** Between two pictures [ms], at least. */
const FRAME = 30;
/** Moments of a live robot that its trail shows. */
const TRAIL = 60;

export interface PlayerListener {
  /** a recording is missing: see {@link Player.wanted} */
  want(): void;
  /** another rollout is shown */
  shown(): void;
  /** where in the lap the robot is, as a part of the charts' width */
  moved(along: number): void;
}

export class Player {
  readonly #listener: PlayerListener;
  readonly #stage = new Stage(part("stage"));
  #runs: readonly Run[] = [];
  #limits: Limits = {};
  /** the rollout that is played; 0: none */
  index = 0;
  /** time in the recording [s] */
  #time = 0;
  #isPlaying = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  #drawnAt = 0;
  /** what the stage shows: run, rollout and what lies below it */
  #scene = "";
  readonly #live: Moment[] = [];
  readonly #box = {
    play: part("play") as HTMLButtonElement,
    speed: part("speed") as HTMLSelectElement,
    time: part("time") as HTMLInputElement,
    lap: part("lap") as HTMLInputElement,
    follow: part("follow") as HTMLInputElement,
  };

  constructor(listener: PlayerListener) {
    this.#listener = listener;
    const { play, time, lap, follow } = this.#box;
    play.addEventListener("click", () => this.#play(!this.#isPlaying));
    time.addEventListener("input", () => this.#scrub(Number(time.value)));
    lap.addEventListener("input", () => this.#choose(Number(lap.value)));
    follow.addEventListener("change", () => this.grow());
    document.addEventListener("keydown", (event) => this.#press(event));
    this.#play(this.#isPlaying);
    requestAnimationFrame((now) => this.#turn(now));
  }

  /** A run is new, or begins again. */
  begin(runs: readonly Run[], limits: Limits): void {
    this.#runs = runs;
    this.#limits = limits;
    this.#scene = "";
    this.grow();
  }

  /** Something came: goes on to the newest if that is to be followed. */
  grow(): void {
    const [run] = this.#runs;
    if (!run) return;
    const last = run.metrics.length;
    const { lap, follow } = this.#box;
    for (const control of document.querySelectorAll<HTMLElement>(".controls")) control.hidden = last === 0;
    lap.max = `${Math.max(1, last)}`;
    if (follow.checked || this.index === 0 || this.index > last) this.#go(last);
    show("driving", last > 0 || this.#live.length > 0);
    this.#listener.want();
  }

  /** What recording is missing, the most needed first. */
  wanted(): { run: number; index: number } | undefined {
    const [run, other] = this.#runs;
    const needs = [
      ...[this.index, run?.best ?? 0, 1].map((index) => ({ run: 0, index })),
      ...(other ? [{ run: 1, index: other.best }] : []),
    ];
    return needs.find(({ run: of, index }) => {
      const one = this.#runs[of];
      return index > 0 && index <= one.metrics.length && !one.isSettled(index);
    });
  }

  /** A robot, or a plant, as it is now: it goes before recordings. */
  live({ state }: LiveState): void {
    const none = (this.#runs[0]?.frame?.columns.input ?? []).map(() => 0);
    this.#live.push({ state, input: none, body: [] });
    if (this.#live.length > TRAIL) this.#live.shift();
    show("driving", true);
  }

  #go(index: number): void {
    if (index === this.index) return;
    this.index = index;
    this.#box.lap.value = `${index}`;
    this.#listener.shown();
  }

  #choose(index: number): void {
    this.#box.follow.checked = false;
    this.#go(index);
    this.#listener.want();
  }

  #scrub(step: number): void {
    this.#play(false);
    const recording = this.#runs[0]?.recording(this.index);
    if (recording) this.#time = recording.times[Math.min(step, recording.times.length - 1)];
  }

  #play(isPlaying: boolean): void {
    this.#isPlaying = isPlaying;
    this.#box.play.textContent = isPlaying ? "Pause" : "Play";
  }

  #press(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, button, summary");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const { time, lap, follow } = this.#box;
    const most = Number(lap.max);
    const keys: Record<string, () => void> = {
      " ": () => this.#play(!this.#isPlaying),
      ArrowLeft: () => this.#scrub(Math.max(0, Number(time.value) - 5)),
      ArrowRight: () => this.#scrub(Number(time.value) + 5),
      "[": () => this.#choose(Math.max(1, this.index - 1)),
      "]": () => this.#choose(Math.min(most, this.index + 1)),
      f: () => {
        follow.checked = !follow.checked;
        this.grow();
      },
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** One turn of the animation. */
  #turn(now: number): void {
    requestAnimationFrame((next) => this.#turn(next));
    const passed = now - this.#drawnAt;
    if (passed < FRAME) return;
    this.#drawnAt = now;
    const [run] = this.#runs;
    if (!run?.frame) return;
    const recording = run.recording(this.index);
    this.#setScene(run);
    if (this.#live.length > 0) this.#stage.drawMoments(this.#live);
    if (!recording) return;
    const { times } = recording;
    const end = times[times.length - 1];
    // a tab that was hidden does not make up for it
    if (this.#isPlaying) this.#time += Number(this.#box.speed.value) * Math.min(0.2, passed / 1000);
    if (this.#time > end) this.#time = this.#isPlaying ? 0 : end;
    const step = stepAt(times, this.#time);
    if (this.#live.length === 0) this.#stage.draw(recording, step);
    this.#tell(run, step);
  }

  #setScene(run: Run): void {
    const recording = run.recording(this.index);
    const [, second] = this.#runs;
    const source = second ?? run;
    const other = source.recording(source.best);
    const scene = `${this.index} ${recording !== undefined} ${source.best} ${other !== undefined}`;
    if (!run.frame || scene === this.#scene || (!recording && this.#live.length === 0)) return;
    this.#scene = scene;
    const isOther = other && (second !== undefined || run.best !== this.index);
    const name = `${second ? `${second.frame?.title}, ` : ""}best ${run.frame.unit} ${source.best}`;
    this.#stage.set({
      frame: run.frame,
      shown: recording && drawnAs("shown", this.index, recording),
      other: isOther ? drawnAs(name, source.best, other) : undefined,
      corridor: this.#limits.corridor,
    });
  }

  /** Numbers at a step, the sliders, and the cursor of the charts. */
  #tell(run: Run, step: number): void {
    const recording = run.recording(this.index);
    if (!recording || !run.frame) return;
    const { time, lap } = this.#box;
    const { unit, lapTime } = run.frame;
    const end = recording.times[recording.times.length - 1];
    time.max = `${recording.times.length - 1}`;
    time.value = `${step}`;
    lap.max = `${run.metrics.length}`;
    part("time-text").textContent = `${recording.times[step].toFixed(2)} of ${end.toFixed(2)} s`;
    part("lap-text").textContent = `${unit} ${this.index} of ${run.metrics.length}`;
    part("now").innerHTML = this.#live.length > 0 ? "" : numbersAt(recording, step);
    const times = taskTimes(recording);
    const isPeriodic = lapTime !== undefined;
    const whole = lapTime ?? (times[times.length - 1] || 1);
    this.#listener.moved(isPeriodic ? (((times[step] % whole) + whole) % whole) / whole : times[step] / whole);
  }
}

function drawnAs(label: string, rollout: number, recording: DrawnRollout["recording"]): DrawnRollout {
  return { label, rollout, recording };
}

/** The last step that is not after a time. */
function stepAt(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** State, inputs and errors at a step, as a list. */
function numbersAt(recording: DrawnRollout["recording"], step: number): string {
  const { columns } = recording.info;
  const moment = momentAt(recording, step);
  const residuals = columns.residual.map((_, i) => column(recording.residuals, columns.residual.length, i)[step]);
  const pairs = [
    ...columns.state.map((name, i) => [name, moment.state[i]] as const),
    ...columns.input.map((name, i) => [name, moment.input[i]] as const),
    ...columns.residual.map((name, i) => [name, residuals[i]] as const),
    ...(columns.body ?? []).map((name, i) => [name, moment.body[i]] as const),
  ];
  const items = pairs.map(
    ([name, value]) =>
      `<div><dt title="${escapeHtml(name)}">${escapeHtml(name)}</dt><dd>${formatNumber(value)}</dd></div>`,
  );
  return `<dl class="now">${items.join("")}</dl>`;
}
