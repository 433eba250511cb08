/** Every command's table of arguments: its examples, its help, its hints, its types, and what is loaded for it. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type ArgumentTable,
  choice,
  flag,
  optionName,
  path,
  text,
  valuesOf,
  wholeNumber,
} from "../../src/cli/arguments.js";
import { argumentsOf, type Command, defineCommand, runCommand } from "../../src/cli/command.js";
import { helpOf } from "../../src/cli/help.js";
import { parseWords } from "../../src/cli/parse.js";
import { COMMAND_NAMES, commandNamed, loadCommand } from "../../src/cli/registry.js";
import { messageOf } from "../../src/errors.js";
import { Captured, newFolder } from "../support/runs.js";
import { alone, lapgrad } from "./process.js";

const COLUMNS = 80;
/** Commands with few options and with many. */
const WITH_FORMS = ["export", "drive"];

beforeAll(async () => {
  for (const name of COMMAND_NAMES) await loadCommand(name); // one by one: jest does not like imports at the same time
});

/** The message that words are refused with. */
async function refusal(words: readonly string[]): Promise<string> {
  const name = commandNamed(words);
  if (!name) throw new Error(`${words} has no command`);
  return parseWords(words, name, await loadCommand(name)).then(
    () => "",
    (error) => messageOf(error),
  );
}

describe.each(COMMAND_NAMES)("%s", (name) => {
  let command: Command;
  let table: ArgumentTable;
  beforeAll(async () => {
    command = await loadCommand(name);
    table = await argumentsOf(command);
  });
  const options = () => Object.entries(table).filter(([, { positional }]) => !positional);

  test("has a description, and examples that its own table accepts", async () => {
    expect(command.describe).not.toBe("");
    const lines = Object.keys(command.examples).flatMap((line) => line.split(" && "));
    expect(lines[0]).toMatch(new RegExp(`^lapgrad ${name}\\b`));
    for (const line of lines) {
      const [program, of, ...words] = line.split(" ");
      expect([program, commandNamed([of])]).toStrictEqual(["lapgrad", of]);
      const example = await loadCommand(of as typeof name);
      const typed = await parseWords([of, ...words], of as typeof name, example);
      const known = await argumentsOf(example);
      const options = words.map((word) => word.split("=")[0]);
      const given = Object.keys(known).filter((key) => options.includes(`--${optionName(key)}`));
      expect(Object.keys(valuesOf(known, typed))).toEqual(expect.arrayContaining(given));
    }
  });

  test("its help has every argument with description, type and default, in 80 columns", async () => {
    const help = await helpOf(name, COLUMNS);
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(COLUMNS);
    const joined = help.replaceAll(/\s+/g, " ");
    for (const [key, argument] of Object.entries(table)) {
      const shown = `${argument.positional ? "" : "--"}${optionName(key)}`;
      expect(argument.describe).not.toBe("");
      const type = `[${argument.type.label}${argument.list ? " ..." : ""}]`;
      const preset = argument.defaultNote ?? argument.default;
      const rest = preset === undefined ? type : `${type} [default: ${preset}]`;
      expect(joined).toContain(` ${shown} ${argument.describe} ${rest}`);
    }
  });

  test("an option with a wrong letter is recognised", async () => {
    const positionals = Object.values(table).filter(({ positional, required }) => positional && required);
    for (const [key] of options()) {
      const option = optionName(key);
      const middle = option.length >> 1;
      const wrong = `${option.slice(0, middle)}q${option.slice(middle + 1)}`;
      const message = await refusal([name, ...positionals.map(() => "x"), `--${wrong}=1`]);
      expect(message).toBe(`unknown option "--${wrong}"; did you mean "--${option}"?`);
    }
  });

  test("constant defaults are values that the type allows", () => {
    for (const [key, { type, default: preset }] of Object.entries(table))
      if (preset !== undefined) expect(type.parse(String(preset), key)).toStrictEqual(preset);
  });

  if (!WITH_FORMS.includes(name)) return; // what follows is the same code for every command
  test("an option in another form is refused, with what to type, or means the same", async () => {
    const positionals = Object.values(table).filter(({ required }) => required);
    const given = (word: string) => refusal([name, ...positionals.map(() => "x"), word]);
    for (const [key, { type }] of options()) {
      const option = optionName(key);
      expect(await given(`-${option}=1`)).toBe(
        `unknown option "-${option}=1"; an option begins with two dashes, e.g. "--${option}"`,
      );
      expect(await given(`--${option}.x=1`)).toMatch(new RegExp(`^unknown option "--${option}.x"`));
      if (type.isFlag)
        expect(await given(`--${option}=maybe`)).toBe(
          `--${option} is maybe; allowed is true or false: give --${option}, or --no-${option}`,
        );
      else expect(await given(`--no-${option}`)).toMatch(new RegExp(`^unknown option "--no-${option}"`));
    }
  });

  test("nothing is suggested that was typed, or that the command does not have", async () => {
    const positionals = Object.values(table).filter(({ required }) => required);
    const own = options().map(([key]) => optionName(key));
    const tables = await Promise.all(COMMAND_NAMES.map(async (other) => argumentsOf(await loadCommand(other))));
    const others = new Set(tables.flatMap((other) => Object.keys(other).map(optionName)));
    for (const option of [...others].filter((one) => !own.includes(one))) {
      const message = await refusal([name, ...positionals.map(() => "x"), `--${option}=1`]);
      const [, meant] = /did you mean "--([^"]*)"/.exec(message) ?? [];
      if (meant !== undefined) expect(own.filter((one) => one !== option)).toContain(meant);
    }
  });
});

test("an option of other commands: which ones, and none is suggested that the command does not have", async () => {
  const other = await refusal(["drive", "run", "--rollouts", "3"]);
  expect(other).toBe(
    'unknown option "--rollouts"; it is for import, objective, train; lapgrad drive --help shows what there is',
  );
  const alike = await refusal(["train", "--seeds", "3"]);
  expect(alike).toBe('unknown option "--seeds"; it is for compare, objective, plan, reproduce; did you mean "--seed"?');
  expect(await refusal(["bench", "--recordings"])).not.toContain("did you mean"); // a positional of another
});

describe("values have the types of the table", () => {
  let seen: unknown;
  const command = defineCommand({
    describe: "for this test",
    args: {
      task: { type: text, positional: true, describe: "a text" },
      laps: { type: wholeNumber(1), default: 3, describe: "a number" },
      timing: { type: choice("simulation", "hardware"), describe: "one of two" },
      without: { type: flag, describe: "a flag" },
      runFolder: { type: path("a folder, e.g. runs"), describe: "a path" },
      check: { type: path("a folder, e.g. runs"), list: true, describe: "several" },
    },
    examples: {},
    async run(values, output) {
      const { task, laps, timing, without, runFolder, check } = values;
      const typed: {
        task: string | undefined;
        laps: number;
        timing: "simulation" | "hardware" | undefined;
        without: boolean | undefined;
        runFolder: string | undefined;
        check: readonly string[] | undefined;
      } = { task, laps, timing, without, runFolder, check };
      // @ts-expect-error: a command without settings is given none
      expect(values.given).toBeFalsy();
      seen = typed;
      output.result(typed);
      return laps < 5;
    },
  });
  const run = (typed: Readonly<Record<string, unknown>>) => runCommand(command, typed, new Captured());

  test("what is typed, and what is left out", async () => {
    expect(await run({ laps: "4", timing: "hardware", without: true, "run-folder": "a", check: ["b", "c"] })).toBe(
      true,
    );
    const list = { check: ["b", "c"], runFolder: "a" };
    expect(seen).toStrictEqual({ task: undefined, laps: 4, timing: "hardware", without: true, ...list });
    expect(await run({ task: "x", laps: "7" })).toBe(false);
    expect(seen).toMatchObject({ task: "x", laps: 7, without: undefined, check: undefined });
  });

  test.each([
    [{ laps: "0" }, "--laps is 0; allowed is a whole number of 1 or more"],
    [{ laps: "" }, "--laps is ; allowed is a whole number of 1 or more"],
    [{ laps: ["1", "2"] }, "--laps is given 2 times (1, 2): give it once"],
    [{ timing: "real" }, "--timing is real; allowed is simulation or hardware"],
    [{ "run-folder": "" }, "--run-folder is empty; allowed is a folder, e.g. runs"],
    [{ check: ["a", ""] }, "--check is empty; allowed is a folder, e.g. runs"],
  ])("%j is refused", async (typed, message) => {
    await expect(run(typed)).rejects.toThrow(message);
  });
});

test("lapgrad stop loads no other command, and nothing large", async () => {
  const folder = await newFolder();
  const list = JSON.stringify(join(folder, "loaded"));
  const hook = `import { appendFileSync } from "node:fs";
    export function load(url, context, next) { appendFileSync(${list}, url + "\\n"); return next(url, context); }`;
  const register = `import { register } from "node:module";
    register("data:text/javascript,${encodeURIComponent(hook)}");`;
  const { env } = process; // of which the command gets a copy
  const { NODE_OPTIONS: before = "" } = env;
  try {
    env.NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(register)}`;
    expect(await lapgrad(folder, ["stop", folder], undefined, alone)).toMatchObject({ code: 0, stderr: "" });
  } finally {
    env.NODE_OPTIONS = before;
  }
  const loaded = (await readFile(join(folder, "loaded"), "utf8")).trim().split("\n");
  const commands = loaded.filter((url) => url.includes("/src/cli/commands/")).map((url) => url.split("/").at(-1));
  expect(commands.sort()).toStrictEqual(["commands.generated.js", "stop.js"]);
  const packages = new Set(loaded.flatMap((url) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []));
  expect(packages).toContain("yargs");
  for (const large of ["yaml", "valibot", "@mcap/core", "serialport", "cli-progress"])
    expect(packages).not.toContain(large);
  await rm(folder, { recursive: true });
});

describe("English, whatever the language of the shell", () => {
  const LANGUAGES = ["C", "de_DE.UTF-8", "fr_FR.UTF-8", "zh_CN.UTF-8", "ja_JP.UTF-8", "pt_BR", "ru_RU.UTF-8"];
  const VARIABLES = ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"] as const;
  const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  afterEach(() => {
    for (const name of VARIABLES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  test.each(COMMAND_NAMES)("%s", async (name) => {
    const table = await argumentsOf(await loadCommand(name));
    const option = Object.entries(table).find(([, { positional, type }]) => !positional && !type.isFlag);
    const valueless = option ? [[name, `--${optionName(option[0])}`]] : [];
    const wrong = [[name, "--no_such_option", "1"], [name, "a", "b", "c", "d", "--x"], ...valueless];
    for (const words of wrong) {
      const messages = new Set<string>();
      for (const language of LANGUAGES) {
        for (const variable of VARIABLES) {
          for (const other of VARIABLES) delete process.env[other];
          process.env[variable] = language;
          messages.add(await refusal(words));
        }
      }
      expect([...messages]).toStrictEqual([expect.stringMatching(/^[\x20-\x7e]+$/)]);
      expect([...messages][0]).toMatch(/unknown|needs a value|is missing/);
    }
  });
});
