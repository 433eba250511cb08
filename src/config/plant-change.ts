/** The setting `plant-change`: parameters of a plant as functions of time, laps or place. */
import * as v from "valibot";
import { UserError } from "../errors.js";
import type { PlantChange, PlantDefinition, TaskDefinition } from "../tasks/definition.js";

const FORM =
  "name=factor@lapN, name=factor@secondsS, name=from..to@secondsS..S or name=factor@place:x,y,r, " +
  "with finite factors, laps and seconds of 0 or more, and a radius above 0";

/** A change as it is written, with laps not yet in seconds. */
interface WrittenChange {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly where:
    | { readonly unit: "lap" | "seconds"; readonly since: number; readonly until: number }
    | Extract<PlantChange["where"], { radius: number }>;
}

export const plantChanges = v.array(
  v.pipe(
    v.string(FORM),
    v.check((text) => readChange(text) !== undefined, FORM),
  ),
  `a list of ${FORM}`,
);

/** The changes in a text that separates them by commas, as the numbers of a place are. */
export function changesIn(text: string): string[] {
  return text.split(/,(?=\s*[A-Za-z]\w*\s*=)/).map((change) => change.trim());
}

/** Undefined if the text is no change. */
function readChange(text: string): WrittenChange | undefined {
  const [, name, factors, time, times, place] =
    /^([A-Za-z]\w*)=([^@]+)@(?:(lap|seconds)([^@]+)|place:([^@]+))$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [from, to = from, ...more] = numbersIn(factors, "..");
  const isRamp = factors.includes("..");
  if (!areFinite(from, to) || more.length > 0) return undefined;
  if (place !== undefined) {
    const [x, y, radius, ...rest] = numbersIn(place, ",");
    if (isRamp || !areFinite(x, y, radius) || radius <= 0 || rest.length > 0) return undefined;
    return { name, before: 1, after: to, where: { x, y, radius } };
  }
  const [since, until = since, ...rest] = numbersIn(times, "..");
  if (!areFinite(since, until) || since < 0 || rest.length > 0) return undefined;
  if (isRamp ? until <= since : times.includes("..")) return undefined;
  return { name, before: isRamp ? from : 1, after: to, where: { unit: time as "lap", since, until } };
}

function numbersIn(text: string, separator: string): number[] {
  return text.split(separator).map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
}

const areFinite = (...values: number[]) => values.every(Number.isFinite);

/** What the setting's texts mean for a plant whose lap takes `lapSeconds`, if its task has laps. */
export function resolveChanges(
  texts: readonly string[],
  task: TaskDefinition,
  plant: PlantDefinition,
  plantName: string,
  lapSeconds: number | undefined,
): PlantChange[] {
  return texts.map((text) => {
    const refused = (why: string) => new UserError(`plant-change "${text}": ${why}`);
    const { name, before, after, where } = readChange(text) as WrittenChange; // as its schema has checked
    const parameter = ownName(plant, name);
    if (parameter === undefined) throw refused(unknown(task, plant, plantName, name));
    if (plant.parameters[parameter] === 0)
      throw refused(
        `${parameter} of ${plantName} is 0, which no factor changes: ` +
          `give it a value first, --parameters plant.${parameter}=…`,
      );
    if (plant.positive?.includes(parameter) && !(before > 0 && after > 0))
      throw refused(`${parameter} of ${plantName} must stay above 0: use factors above 0`);
    if (plant.notNegative?.includes(parameter) && !(before >= 0 && after >= 0))
      throw refused(`${parameter} of ${plantName} must not fall below 0: use factors of 0 or more`);
    if ("radius" in where) {
      if (!(task.columns.state[0].startsWith("x ") && task.columns.state[1].startsWith("y ")))
        throw refused(`${task.name} has no place: use seconds`);
      return { parameter, before, after, where };
    }
    const { unit, since, until } = where;
    if (unit === "lap" && lapSeconds === undefined) throw refused(`${task.name} has no laps: use seconds`);
    const factor = unit === "lap" ? (lapSeconds as number) : 1;
    return { parameter, before, after, where: { since: since * factor, until: until * factor } };
  });
}

/** The parameter that a plant calls so, or has under that alias. */
function ownName({ parameters, aliases = {} }: PlantDefinition, name: string): string | undefined {
  if (Object.hasOwn(parameters, name)) return name;
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

function unknown(task: TaskDefinition, plant: PlantDefinition, plantName: string, name: string): string {
  const known = [...Object.keys(plant.parameters), ...Object.keys(plant.aliases ?? {})].join(", ");
  const others = Object.keys(task.plants).filter((other) => ownName(task.plants[other], name) !== undefined);
  const remedy = others.length > 0 ? `, or plant ${others.join(" or ")}, which has it` : "";
  return `plant ${plantName} of ${task.name} has no "${name}"; use one of ${known}${remedy}`;
}
