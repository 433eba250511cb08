/**
 * Slowing down before the learner knows (not in paper; docs/equations.md, section 29): where the robot turns less than
 * the fitted model expects, at high lateral acceleration and against what it did at that place in the lap before, grip
 * was lost, and the task goes on at a lower pace, at once; the pace is given back slowly. Judged segment by segment, in
 * simulation and on a robot alike; all of its state is in regions. It rests, and costs nothing, until a model was
 * fitted, and where the model has no turn rate.
 */
import { model, task } from "./components";
import { DOUBLE_SHIFT } from "./math/doubles";
import { PlanarState } from "./models/planar";
import { reflex as isOn } from "./options";
import { FIRINGS, Firing, LEAST_PACE, Pace, PLACES, Reflex } from "./regions";
import * as trace from "./trace";

/**
 * A segment counts whose mean lateral acceleration is expected to be this large [m/s^2], and this part of it to one
 * side: where the turn changes its side, an error of the fitted delay looks like a shortfall.
 */
const LATERAL: f64 = 4.0;
const ONE_SIDED: f64 = 0.98;
/** Mean shortfall of two segments that is too much: at least this, and so many of its standard deviations. */
const LEAST: f64 = 0.11;
const DEVIATIONS: f64 = 4.0;
/** Segments over which their standard deviation is averaged, and those without which it is not known. */
const MEMORY: f64 = 40.0;
const ENOUGH: f64 = 20.0;
/** From then on a shortfall counts for it up to so many of the standard deviations so far. */
const OUTLIER: f64 = 3.0;
/** After a firing that was dismissed the next has to be so much larger; this part of it is left a segment later. */
const CAUTION: f64 = 1.2;
const CAUTION_LEFT: f64 = 0.99737; // 0.9 a lap
/** The pace is that at which the grip that is left suffices, with this margin. */
const MARGIN: f64 = 0.93;
const LEAST_GRIP: f64 = 0.3;
/** Segments after a firing that are not judged, and in which the pace is not given back; then so much of it in each. */
const BLIND: f64 = 3.0;
const HELD: f64 = 20.0;
const GIVEN_BACK: f64 = 0.003;

const PI: f64 = 3.141592653589793;

// @ts-ignore: decorator
@inline
function get(column: Reflex): f64 {
  return load<f64>(trace.reflex + (usize(column) << DOUBLE_SHIFT));
}

// @ts-ignore: decorator
@inline
function set(column: Reflex, value: f64): void {
  store<f64>(trace.reflex + (usize(column) << DOUBLE_SHIFT), value);
}

/** Before anything was driven: pace 1, and nothing known of any place. */
export function reset(): void {
  for (let place: i32 = 0; place < PLACES; place++) store<f64>(placeAt(place), NaN);
  set(Reflex.variance, 0.0);
  set(Reflex.seen, 0.0);
  set(Reflex.caution, 0.0);
  setPace(1.0);
}

/** The pace from the next network call on. Whoever sets it knows more than the reflex, which goes back to rest. */
export function setPace(pace: f64): void {
  store<f64>(trace.pace, pace, 8 * Pace.asked);
  store<f64>(trace.pace, load<f64>(trace.pace, 8 * Pace.settings) + 1.0, 8 * Pace.settings);
  endFiring();
}

/** The same by a little, of which nothing follows for the robot's grip: the reflex goes on as it was. */
export function easePace(pace: f64): void {
  store<f64>(trace.pace, pace, 8 * Pace.asked);
  setDriven();
}

/** A drive begins, or begins anew. */
export function begin(): void {
  set(Reflex.blind, BLIND);
  forgetSegments();
  clearSums();
}

/** Whether it judges: a model was fitted, and the task has places that come again. */
export function watches(): bool {
  return isOn && load<f64>(trace.modelFitted) != 0.0 && task.period(trace.taskParameters) > 0.0;
}

/** Takes a control step of the segment that is driven: from state x, with what acts on the model, to `next`. */
export function add(x: usize, acting: usize, dt: f64, next: usize): void {
  const expected = model.turnRate(trace.modelParameters, x, acting, get(Reflex.gripLeft));
  const turn = load<f64>(next, 8 * PlanarState.phi) - load<f64>(x, 8 * PlanarState.phi);
  const wrapped = turn - 2.0 * PI * Math.floor(turn / (2.0 * PI) + 0.5);
  const lateral = load<f64>(x, 8 * PlanarState.v) * expected;
  set(Reflex.expected, get(Reflex.expected) + Math.abs(expected));
  set(Reflex.missing, get(Reflex.missing) + expected - wrapped / dt);
  set(Reflex.lateral, get(Reflex.lateral) + Math.abs(lateral));
  set(Reflex.toTheLeft, get(Reflex.toTheLeft) + lateral);
  set(Reflex.steps, get(Reflex.steps) + 1.0);
}

/** Judges the segment that was driven from task time `taskTime` [s] on, and sets the pace of the next. */
export function judge(taskTime: f64): void {
  const steps = get(Reflex.steps);
  const least = Math.max(LATERAL * steps, ONE_SIDED * get(Reflex.lateral));
  const counts = steps > 0.0 && Math.abs(get(Reflex.toTheLeft)) >= least; // not where there is no turn rate
  const missing = get(Reflex.toTheLeft) < 0.0 ? -get(Reflex.missing) : get(Reflex.missing);
  const shortfall = counts ? missing / get(Reflex.expected) : NaN;
  clearSums();
  giveBack();
  set(Reflex.caution, get(Reflex.caution) * CAUTION_LEFT);
  const blind = get(Reflex.blind);
  if (blind > 0.0) {
    set(Reflex.blind, blind - 1.0);
    return;
  }
  const place = placeOf(taskTime);
  const usual = Math.max(known(place - 1), Math.max(known(place), known(place + 1)));
  const excess = shortfall - Math.max(0.0, usual); // a model that expected too little of a place tells of no loss
  const mean = 0.5 * (excess + get(Reflex.excess));
  const lasting = Math.min(mean, excess); // a grip that is lost does not come back
  const scatter = (DEVIATIONS * Math.sqrt(get(Reflex.variance))) / Math.SQRT2;
  if (get(Reflex.seen) >= ENOUGH && lasting > Math.max(LEAST, Math.max(scatter, get(Reflex.caution)))) {
    fire(taskTime, Math.max(excess, get(Reflex.excess))); // the first of the two may have begun before
    return;
  }
  set(Reflex.excess, isNaN(excess) ? NaN : excess); // of computed ones the sign depends on the processor
  if (get(Reflex.factor) == 1.0) remember(place, shortfall);
}

/** Slows down for a shortfall: so much of the grip is lost. */
function fire(taskTime: f64, shortfall: f64): void {
  set(Reflex.gripLeft, Math.max(LEAST_GRIP, get(Reflex.gripLeft) * (1.0 - shortfall)));
  set(Reflex.factor, Math.min(get(Reflex.factor), MARGIN * Math.sqrt(get(Reflex.gripLeft))));
  set(Reflex.fired, shortfall);
  set(Reflex.blind, BLIND);
  set(Reflex.held, HELD);
  forgetSegments();
  setDriven();
  const row = trace.reflexFirings + usize(8 * Firing.count) * usize(i32(get(Reflex.firings)) % FIRINGS);
  store<f64>(row, taskTime, 8 * Firing.taskTime);
  store<f64>(row, shortfall, 8 * Firing.shortfall);
  store<f64>(row, get(Reflex.gripLeft), 8 * Firing.gripLeft);
  store<f64>(row, load<f64>(trace.pace, 8 * Pace.driven), 8 * Firing.pace);
  set(Reflex.firings, get(Reflex.firings) + 1.0);
}

/** A segment's share of the pace, and of the grip, that was taken. */
function giveBack(): void {
  if (get(Reflex.factor) == 1.0) return;
  const held = get(Reflex.held);
  if (held > 0.0) {
    set(Reflex.held, held - 1.0);
    return;
  }
  set(Reflex.gripLeft, Math.min(1.0, get(Reflex.gripLeft) + GIVEN_BACK));
  set(Reflex.factor, Math.min(1.0, get(Reflex.factor) + GIVEN_BACK));
  setDriven();
  if (get(Reflex.factor) == 1.0) endFiring();
}

/** The pace is given back whole. */
function endFiring(): void {
  set(Reflex.gripLeft, 1.0);
  set(Reflex.factor, 1.0);
  set(Reflex.fired, 0.0);
  setDriven();
  begin();
}

/** What it fired for was nothing, says somebody who has seen more: the pace is given back, and it becomes careful. */
export function dismiss(): void {
  if (get(Reflex.fired) > 0.0) set(Reflex.caution, CAUTION * get(Reflex.fired));
  endFiring();
}

function setDriven(): void {
  const pace = load<f64>(trace.pace, 8 * Pace.asked) * get(Reflex.factor);
  store<f64>(trace.pace, Math.max(LEAST_PACE, pace), 8 * Pace.driven);
}

/**
 * Keeps the shortfall at a place for the next lap, two segments late: what led to a firing never gets there. Its
 * scatter is that against the lap before.
 */
function remember(place: i32, shortfall: f64): void {
  const last = get(Reflex.earlierShortfall);
  if (!isNaN(last)) store<f64>(placeAt(i32(get(Reflex.earlierPlace))), last);
  set(Reflex.earlierPlace, get(Reflex.lastPlace));
  set(Reflex.earlierShortfall, get(Reflex.lastShortfall));
  set(Reflex.lastPlace, f64(place));
  set(Reflex.lastShortfall, shortfall);
  const change = shortfall - known(place);
  if (isNaN(change)) return;
  const variance = get(Reflex.variance);
  const seen = get(Reflex.seen);
  const square = 0.5 * change * change;
  const counted = seen < ENOUGH ? square : Math.min(square, OUTLIER * OUTLIER * variance);
  set(Reflex.variance, variance + (counted - variance) / Math.min(seen + 1.0, MEMORY));
  set(Reflex.seen, seen + 1.0);
}

/** Which part of the task's period begins at a task time [s]. */
function placeOf(taskTime: f64): i32 {
  const phase = taskTime / task.period(trace.taskParameters);
  return i32(f64(PLACES) * (phase - Math.floor(phase)));
}

/** The shortfall at a place in the lap before; NaN if it is not known. */
function known(place: i32): f64 {
  return load<f64>(placeAt((place + PLACES) % PLACES));
}

function placeAt(place: i32): usize {
  return trace.reflexPlaces + (usize(place) << DOUBLE_SHIFT);
}

function forgetSegments(): void {
  set(Reflex.excess, NaN);
  set(Reflex.lastShortfall, NaN);
  set(Reflex.earlierShortfall, NaN);
}

function clearSums(): void {
  set(Reflex.expected, 0.0);
  set(Reflex.missing, 0.0);
  set(Reflex.lateral, 0.0);
  set(Reflex.toTheLeft, 0.0);
  set(Reflex.steps, 0.0);
}
