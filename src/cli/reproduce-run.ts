/** `lapgrad reproduce`: runs one study or all, shows their tables, writes figures and tables. */
import { join } from "node:path";
import { UserError } from "../errors.js";
import { createFolder, unusedPath } from "../files.js";
import { type Output, timestamp } from "../output.js";
import { pageLines, writePage } from "../reproduce/page.js";
import { studiesNamed } from "../reproduce/studies.js";
import { runWithProgress, workerCount } from "./jobs.js";
import { wholeNumber } from "./options.js";

/** The options as typed. */
export interface ReproduceOptions {
  readonly study: string;
  readonly seeds: string | undefined;
  readonly quick: boolean;
  readonly sweep: boolean;
  readonly reference: string | undefined;
  readonly workers: string | undefined;
  readonly out: string | undefined;
}

/** Runs the command; fails, after everything is written, if a study's results are not as they should be. */
export async function reproduceCommand(options: ReproduceOptions, output: Output): Promise<void> {
  const chosen = studiesNamed(options.study);
  const seeds = options.seeds === undefined ? undefined : wholeNumber(options.seeds, "--seeds");
  const workers = workerCount(options.workers);
  const reference = options.reference ?? process.env.LAPGRAD_REFERENCE_DATA;
  const out = options.out ?? (await unusedPath(join("runs", `reproduce-${timestamp(new Date())}`)));
  const results: Record<string, unknown>[] = [];
  const failures: string[] = [];
  for (const study of chosen) {
    if (study.needsReference && reference === undefined) {
      const missing = `${study.name} needs the authors' recordings: give their folder with --reference or LAPGRAD_REFERENCE_DATA`;
      if (options.study !== "all") throw new UserError(missing);
      output.say(`left out: ${missing}`);
      continue;
    }
    await createFolder(out); // before the work, not after it
    const began = performance.now();
    const page = await study.run({
      seeds,
      quick: options.quick,
      sweep: options.sweep,
      reference,
      run: (module, jobs, what) => runWithProgress(module, jobs, workers, output, what),
    });
    const seconds = (performance.now() - began) / 1000;
    for (const line of pageLines(page)) output.say(line);
    const files = await writePage(out, study.name, page, { command: commandLine(study.name, options), seconds });
    output.say(`\n${study.name}: ${seconds.toFixed(1)} s; ${files.join(", ")}\n`);
    results.push({ study: study.name, ...page.results, files, wallSeconds: seconds });
    if (page.failure) failures.push(`${study.name}: ${page.failure}`);
  }
  output.result(options.study === "all" ? { studies: results } : results[0]);
  if (failures.length > 0) throw new UserError(failures.join("; "), 1);
}

/** The command that gives the same numbers. */
function commandLine(study: string, { quick, sweep, seeds }: ReproduceOptions): string {
  const options = [
    ...(quick ? ["--quick"] : []),
    ...(sweep ? ["--sweep"] : []),
    ...(seeds ? [`--seeds ${seeds}`] : []),
  ];
  return ["lapgrad reproduce", study, ...options].join(" ");
}
