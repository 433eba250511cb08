/** Sweeps of one's own: a YAML file that says which settings are varied, and the page of what came out. */
import { parse } from "yaml";
import { finalCost, spreadOf, worstCost } from "../compare/statistics.js";
import type { Curve } from "../compare/training.js";
import { checkSettings, completeConfig, type PartialConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { messageOf, UserError } from "../errors.js";
import { digits, shortened } from "../output.js";
import type { StudyPage } from "../reproduce/study.js";
import type { Job } from "./job.js";
import type { Training } from "./training.js";

/** What such a file holds. */
interface Custom {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly vary?: Readonly<Record<string, readonly unknown[]>>;
  readonly seeds?: unknown;
  readonly minutes?: unknown;
}

const KEYS = ["settings", "vary", "seeds", "minutes"];

/** More jobs than this are a slip of the pen. */
const MOST_JOBS = 1_000_000;

/** The jobs of such a file: combinations of what is varied, the last one fastest, within them seeds. */
export function customJobs(path: string, text: string): Job[] {
  const { settings = {}, vary = {}, minutes, seeds } = customIn(path, text);
  if (!(typeof minutes === "number" && minutes > 0 && minutes <= 1440))
    throw new UserError(`${path}: minutes is ${minutes}; allowed is a number above 0, at most 1440`);
  const numbers = seedsIn(path, seeds);
  const names = Object.keys(vary);
  const size = names.reduce((product, name) => product * vary[name].length, numbers.length);
  if (size > MOST_JOBS) throw new UserError(`${path} has ${size} jobs; allowed are ${MOST_JOBS}: vary less`);
  const combinations = names.reduce<Record<string, unknown>[]>(
    (found, name) => found.flatMap((one) => vary[name].map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  return combinations.flatMap((combination) => {
    const config = { ...settings, ...combination } as PartialConfig;
    checkConfig(path, config);
    return numbers.map((seed) => ({ kind: "training", settings: { config: { ...config, seed }, minutes } }));
  });
}

function checkConfig(path: string, config: PartialConfig): void {
  const complete = completeConfig(checkSettings(config, path));
  if (!isSimulated(complete))
    throw new UserError(`${path}: link is ${complete.link}; a sweep trains in simulation: allowed is sim`);
  if (complete.race) throw new UserError(`${path}: laps at other speeds cost what cannot be compared: leave race out`);
}

function customIn(path: string, text: string): Custom {
  let found: unknown;
  try {
    found = parse(text);
  } catch (error) {
    throw new UserError(`${path} is no YAML: ${shortened(messageOf(error))}; docs/sweeps.md has an example`);
  }
  if (typeof found !== "object" || found === null || Array.isArray(found))
    throw new UserError(`${path} is ${shortened(text)}; allowed is a table of ${KEYS.join(", ")}: docs/sweeps.md`);
  const stranger = Object.keys(found).find((key) => !KEYS.includes(key));
  if (stranger !== undefined) throw new UserError(`${path}: unknown ${stranger}; allowed is ${KEYS.join(", ")}`);
  const custom = found as Custom;
  for (const [name, values] of Object.entries(custom.vary ?? {}))
    if (!Array.isArray(values) || values.length === 0)
      throw new UserError(`${path}: vary.${name} is ${JSON.stringify(values)}; allowed is a list of values`);
  for (const part of [custom.settings, custom.vary])
    if (part && "seed" in part) throw new UserError(`${path}: seed is no setting here; allowed is seeds, e.g. 1-10`);
  return custom;
}

function seedsIn(path: string, given: unknown): number[] {
  const [, first = "1", last] = /^(?:(\d+)-)?(\d+)$/.exec(String(given ?? 1)) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (count >= 1 && count <= MOST_JOBS) return Array.from({ length: count }, (_, i) => Number(first) + i);
  throw new UserError(
    `${path}: seeds is ${JSON.stringify(given)}; allowed is how many, or the first and last, e.g. 11-20`,
  );
}

/** The page: a row per combination, of the seeds that are trained. */
export function customPage(trainings: readonly Training[], curves: readonly (Curve | undefined)[]): StudyPage {
  const groups = new Map<string, Curve[]>();
  for (const [i, { config }] of trainings.entries()) {
    const curve = curves[i];
    if (curve === undefined) continue;
    const { seed: _, ...others } = config;
    const name = JSON.stringify(others);
    groups.set(name, [...(groups.get(name) ?? []), curve]);
  }
  if (groups.size === 0) throw new UserError("no training is over", 1);
  const parsed = [...groups].map(([name, group]) => ({ settings: JSON.parse(name) as Record<string, unknown>, group }));
  const varied = Object.keys(parsed[0].settings).filter(
    (key) => new Set(parsed.map(({ settings }) => JSON.stringify(settings[key]))).size > 1,
  );
  const rows = parsed.map(({ settings, group }) => {
    const final = spreadOf(group.map(finalCost));
    const worst = spreadOf(group.map(worstCost)).worst;
    return { settings, seeds: group.length, final, worst, failed: group.filter(({ failure }) => failure).length };
  });
  const percent = (part: number) => (Number.isFinite(part) ? digits(100 * part, 3) : "stopped");
  const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return {
    title: "Sweep",
    intro: [
      `Trained for ${trainings[0].minutes} minutes of driving each. Costs in % of the untrained policy's: of the ` +
        "last policy in a rollout of its own, median (worst seed); *worst ever*: of any rollout of any seed.",
    ],
    sections: [
      {
        heading: "Trainings",
        table: [
          [...varied, "seeds", "last policy", "worst ever", "stopped"],
          ...rows.map(({ settings, seeds, final, worst, failed }) => [
            ...varied.map((key) => shown(settings[key])),
            String(seeds),
            `${percent(final.median)} (${percent(final.worst)})`,
            percent(worst),
            String(failed),
          ]),
        ],
      },
    ],
    results: { rows },
  };
}
