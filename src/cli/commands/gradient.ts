/** `lapgrad gradient`: one case file through rollout and co-state pass. */
import { UserError } from "../../errors.js";
import { digits, formatTable, roomOf, shortened } from "../../output.js";
import { runCase, TOLERANCES } from "../../training/gradient-case.js";
import { path } from "../arguments.js";
import { defineCommand } from "../command.js";

export default defineCommand({
  describe: "loss, rollout and gradient of a case file, compared with what the file expects",
  args: {
    case: {
      type: path("a file, e.g. my-case.json"),
      positional: true,
      required: true,
      describe: "JSON or JSON.gz: t0, x0, segments, layers, …",
    },
  },
  examples: {
    "lapgrad gradient docs/cases/small.json": "prints the differences to the expected values",
    "lapgrad gradient my-case.json --json": "loss, xs, us, stageCosts, xf, gradient",
  },
  async run(args, output) {
    const result = await runCase(args.case);
    const { loss, gradient, gradientNorm, us, differences, failed } = result;
    const name = shortened(result.name);
    const size = `${gradient.length} parameters, ${us.length} steps`;
    output.say(`${name}: loss ${digits(loss, 12)}, gradient norm ${digits(gradientNorm, 8)}, ${size}`);
    const rows = Object.entries(differences).map(([of, value]) => [
      of,
      value.toExponential(2),
      TOLERANCES[of as keyof typeof TOLERANCES].toExponential(0),
    ]);
    if (rows.length > 0)
      output.say(formatTable([["difference to the file", "largest", "allowed"], ...rows], roomOf(output)));
    if (failed.length > 0)
      throw new UserError(`${name} differs from what the file expects in: ${failed.join(", ")}`, 1);
    output.result(result);
  },
});
