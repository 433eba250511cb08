/** A model is fitted in parts that are accepted or refused each by itself; what they have in common. */
import { beyond, LONGEST_DELAY } from "./fit-data.js";
import {
  type Correlation,
  estimated,
  type FitRows,
  fitRobustly,
  isDetermined,
  type Known,
  ROWS_ALIKE,
  type RobustSolution,
  Room,
  strongCorrelations,
} from "./robust-fit.js";

/** How sure a fit is of its parameters, and which of its parts were refused. */
export interface Sureness<Name extends string> {
  /** of what was fitted; the parameters of a part that was refused have none */
  readonly standardErrors: Readonly<Partial<Record<Name, number>>>;
  readonly correlations: readonly Correlation[];
  /** parameters that the driving does not determine: they are where their priors draw them */
  readonly undetermined: readonly Name[];
  /** why parts were refused: their parameters and delays are those of the model so far */
  readonly refused: readonly string[];
}

/** A part that was fitted. */
export interface PartFit<Name extends string> {
  readonly names: readonly Name[];
  readonly solution: RobustSolution;
  readonly delay: number;
}

/** A part as fitted, or why it was refused. */
export type PartAnswer<Name extends string> =
  | { readonly fit: PartFit<Name>; readonly refused?: undefined }
  | { readonly fit?: undefined; readonly refused: string };

/** Another delay than the last must explain more, by this part. */
const BETTER = 1e-3;
/** A delay whose fit will not come below so many times the loss of the best one is given up on the way. */
const HOPELESS = 1.25;
/** A gain whose standard error is more than this part of the prior's deviation: no driving at all, without a model. */
const UNTOUCHED = 0.95;
/** Steps around the last delay that are searched where not all are. */
const NEAR = 2;

/**
 * What is searched: all delays; those near the last; none but that; or, after a change of the world, none but that with
 * the model before it as the prior: what changed is more likely a little of it than everything.
 */
export type Search = "all" | "near" | "here" | "changed";

/** Delays to search [control steps]: the last one, then the likeliest first, by which most others are soon given up. */
function delaysAround(last: number, search: Search, prior: number): number[] {
  const reach = search === "all" ? LONGEST_DELAY : search === "near" ? NEAR : 0;
  const all = Array.from({ length: LONGEST_DELAY + 1 }, (_, delay) => delay);
  const rank = (delay: number) => (delay === last ? -1 : Math.abs(delay - prior));
  return all.filter((delay) => Math.abs(delay - last) <= reach).sort((a, b) => rank(a) - rank(b));
}

/** What is known before a fit: of any robot, or after a change of the world the model before it. */
function knownOf<Name extends string>(
  table: Readonly<Record<Name, Changing>>,
  before: Readonly<Record<Name, number>>,
  search: Search,
): Readonly<Record<Name, Known>> {
  if (search !== "changed") return table;
  const entries = Object.entries<Changing>(table).map(([name, known]) => [
    name,
    { ...known, prior: before[name as Name], deviation: known.change },
  ]);
  return Object.fromEntries(entries) as Record<Name, Known>;
}

/** What is known of a parameter, and how much of it a change of the world may take or give: a standard deviation. */
export interface Changing extends Known {
  readonly change: number;
}

/** A part of a model: its name, those of its parameters, the gain first, and what is known of them and of its delay. */
export interface ModelPart<Name extends string> {
  readonly what: string;
  readonly names: readonly Name[];
  readonly table: Readonly<Record<Name, Changing>>;
  readonly delays: KnownDelay;
}

/** Where a delay is drawn to, and how far from that it usually is [control steps]. */
export interface KnownDelay {
  readonly prior: number;
  readonly deviation: number;
}

/**
 * The fit of a part at the likeliest delay; refused if nothing is known of its gain, or it would leave its bounds: then
 * the data are wrong, not the robot. The others are held to theirs. `present`: where the search begins. After a change
 * the gain is that of the model before where the driving says nothing of it, as a car's steering gain at its grip.
 */
export function fitPart<Name extends string>(
  { what, names, table, delays }: ModelPart<Name>,
  { delay: last, parameters: present, before = present, search }: Present<Name>,
  rowsAt: (delay: number) => FitRows,
): PartAnswer<Name> {
  const priors = knownOf(table, before, search);
  const gain = priors[names[0]];
  const free = { ...gain, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const known = [free, ...names.slice(1).map((name) => priors[name])];
  const start = Float64Array.from(names, (name) => present[name]);
  let fit: PartFit<Name> | undefined;
  let room: Room | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const delay of delaysAround(last, search, delays.prior)) {
    const rows = rowsAt(delay);
    room ??= new Room(rows.count, names.length);
    // the pull to the prior of the delay, in proportion of the loss: the scale of the residuals is not known beforehand
    const pull = Math.exp((ROWS_ALIKE / rows.count) * ((delay - delays.prior) / delays.deviation) ** 2);
    const solution = fitRobustly(rows, known, fit?.solution.x ?? start, room, (HOPELESS * least) / pull);
    if (!solution || solution.loss * pull >= least * (1 - BETTER)) continue;
    fit = { names, solution, delay };
    least = solution.loss * pull;
  }
  const isHeld = search === "changed";
  if (!fit || (!isHeld && estimated(fit.solution, 0).standardError > UNTOUCHED * gain.deviation))
    return { refused: `${what}: the driving does not determine the model` };
  const problem = beyond<string>({ [names[0]]: fit.solution.x[0] }, { [names[0]]: gain });
  return problem ? { refused: `${what}: ${problem}` } : { fit };
}

/** The model so far, the delay of the part that is fitted, and what is searched. */
export interface Present<Name extends string> {
  readonly parameters: Readonly<Record<Name, number>>;
  /** the model before a change of the world, which what "changed" is held to; absent: the model so far */
  readonly before?: Readonly<Record<Name, number>> | undefined;
  readonly delay: number;
  readonly search: Search;
}

/** The parameters of a part by name. */
export function parametersOf<Name extends string>({ names, solution }: PartFit<Name>): Partial<Record<Name, number>> {
  return Object.fromEntries(names.map((name, i) => [name, solution.x[i]])) as Partial<Record<Name, number>>;
}

/** What all parts of a model say together. */
export function surenessOf<Name extends string>(
  answers: readonly PartAnswer<Name>[],
  table: Readonly<Record<Name, Known>>,
): Sureness<Name> {
  const fits = answers.flatMap(({ fit }) => fit ?? []);
  const all = fits.flatMap(({ names, solution }) => names.map((name, i) => [name, estimated(solution, i)] as const));
  const errors = all.map(([name, { standardError }]) => [name, standardError]);
  return {
    standardErrors: Object.fromEntries(errors) as Partial<Record<Name, number>>,
    correlations: fits.flatMap(({ names, solution }) => strongCorrelations(names, solution)),
    undetermined: all.filter(([name, value]) => !isDetermined(value, table[name])).map(([name]) => name),
    refused: answers.flatMap(({ refused }) => refused ?? []),
  };
}
