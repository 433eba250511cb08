/**
 * A plan: a file of lines of JSON, the header and then a line for each job, with a folder of results beside it. The
 * plan is the truth: what has no result is to be done.
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors.js";
import { createFolder, readText, writeAtomically } from "../files.js";
import { shortened } from "../output.js";
import { buildVersion } from "../version.js";
import { type Job, nameOf } from "./job.js";
import { Results } from "./results.js";

/** Name of the plan in its folder. */
const PLAN = "plan.jsonl";

/** The first line of a plan. */
export interface Header {
  /** what it is a plan of: studies.ts */
  readonly study: string;
  /** what its pages are made with */
  readonly options: unknown;
  /** that planned it, and that its workers must have */
  readonly version: string;
  readonly jobs: number;
  /** of everything else in the file, so that a plan that was edited is found out */
  readonly hash: string;
}

interface PlannedJob extends Job {
  readonly name: string;
}

/** A plan that was read. */
export class Plan {
  readonly results: Results;
  readonly #lines: readonly string[];

  constructor(
    /** of the file */
    readonly path: string,
    readonly header: Header,
    lines: readonly string[],
  ) {
    this.#lines = lines;
    this.results = resultsOf(dirname(path));
  }

  get folder(): string {
    return dirname(this.path);
  }

  /** The job of that number, from 0. */
  job(index: number): PlannedJob {
    return JSON.parse(this.#lines[index]) as PlannedJob;
  }

  /** Names of all jobs, in their order. */
  names(): string[] {
    return this.#lines.map((line) => NAME.exec(line)?.[1] ?? (JSON.parse(line) as PlannedJob).name);
  }

  /** Numbers of the jobs that have no result. */
  async missing(): Promise<number[]> {
    const done = await this.results.done();
    return this.names().flatMap((name, index) => (done.has(name) ? [] : [index]));
  }

  /** Keeps answers that were found elsewhere, in the order of the jobs, of those that have none. */
  async adopt(answers: readonly unknown[]): Promise<void> {
    const done = await this.results.done();
    for (const [index, name] of this.names().entries())
      if (answers[index] !== undefined && !done.has(name)) await this.results.write(name, answers[index]);
  }

  /** Every answer in the order of the jobs; undefined: not done. */
  answers(): Promise<unknown[]> {
    return this.results.read(this.names());
  }
}

/** The results beside a plan. */
export function resultsOf(folder: string): Results {
  return new Results(join(folder, "results"));
}

/** Each line begins with the name. */
const NAME = /^\{"name":"([0-9a-f]+)",/;

/** What a plan of these jobs has in its file. */
export function planText(study: string, options: unknown, jobs: readonly Job[]): string {
  const version = buildVersion();
  const lines = jobs.map(({ kind, settings }) => {
    return `${JSON.stringify({ name: nameOf({ kind, settings }, version), kind, settings })}\n`;
  });
  const header = { study, options, version, jobs: jobs.length };
  return `${JSON.stringify({ ...header, hash: hashOf(header, lines.join("")) })}\n${lines.join("")}`;
}

function hashOf(header: Omit<Header, "hash">, lines: string): string {
  return createHash("sha256")
    .update(`${JSON.stringify(header)}\n`)
    .update(lines)
    .digest("hex");
}

/** Writes a plan into a folder, in place of one that is there. Results stay, and count where they fit. */
export async function writePlan(folder: string, study: string, options: unknown, jobs: readonly Job[]): Promise<Plan> {
  const path = join(folder, PLAN);
  await createFolder(join(folder, "results"));
  const text = planText(study, options, jobs);
  await writeAtomically(path, text);
  return parsed(path, text);
}

/**
 * Reads a plan, given its file or its folder. `expected`: the hash of the plan that is meant.
 * @throws UserError if it was edited, if it is of another version, or if it is not the one that is meant
 */
export async function readPlan(given: string, expected?: string): Promise<Plan> {
  const isFolder = await stat(given).then(
    (one) => one.isDirectory(),
    () => false,
  );
  const plan = parsed(isFolder ? join(given, PLAN) : given, await readText(isFolder ? join(given, PLAN) : given));
  const { hash } = plan.header;
  if (expected === undefined || hash === expected) return plan;
  throw new UserError(
    `${plan.path} is the plan ${shortHash(hash)}, and ${shortHash(expected)} was submitted: another one was written ` +
      "in its place; cancel what is queued, and collect --engine submits this one",
  );
}

/** As plans are told apart in names and messages. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

function parsed(path: string, text: string): Plan {
  const [first, ...lines] = text.split("\n");
  const header = headerOf(path, first);
  const { hash, ...others } = header;
  if (lines.pop() !== "" || hashOf(others, text.slice(first.length + 1)) !== hash) throw edited(path, header, lines);
  const version = buildVersion();
  if (header.version === version) return new Plan(path, header, lines);
  throw new UserError(
    `${path} was planned by lapgrad ${header.version}, and this is ${version}, which may compute other numbers: use ` +
      "that one, or plan again with this one",
  );
}

function headerOf(path: string, line: string): Header {
  try {
    const { study, options, version, jobs, hash } = JSON.parse(line) as Header;
    if (typeof study === "string" && typeof version === "string" && typeof hash === "string" && Number.isInteger(jobs))
      return { study, options, version, jobs, hash };
  } catch {} // it is no JSON: said below
  throw new UserError(`${path} is no plan; got ${shortened(line)}; allowed is what lapgrad plan writes`);
}

/** The error that names what was changed by hand. */
function edited(path: string, { version, jobs }: Header, lines: readonly string[]): UserError {
  const remedy = "lapgrad plan writes a whole one; results that fit it count";
  const place = lines.findIndex((line) => !isWhole(line, version));
  const what =
    place >= 0
      ? `line ${place + 2} does not fit its name`
      : lines.length !== jobs
        ? `it has ${lines.length} jobs, and had ${jobs}`
        : "its first line, or the order of its jobs, is another";
  return new UserError(`${path} was edited after it was planned (${what}); ${remedy}`);
}

function isWhole(line: string, version: string): boolean {
  try {
    const { name, kind, settings } = JSON.parse(line) as PlannedJob;
    return name === nameOf({ kind, settings }, version);
  } catch {
    return false;
  }
}
