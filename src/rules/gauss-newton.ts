/**
 * The Gauss-Newton update (not in paper; equations in docs/equations.md, section 13): a few damped Gauss-Newton steps
 * on drives in the model lead to the plan, of which a part is taken. The damping follows the cost, so that it falls as
 * the policy gets better, times kappa, which follows how far the realised decrease kept the predicted one. When a
 * rollout is clearly worse than the best one, the parameters go back to the best. A plan that promises too little is
 * not taken: the policy rests.
 */
import type { Core } from "../core/core.js";
import { normOf } from "../statistics.js";
import { afterSpin, calmDown, describeCalm, limitController, limitsAfter } from "./calm.js";
import type { Batch, Estimate, Member, PaceRange, UpdateRule } from "./definition.js";
import { eased } from "./ease.js";
import {
  COUNTS,
  compared,
  confirm,
  FRESH,
  type GaussNewtonState,
  judge,
  KAPPA,
  NONE,
  startAnew,
  startState,
} from "./gauss-newton-state.js";
import { chooseRung, fasterPace, halved, lowestPace, partOf, RUNGS } from "./ladder.js";
import { ModelRollouts } from "./model-rollouts.js";
import { moveAlong, type Plan, type PlanStart, planFrom } from "./plan.js";
import { writeParameters } from "./robots-problem.js";

/** Promised decreases below this part of the cost are not worth a change. */
const WORTHWHILE = 0.15;
/** Times the best cost from which on a rollout is clearly worse. */
const WORSE = 2;
/** Part of the best parameters' plan that is taken instead, when the whole led to something worse. */
const RETREAT = 0.3;

/** A cost that is this many times the one before grows: nothing relaxes then. */
const GROWTH = 1.1;
/** A cost up to so many times the expected one keeps the promise. */
const KEPT = 1.5;
/** A cost beyond so many times what the model promised deceived. */
const DECEIVED = 3;
/** Factor on kappa where the model was seen to be wrong. */
const DISTRUST = 10;
/** The highest pace in the window of a change, as a part of that of the settings. */
const CAREFUL = 0.76;
/** A robot that drove by itself shares the policy again where its model costs no more so than so many times. */
const REJOINS = 1.5;
/** Of the pace that a robot's rows tell, which comes back from the product with a race's usage. */
const ROUNDING = 1e-9;
const HOPELESS =
  "the cost keeps growing beyond what the model promises, with the untrained policy at its slowest too: " +
  "there is nothing left to drive";

/**
 * What to do next: take the plan, at a pace that is eased or set anew, rest, go back to the best parameters, or calm
 * down after a spin.
 */
type Found = Estimate &
  (
    | { readonly move: "plan"; readonly plan: Plan & { readonly part: number }; readonly eases: boolean }
    | { readonly move: "rest" | "back" | "calm" }
  );

export default {
  name: "gauss-newton",
  learningRate: 1,
  learningRateMeaning: "the largest part of its plan that is taken",
  remedy:
    "compare modelError in metrics.jsonl: if it grew, the robot, its floor or a sensor changed, or the model cannot " +
    "describe it, so mend that and train anew; if it did not, the plan went wrong, so drive on with the best policy, " +
    "lapgrad drive",
  needs: { modelRollouts: true, fitsModel: true, prefersLaps: true, choosesPace: true },
  colour: "blue",
  expects: [{ name: "predictedCost", heading: "predicted", unit: "(cost)" }],
  regions: [],
  start: startState,
  counts: COUNTS,
  expectedCost: ({ arrays: { expectedWindow } }: GaussNewtonState, segments: number) =>
    expectedWindow.length > 0 ? expectedWindow.subarray(0, segments).reduce((a, b) => a + b, 0) : undefined,
  beginAnew: ({ numbers, arrays }: GaussNewtonState) => {
    Object.assign(numbers, { unchanged: 0, expected: 0, lastCost: 0 });
    arrays.expectedWindow = NONE;
  },
  taskChanged: ({ numbers }: GaussNewtonState) => {
    numbers.bestCost = Number.POSITIVE_INFINITY;
    numbers.confirmedCost = Number.MAX_VALUE;
    numbers.lastCost = 0;
  },
  distrust: ({ numbers }: GaussNewtonState) => {
    numbers.kappa = Math.min(KAPPA.most, DISTRUST * numbers.kappa);
  },
  remarks: ({ numbers }: GaussNewtonState) => {
    const { chosen, pace } = numbers;
    if (chosen === 0) return describeCalm(numbers, pace);
    return [`${RUNGS[chosen - 1].name} is driven on, at pace ${pace.toFixed(2)}`];
  },
  outlook: ({ numbers: { expected, unchanged, kappa } }: GaussNewtonState) =>
    expected < unchanged ? { predictedCost: expected, damping: kappa } : {},
  account: ({ numbers: { turn, expected, part, kappa } }: GaussNewtonState) =>
    turn > 0 ? { expectedCost: expected, part, damping: kappa } : {},
  estimate: (core: Core, batch: Batch, state: GaussNewtonState): Found => {
    const seen = assess({ core, batch, state });
    return "move" in seen ? seen : planned([seen], seen.start.from)[0];
  },
  update: apply,
  together,
} as const satisfies UpdateRule<GaussNewtonState, Found>;

/** A robot for which a plan is to be made. */
interface Assessed extends Member<GaussNewtonState> {
  readonly model: ModelRollouts;
  /** its parameters before the plan */
  readonly present: Float64Array;
  readonly start: PlanStart;
  /** it was driven on from a rung of the ladder, and while it is fresh nothing more is planned */
  readonly descends: boolean;
  readonly isFresh: boolean;
  /** what was driven kept the promise, or grows */
  readonly kept: boolean;
  readonly grows: boolean;
}

/** What a robot's driving says of its last plan; what to do, unless a plan is to be made. */
function assess(member: Member<GaussNewtonState>): Found | Assessed {
  const { core, batch, state } = member;
  const { numbers, arrays } = state;
  const present = core.view("parameters").slice();
  if (member.isKnown) {
    if (numbers.fresh > 0 || numbers.recovering > 0) return { loss: batch.cost, norm: 1, move: "rest" };
    const model = new ModelRollouts(core, batch, numbers.turn);
    const start = { from: present, pace: core.pace };
    return { ...member, model, present, start, descends: false, isFresh: false, kept: false, grows: true };
  }
  if (arrays.untrained.length === 0) arrays.untrained = present;
  numbers.chosen = 0;
  const spin = afterSpin(numbers, batch.spins === true);
  if (spin) {
    numbers.unchanged = 0; // nobody knows what it will cost
    numbers.expected = 0;
    arrays.expectedWindow = NONE;
    return { loss: batch.cost, norm: 1, move: spin };
  }
  const changed = batch.changedFrom !== undefined;
  const realised = compared(numbers, batch.cost);
  const { cost, expected } = realised;
  const isJudged = batch.isJudged && !changed;
  const grows = isJudged && numbers.lastCost > 0 && cost > GROWTH * numbers.lastCost;
  const kept = isJudged && expected > 0 && cost <= KEPT * expected;
  if (batch.isJudged && numbers.fresh > 0) numbers.fresh--;
  if (changed) startAnew(state);
  const isFresh = numbers.fresh > 0; // what is known of the world grows from piece to piece
  limitController(core, limitsAfter(numbers.spins, core.setup.task.controller), isFresh ? batch.unhurried : undefined);
  const deceived = isJudged && !isFresh && numbers.floor > 0 && cost > DECEIVED * expected;
  if (changed || deceived) numbers.top = numbers.floor;
  const descends = changed || deceived || isFresh;
  if (deceived && numbers.floor > RUNGS.length) return { loss: batch.cost, norm: 1, move: "rest", hopeless: HOPELESS };
  if (isJudged) {
    judge(state, realised);
    if (kept) numbers.floor = Math.max(0, numbers.floor - 1);
  }
  if (batch.rolloutCost !== undefined && !changed) confirm(state, present, batch.rolloutCost);
  if (batch.isJudged) {
    numbers.lastCost = cost;
    Object.assign(numbers, { comparedCost: 0, comparedExpected: 0, comparedUnchanged: 0 });
  }
  if (batch.isWhole && !changed) {
    const worse = arrays.best.length > 0 && batch.cost > WORSE * numbers.bestCost;
    // worse again after going back: the best cost was luck, or a passage; what was driven now counts
    if (worse && numbers.retreats > 0) numbers.bestCost = Number.POSITIVE_INFINITY;
    if (worse && numbers.retreats === 0 && !deceived)
      return { loss: batch.cost, norm: normOf(arrays.bestPlan), move: "back" };
  }
  const model = new ModelRollouts(core, batch, numbers.turn++);
  if (!descends) numbers.freshCost = 0;
  const start = descends
    ? descend(core, model, state, { present, cost: batch.cost, own: batch.paces.most })
    : { from: present, pace: core.pace };
  return { ...member, model, present, start, descends, isFresh, kept, grows };
}

/**
 * One plan for robots that share their parameters, from `from` on, and what it is for each. The damping is the
 * geometric mean of theirs, and so much of it is taken as they would in the mean.
 */
function planned(robots: readonly Assessed[], from: Float64Array): Found[] {
  const trust = {
    kappa: robots.reduce((product, { state }) => product * state.numbers.kappa, 1) ** (1 / robots.length),
    part: robots.reduce((sum, { state }) => sum + state.numbers.part, 0) / robots.length,
  };
  const plan = (paces: readonly number[]) =>
    planFrom(
      robots.map((robot, i) => ({ ...robot, pace: paces[i] })),
      from,
      trust,
      robots.some(({ isFresh }) => isFresh) ? 0 : undefined,
    );
  const ranges = robots.map(rangeOf);
  const shared = robots.find((_, i) => ranges[i].eases)?.start.pace; // a policy is learned for a pace
  let plans = plan(robots.map(({ start }, i) => (shared !== undefined && ranges[i].eases ? shared : start.pace)));
  const first = plans.map(({ before, unchanged }) => ({ before, unchanged }));
  plans = easedTogether(robots, plans, ranges);
  // a rung up needs a promise that was kept
  for (const [i, { descends, kept, state, batch }] of robots.entries()) {
    const { isBelow, isHeld } = ranges[i];
    if (descends || !isBelow || isHeld || !kept || !(state.numbers.pace > 0)) continue;
    const pace = fasterPace(plans[i].pace, state.numbers.turn, mostOf(state.numbers, batch.paces));
    if (pace === plans[i].pace) continue; // as high as it may be
    const quick = plan(plans.map((one, k) => (k === i ? pace : one.pace)));
    if (meanOf(quick, "after") < meanOf(plans, "after")) plans = quick;
  }
  for (const { core, present, model } of robots) {
    core.view("parameters").set(present);
    model.end();
  }
  const isNew = ({ descends, core }: Assessed, i: number) => descends || plans[i].pace !== core.pace;
  const before = first.reduce((sum, one) => sum + one.before, 0) / robots.length;
  const taken = 2 * robots.filter(isNew).length > robots.length || meanOf(plans, "after") < (1 - WORTHWHILE) * before;
  return robots.map(({ batch, state: { numbers, arrays }, isKnown, grows }, i) => {
    const one = plans[i];
    const found = { loss: batch.cost, norm: one.norm };
    if (!isKnown) {
      numbers.unchanged = first[i].unchanged;
      numbers.expected = taken ? one.expected : numbers.unchanged;
      if (batch.isJudged) arrays.expectedWindow = taken ? one.window.expected : one.window.unchanged;
    }
    if (taken) return { ...found, move: "plan", plan: { ...one, part: trust.part }, eases: ranges[i].mayEase };
    // plans that promise next to nothing only wander
    if (!grows) numbers.kappa = Math.max(KAPPA.least, numbers.kappa / KAPPA.relax);
    return { ...found, move: "rest" };
  });
}

/** The robots that may choose their pace choose one for all. */
function easedTogether(
  robots: readonly Assessed[],
  plans: readonly Plan[],
  ranges: readonly ReturnType<typeof rangeOf>[],
): Plan[] {
  const able = robots.flatMap((_, i) => (ranges[i].eases ? [i] : []));
  if (able.length === 0) return [...plans];
  let costs: number[] = [];
  const model = {
    rollOut: (pace: number) => {
      costs = able.map((i) => robots[i].model.rollOut(pace));
      return costs.reduce((sum, cost) => sum + cost, 0) / able.length;
    },
  };
  const least = Math.max(...able.map((i) => ranges[i].range.least));
  const most = Math.min(...able.map((i) => ranges[i].range.most));
  const { pace } = plans[able[0]];
  const after = able.reduce((sum, i) => sum + plans[i].after, 0) / able.length;
  const chosen = eased(model, { pace, after }, { least, most });
  if (chosen.pace === pace) return [...plans];
  return plans.map((plan, i) => {
    const at = able.indexOf(i);
    if (at < 0) return plan;
    const { model } = robots[i];
    const window = { ...plan.window, expected: model.windowCosts() };
    return { ...plan, pace: chosen.pace, after: costs[at], expected: model.nextCost(), window };
  });
}

function meanOf(plans: readonly Plan[], cost: "before" | "after"): number {
  return plans.reduce((sum, plan) => sum + plan[cost], 0) / plans.length;
}

/** Among which paces a robot may choose now. */
function rangeOf({ core, batch, state: { numbers }, start, descends }: Assessed) {
  const paces = { ...batch.paces, most: mostOf(numbers, batch.paces) };
  const isHeld = core.pace < (1 - ROUNDING) * core.askedPace; // by the reflex, which knows why
  const isBelow = start.pace < paces.least; // after a change of the world, or a spin
  const range = isBelow ? comingBack(numbers, batch.paces, start.pace) : paces;
  const mayEase = !descends && start.pace >= range.least;
  return { range, isHeld, isBelow, mayEase, eases: mayEase && !isHeld };
}

function mostOf({ ceiling }: GaussNewtonState["numbers"], { most }: PaceRange): number {
  return Math.min(ceiling, most);
}

/** Carries out what was found for a robot, whose parameters are those of its core. */
function apply(core: Core, batch: Batch, state: GaussNewtonState, found: Found): void {
  const { numbers, arrays } = state;
  const theta = core.view("parameters");
  if (found.move === "calm") {
    theta.set(arrays.confirmed.length > 0 ? arrays.confirmed : arrays.untrained);
    numbers.pace = calmDown(core, numbers);
    startAnew(state);
    numbers.fresh = 0;
  } else if (found.move === "back") {
    numbers.retreats = 1;
    numbers.kappa = Math.min(KAPPA.most, numbers.kappa * KAPPA.factor);
    numbers.unchanged = numbers.bestCost;
    numbers.expected = numbers.bestCost;
    arrays.expectedWindow = Float64Array.of(numbers.bestCost);
    moveAlong(theta, arrays.best, arrays.bestPlan, RETREAT * numbers.part);
  } else if (found.move === "plan") {
    const { from, direction, part, pace } = found.plan;
    const isBest = batch.isWhole && (arrays.best.length === 0 || batch.cost <= numbers.bestCost);
    // what was driven while the world changed is no measure for what comes
    if (isBest && batch.changedFrom === undefined) {
      arrays.best = theta.slice();
      arrays.bestPlan = direction;
      numbers.bestCost = batch.cost;
      numbers.retreats = 0;
    }
    moveAlong(theta, from, direction, part);
    if (numbers.chosen > 0) numbers.pace = pace;
    if (pace === core.pace) return;
    if (found.eases) core.easePace(pace);
    else core.setPace(pace);
  }
}

/**
 * Robots with one policy: a robot that has to find its way by itself, after a spin or a change of its world, leaves the
 * common parameters until they serve it again; for all others one plan is made (docs/equations.md, section 47).
 */
function together(members: readonly Member<GaussNewtonState>[], common: Float64Array): Found[] {
  const seen = members.map(assess);
  const joined = seen.filter((one): one is Assessed => !("move" in one) && !one.descends && shares(one, common));
  const found = joined.length > 0 ? planned(joined, common) : [];
  const [first] = found;
  if (first?.move === "plan") {
    const { from, direction, part } = first.plan;
    moveAlong(common, from, direction, part);
  }
  return seen.map((one, i) => {
    const mine = joined.indexOf(one as Assessed);
    const own = mine >= 0 ? found[mine] : "move" in one ? one : planned([alone(one)], one.start.from)[0];
    const { core, batch, state } = members[i];
    apply(core, batch, state, own);
    if (mine >= 0) writeParameters(members[i], common);
    return own;
  });
}

/** Whether a robot drives by the common parameters, or can again, and its model can be driven by them. */
function shares({ core, model, present, start, traits }: Assessed, common: Float64Array): boolean {
  writeParameters({ core, traits }, common);
  const theta = core.view("parameters");
  const isSame = theta.every((value, i) => value === present[i]);
  const cost = model.rollOut(start.pace);
  theta.set(present);
  return Number.isFinite(cost) && (isSame || cost <= REJOINS * model.rollOut(start.pace));
}

/** Without what makes common parameters its own. */
function alone({ traits: _, ...robot }: Assessed): Assessed {
  return robot;
}

/**
 * Among which paces it comes back from `pace` after a change, which was below what the settings allow; after a spin,
 * and where the settings leave no choice, it only climbs.
 */
function comingBack({ pace: asked, spins }: GaussNewtonState["numbers"], paces: PaceRange, pace: number): PaceRange {
  const { least, most } = paces;
  return asked > 0 && spins === 0 && least < most ? { least: Math.min(lowestPace(most), pace), most } : paces;
}

/**
 * Down the ladder: what is driven on from, and at which pace, which does not rise before the cost falls again; `cost`:
 * of what was driven last, with the parameters `present`; `own`: the pace of the settings.
 */
function descend(
  core: Core,
  model: ModelRollouts,
  { numbers, arrays }: GaussNewtonState,
  { present, cost, own }: { readonly present: Float64Array; readonly cost: number; readonly own: number },
): PlanStart {
  const policies = [present, halved(core, present), arrays.confirmed, arrays.untrained, arrays.untrained];
  const last = RUNGS.length - 1;
  const eases = numbers.freshCost > 0 && cost <= numbers.freshCost;
  const most = Math.min(partOf(own, numbers.fresh === FRESH ? CAREFUL : 1), eases ? own : core.pace);
  numbers.freshCost = cost;
  const chosen = chooseRung(core, model, policies, Math.min(numbers.top, last), most, own);
  const rung = chosen?.rung ?? last;
  numbers.floor = numbers.top > last ? RUNGS.length + 1 : rung + 1;
  numbers.chosen = rung + 1;
  return { from: chosen?.policy ?? arrays.untrained, pace: chosen?.pace ?? lowestPace(own) };
}
