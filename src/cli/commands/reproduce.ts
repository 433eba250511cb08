/** `lapgrad reproduce`: runs one study or all, shows their tables, writes figures and tables. */
import { join } from "node:path";
import { UserError } from "../../errors.js";
import { createFolder, unusedPath } from "../../files.js";
import { roomOf, timestamp } from "../../output.js";
import { pageLines, writePage } from "../../reproduce/page.js";
import { studies, studiesNamed } from "../../reproduce/studies.js";
import { quoted } from "../../shell.js";
import { resultsOf, writePlan } from "../../sweeps/plan.js";
import { type ArgumentType, choicesLabel, flag, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { drivingMinutes, plants, ruleNames } from "../rules.js";
import { folder } from "../shared.js";
import { engineArguments, engineFor, runPlan } from "../sweep.js";

const ALL = "all";
const study: ArgumentType<string> = {
  label: choicesLabel([...studies.map(({ name }) => name), ALL]),
  parse(given) {
    studiesNamed(given); // refuses what is none
    return given;
  },
};

export default defineCommand({
  describe: "the paper's studies, beside the recorded results where they are at hand",
  args: {
    study: {
      type: study,
      positional: true,
      required: true,
      describe: "docs/reproduce.md says what each shows",
    },
    seeds: { type: wholeNumber(1), describe: "seeds per setting", defaultNote: "the study's" },
    quick: { type: flag, describe: "few seeds: a first impression within a minute" },
    plants: { type: plants, describe: "simulated cars (figure3), also with changes or parameters: docs/compare.md" },
    rules: { type: ruleNames, describe: "rules to compare (figure3)", defaultNote: "the study's" },
    minutes: { type: drivingMinutes, describe: "driving that every rule may learn from (figure3) [min]" },
    kept: { type: flag, describe: "nothing is trained: what is over in --out, as far as it got (figure3)" },
    sweep: { type: flag, describe: "tune learning rates anew (figure2); takes longer" },
    reference: {
      type: folder,
      describe: "folder of reference data, with the authors' recordings",
      defaultNote: "$LAPGRAD_REFERENCE_DATA",
    },
    ...engineArguments,
    out: {
      type: folder,
      describe: "folder for figures, tables and what is over, with which the same command goes on",
      defaultNote: "runs/reproduce-<time>",
    },
  },
  examples: {
    "lapgrad reproduce figure2 --quick": "with and without low-level feedback, in a minute",
    "lapgrad reproduce figure3 --rules sac,ilc --minutes 5 --out runs/peers":
      "peers; the same command goes on where it was interrupted",
    "lapgrad reproduce all --reference ../shared/data": "every study, beside the authors' recordings",
  },
  /** Fails, after everything is written, if a study's results are not as they should be. */
  async run(args, output) {
    const { seeds, quick = false, sweep = false } = args;
    const engine = await engineFor(args);
    const reference = args.reference ?? process.env.LAPGRAD_REFERENCE_DATA;
    const out = args.out ?? (await unusedPath(join("runs", `reproduce-${timestamp(new Date())}`)));
    const options = [
      quick ? " --quick" : "",
      sweep ? " --sweep" : "",
      args.kept ? " --kept" : "",
      args.plants ? ` --plants ${args.plants}` : "",
      args.rules ? ` --rules ${args.rules}` : "",
      seeds === undefined ? "" : ` --seeds ${seeds}`,
      args.minutes === undefined ? "" : ` --minutes ${args.minutes}`,
    ];
    const results: Record<string, unknown>[] = [];
    const failures: string[] = [];
    for (const { name, needsReference, run } of studiesNamed(args.study)) {
      if (needsReference && reference === undefined) {
        const remedy = "give their folder with --reference or LAPGRAD_REFERENCE_DATA";
        const missing = `${name} needs the authors' recordings: ${remedy}`;
        if (args.study !== ALL) throw new UserError(missing);
        output.say(`left out: ${missing}`);
        continue;
      }
      await createFolder(out); // before the work, not after it
      const began = performance.now();
      const planned = join(out, `${name}-plan`);
      const page = await run({
        seeds,
        quick,
        sweep,
        kept: args.kept ?? false,
        plants: args.plants,
        rules: args.rules,
        minutes: args.minutes,
        out,
        reference,
        run: async <J, A>(
          kind: string,
          settings: readonly J[],
          what: string,
          known: readonly (A | undefined)[] = [],
        ) => {
          const jobs = settings.map((one) => ({ kind, settings: one }));
          const plan = await writePlan(planned, `reproduce ${name}`, {}, jobs);
          await plan.adopt(known);
          return (await runPlan(plan, engine, output, what, `the same command with --out ${quoted(out)}`)) as A[];
        },
        over: () => resultsOf(planned).all(),
      });
      const seconds = (performance.now() - began) / 1000;
      for (const line of pageLines(page, roomOf(output))) output.say(line);
      const command = `lapgrad reproduce ${name}${options.join("")}`; // the one that gives the same numbers
      const files = await writePage(out, name, page, { command, seconds });
      output.say(`\n${name}: ${seconds.toFixed(1)} s; ${files.join(", ")}\n`);
      results.push({ study: name, ...page.results, files, wallSeconds: seconds });
      if (page.failure) failures.push(`${name}: ${page.failure}`);
    }
    output.result(args.study === ALL ? { studies: results } : results[0]);
    if (failures.length > 0) throw new UserError(failures.join("; "), 1);
  },
});
