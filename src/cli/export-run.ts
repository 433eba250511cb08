/** `lapgrad export`: writes a policy in another form, and says whether that does what the core does. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { forms, type Verdict } from "../export/forms.js";
import type { Check } from "../export/parity.js";
import { openSource } from "../export/source.js";
import { writeAtomically } from "../files.js";
import { formatTable, type Output } from "../output.js";

export interface ExportOptions {
  readonly run: string;
  readonly what: string;
  readonly format: string;
  readonly checkpoint: string;
  readonly precision: string | undefined;
  readonly timing: string | undefined;
  readonly out: string | undefined;
}

export async function exportCommand(options: ExportOptions, output: Output): Promise<void> {
  const form = forms[oneOf(options.format, "--format", Object.keys(forms))];
  if (!form) throw new Error(`no form ${options.format}`);
  const what = oneOf(options.what, `--what of --format ${options.format}`, form.whats);
  const [usual = "float64"] = form.precisions;
  const precision = oneOf(options.precision ?? usual, `--precision of --format ${options.format}`, form.precisions);
  const timing =
    options.timing === undefined ? undefined : oneOf(options.timing, "--timing", ["simulation", "hardware"] as const);
  const source = await openSource(options.run, options.checkpoint, timing);
  const path = options.out ?? join(options.run, `${what}${precision === usual ? "" : `-${precision}`}.${form.ending}`);
  await writeAtomically(path, await form.write(source, { what, precision }));
  const file = await readFile(path);
  const verdict = await form.check(source, { what, precision }, file);
  const { policy } = source;
  output.say(
    `${what} of ${options.run} after ${policy.provenance.updates} updates, ${policy.timing} timing: ${path} (${file.length} bytes)`,
  );
  say(verdict, output);
  output.result({
    run: options.run,
    task: policy.task.name,
    updates: policy.provenance.updates,
    what,
    format: options.format,
    precision,
    timing: policy.timing,
    file: path,
    bytes: file.length,
    checks: "checks" in verdict ? verdict.checks : null,
    unchecked: "unchecked" in verdict ? verdict.unchecked : null,
  });
  const failed = "checks" in verdict ? verdict.checks.find(({ passed }) => !passed) : undefined;
  if (failed) throw new UserError(`${path} is not the policy: ${failure(failed)}. Do not drive with it`, 1);
}

function oneOf<T extends string>(value: string, option: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new UserError(`${option} is ${value}; allowed is ${allowed.join(" or ")}`);
}

function say(verdict: Verdict, output: Output): void {
  if ("unchecked" in verdict) {
    output.say(`not checked against the core: ${verdict.unchecked}`);
    return;
  }
  const row = ({ what, precision, states, undecided, error, limit, passed }: Check): string[] => [
    `${what}, ${precision}`,
    `${states}`,
    `${undecided}`,
    error.toExponential(1),
    limit.toExponential(0),
    passed ? "yes" : "NO",
  ];
  output.say(
    formatTable([
      ["against the core", "compared", "undecided", "error", "limit", "passed"],
      ...verdict.checks.map(row),
    ]),
  );
}

function failure({ what, states, undecided, error, limit }: Check): string {
  if (error > limit)
    return `${what} differs from the core by ${error.toExponential(2)}, allowed is ${limit.toExponential(0)}`;
  return `${undecided} of ${states} states are beyond its precision`;
}
