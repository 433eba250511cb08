/**
 * [W23, Algorithm 1] for several robots that learn one policy, as a generator: the batch of equation (8) comes from all
 * of them (docs/equations.md, section 47). As algorithm1.ts it knows neither disk nor terminal. Every robot drives by
 * itself; an update is made when one of them has driven a piece, of what all of them drove last, and acts on each from
 * its own next network call on. In simulation every robot drives a piece between two updates, in their order.
 */
import type { Estimate } from "../rules/definition.js";
import { isUsable, turn } from "../training/algorithm1.js";
import type { DriveEvent } from "../training/rollout-source.js";
import { FleetMember, type FleetRobot } from "./member.js";

/** What happened to a robot, or to all; `learned`: those that had driven something new. */
export type FleetEvent =
  | { readonly kind: "drove"; readonly member: FleetMember; readonly event: DriveEvent }
  | { readonly kind: "left"; readonly member: FleetMember; readonly why: string }
  | { readonly kind: "update"; readonly learned: readonly FleetMember[] }
  /** every robot that drives has finished a lap since the last time */
  | { readonly kind: "lap"; readonly finished: readonly FleetMember[] };

export interface FleetLearning {
  readonly robots: readonly FleetRobot[];
  /** the parameters that they share, with what the network makes of traits if it has any; they change in place */
  readonly common: Float64Array;
  /** the network is told the robots apart */
  readonly hasTraits: boolean;
  readonly isSimulated: boolean;
  /** laps of each */
  readonly last: number;
}

/**
 * Trains until every robot has driven its laps, or none drives any more and none may return. All learn by the rule of
 * the first; a robot that stops, or of whose driving nothing can be made, leaves the others driving.
 */
export async function* learnTogether(fleet: FleetLearning): AsyncGenerator<FleetEvent, void> {
  const { robots, common, isSimulated, last } = fleet;
  const members = robots.map((robot) => new FleetMember(robot));
  const placed = (...places: readonly FleetMember["place"][]) => members.filter(({ place }) => places.includes(place));
  for (const member of members) if (member.robot.isOut || member.driven >= last) member.place = "gone";
  for (;;) {
    if (isSimulated && placed("driving").length === 0) comeBack(members);
    const active = isSimulated ? placed("driving") : placed("driving", "stopped");
    if (active.length === 0) return;
    // lines 3 to 5
    if (isSimulated) for (const member of active) await (member.hasLap || member.drive());
    else await Promise.race(active.map((member) => member.drive()));
    await turn(); // who is there at the same time counts in the same update
    for (const member of members) yield* taken(member, fleet);
    // lines 6 and 7
    const learned = members.filter(({ isLearning }) => isLearning);
    if (learned.some(({ isNew }) => isNew)) {
      const fresh = learned.filter(({ isNew }) => isNew);
      const found = update(learned, fleet);
      for (const [i, member] of learned.entries()) {
        if (isUsable(found[i])) continue;
        await member.leave(false);
        yield { kind: "left", member, why: found[i].hopeless ?? "nothing can be learned from what it drives" };
      }
      yield { kind: "update", learned: fresh }; // whoever listens refuses what must not be driven
      for (const member of members) member.handOver(common);
    }
    for (const member of placed("driving")) if (member.driven >= last) await member.rest();
    const finished = members.filter(({ hasLap }) => hasLap);
    if (finished.length === 0 || placed("driving").some(({ hasLap }) => !hasLap)) continue;
    for (const member of finished) member.hasLap = false;
    if (isSimulated) comeBack(members);
    yield { kind: "lap", finished };
  }
}

/** What a robot has driven, if a piece is over. */
async function* taken(member: FleetMember, { hasTraits }: FleetLearning): AsyncGenerator<FleetEvent, void> {
  const driven = member.take();
  if (driven === undefined) return;
  if (typeof driven === "string") {
    await member.leave(false);
    yield { kind: "left", member, why: driven };
    return;
  }
  yield { kind: "drove", member, event: driven };
  if (member.place === "gone") return; // by the judgement of who listens
  if (driven.stopped !== undefined) {
    // where it is known what must be mended first, putting it back mends nothing
    await member.leave(driven.remedy === undefined && member.robot.mayReturn());
    yield { kind: "left", member, why: driven.stopped };
    return;
  }
  member.place = "driving";
  member.learnFrom(hasTraits);
  member.hasLap ||= driven.completes;
}

function update(learned: readonly FleetMember[], { common }: FleetLearning): readonly Estimate[] {
  const { rule } = learned[0].robot.training;
  if (!rule.together) throw new Error(`${rule.name} learns from one robot`);
  return rule.together(
    learned.map(({ learner }) => learner),
    common,
  );
}

/** Simulated robots that stopped are put back. */
function comeBack(members: readonly FleetMember[]): void {
  for (const member of members) if (member.place === "stopped") member.place = "driving";
}
