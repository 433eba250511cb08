/**
 * Trainings in a process that lives on, one after the other as asked for on its standard input, by the command line's
 * own parser: in simulation, or (`--link serial`) with the car's double in virtual time. For scripts that try
 * thousands.
 *
 * Usage: node build/test/support/trainer.js [words of `lapgrad train`]
 * With words it runs that command and ends. Otherwise every line read is a request as JSON, `{ words, environment }`,
 * and every line written its answer: `{ code, stderr }`.
 */
import { createInterface } from "node:readline";
import { valuesOf } from "../../src/cli/arguments.js";
import trainCommand from "../../src/cli/commands/train.js";
import { type Connect, connect } from "../../src/cli/connect.js";
import { parseWords } from "../../src/cli/parse.js";
import { givenSettings } from "../../src/cli/settings.js";
import { messageOf, UserError } from "../../src/errors.js";
import type { Output } from "../../src/output.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { PlantHost } from "./plant-host.js";

interface Answer {
  readonly code: number;
  readonly stderr: string;
}

const quiet: Output = { terminal: undefined, say: () => {}, format: (line) => line, print: () => {}, result: () => {} };

const connectDouble: Connect = async (config, context) => {
  if (config.link === "sim") return connect(config, context);
  const { signal, drives } = context;
  const operator = { signal, say: () => {}, confirm: async () => true, takeHeartbeat: () => true };
  return new RobotLink(await PlantHost.make(config), config, operator, new Recorder(drives));
};

async function trained(words: readonly string[]): Promise<Answer> {
  try {
    const typed = await parseWords(["train", ...words], "train", trainCommand);
    const given = await givenSettings(trainCommand.settings, typed);
    await trainCommand.run({ ...valuesOf(trainCommand.args, typed), given } as never, quiet, connectDouble);
    return { code: 0, stderr: "" };
  } catch (error) {
    const isFault = !(error instanceof UserError);
    const more = isFault ? `This is a fault of lapgrad. ${error instanceof Error ? error.stack : ""}\n` : "";
    return { code: isFault ? 1 : error.exitCode, stderr: `lapgrad: ${messageOf(error)}\n${more}` };
  }
}

const words = process.argv.slice(2);
if (words.length > 0) {
  const { code, stderr } = await trained(words);
  process.stderr.write(stderr);
  process.exitCode = code;
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    const { words, environment } = JSON.parse(line) as { words: string[]; environment: Record<string, string> };
    Object.assign(process.env, environment);
    process.stdout.write(`${JSON.stringify(await trained(words))}\n`);
  }
}
