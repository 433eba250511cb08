/**
 * Every command of lapgrad in README and docs is one that its table of arguments accepts; those in blocks are executed
 * too, in the order of their page, as typed after README's steps, unless they need hardware, files that are not here,
 * or hours: README's own by a shell, those of other pages in one process, trainings short and with a small network.
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseWords } from "../../src/cli/parse.js";
import { COMMAND_NAMES, commandNamed, loadCommand } from "../../src/cli/registry.js";
import { messageOf } from "../../src/errors.js";
import { lapgrad, typist } from "../cli/process.js";

const root = process.cwd();

/** A command as a page has it, without what stands around it. */
interface Typed {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** it stands in a block of its own, to be typed */
  readonly isBlock: boolean;
}

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "bench/README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file))
    .sort(),
];

/** What begins a command, in a checkout or where lapgrad has its name. */
const START = /^\s*(?:\$ )?((?:\.\/|npx )?lapgrad (?=[a-z-]).*)$/;

function commandsOf(page: string): Typed[] {
  const found: Typed[] = [];
  let isBlock = false;
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  for (const [i, line] of lines.entries()) {
    if (/^\s*```/.test(line)) isBlock = !isBlock;
    else if (isBlock || /^ {4}/.test(line)) {
      let text = START.exec(line)?.[1];
      for (let next = i + 1; text?.endsWith("\\"); next++) text = text.slice(0, -1) + lines[next].trim();
      if (text !== undefined) found.push({ page, line: i + 1, text: text.replace(/\s+#.*$/, ""), isBlock: true });
    } else
      for (const [, text] of line.matchAll(/`((?:\.\/|npx )?lapgrad [a-z-][^`]*)`/g))
        found.push({ page, line: i + 1, text, isBlock: false });
  }
  return found.flatMap((typed) => typed.text.split(/ (?:&&|\|\||>) /).map((text) => ({ ...typed, text })));
}

/** A row of a table that begins with the name is none. */
const COMMANDS = PAGES.flatMap(commandsOf).filter(({ text }) => START.test(text) && !/ {5}\d/.test(text));

/** The words of a command line, placeholders in place of what a reader fills in. */
function wordsOf(text: string): string[] {
  const words = text.replace(/^(?:\.\/|npx )?lapgrad /, "").match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words
    .filter((word) => word !== "\\")
    .map((word) => word.replace(/^["']|["']$/g, "").replace(/<[^>]*>|…/g, "x"));
}

test("many are found, in blocks and in sentences", () => {
  expect(COMMANDS.filter(({ isBlock }) => isBlock).length).toBeGreaterThan(60);
  expect(COMMANDS.filter(({ isBlock }) => !isBlock).length).toBeGreaterThan(40);
});

test("each is accepted by its table of arguments", async () => {
  const problems: string[] = [];
  for (const { page, line, text } of COMMANDS) {
    const words = wordsOf(text);
    const name = commandNamed(words);
    if (words[0].startsWith("--") || words[0] === "help") continue; // lapgrad --help, lapgrad --version
    if (name === undefined || name !== words[0]) problems.push(`${page}:${line}: ${text}: no command`);
    else {
      const command = await loadCommand(name);
      const required = Object.values(command.args).filter((argument) => "required" in argument && argument.required);
      // in a sentence the name of a command may stand for it
      const padded = words.length === 1 ? [...words, ...required.map(() => "x")] : words;
      await parseWords(padded, name, command).catch((error) =>
        problems.push(`${page}:${line}: ${text}: ${messageOf(error)}`),
      );
    }
  }
  expect(problems).toEqual([]);
});

/** Why a command is not executed here; undefined if it is. */
function markOf({ page, text }: Typed): string | undefined {
  if (/<|…|NAME/.test(text)) return "has a place to fill in";
  if (/--link|--device|--arm|lapgrad (?:publish|plant|doctor|setup|stop)\b/.test(text))
    return "needs a robot, or its computer";
  if (/--engine (?:slurm|bullmq)|lapgrad worker\b/.test(text)) return "needs a cluster, or Redis";
  if (/\.json\.gz|--reference|reproduce|compare|bench/.test(text)) return "needs the authors' files, or hours";
  if (page.startsWith("docs/results/")) return "is the command of a study";
  return undefined;
}

/** Laps of the run that pages go on with. */
const LAPS = 15;
/** What is typed behind trainings, in full or gone on with: two rollouts of a small network are enough here. */
const SMALL = "--hidden 8,8";
const MORE = 2;

describe("executed, as typed after README's steps", () => {
  const inOneProcess = typist();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lapgrad-docs-"));
    for (const name of ["lapgrad", "docs", "examples"]) symlinkSync(join(root, name), join(folder, name));
    expect(type(`./lapgrad train ${SMALL} --rollouts ${LAPS} --out runs/mine`, folder)).toMatchObject({ status: 0 });
    cpSync(join(folder, "runs", "mine"), join(folder, "runs", "first"), { recursive: true });
    cpSync(join(folder, "runs", "mine"), join(folder, "first"), { recursive: true });
    expect(type("./lapgrad export runs/mine --format json --out policy.json", folder)).toMatchObject({ status: 0 });
    expect(type("./lapgrad export runs/mine --out policy.onnx", folder)).toMatchObject({ status: 0 });
    expect(type("head -c 300000 runs/mine/rollouts/0001.mcap > cut.mcap", folder)).toMatchObject({ status: 0 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const executed = COMMANDS.filter((typed) => typed.isBlock && markOf(typed) === undefined);
  function shortened(text: string): string {
    if (!/lapgrad train/.test(text)) return text;
    const run = /--resume (\S+)/.exec(text)?.[1];
    const recordings = join(folder, run ?? "", "rollouts");
    const driven = run !== undefined && existsSync(recordings) ? readdirSync(recordings).length : 0;
    const length = `--laps ${driven + MORE}`;
    if (run !== undefined) return driven < LAPS ? `${text} ${length}` : text.replace(/--laps \d+/, length);
    if (/--laps/.test(text)) return `${text.replace(/--laps \d+/, length)} ${SMALL}`;
    return /--rollouts/.test(text) ? `${text} ${SMALL}` : `${text} --rollouts ${MORE} ${SMALL}`;
  }

  /** What comes of a line, README's own and what is more than a command's words in a shell. */
  async function outcomeOf(page: string, line: string): Promise<ReturnType<typeof type>> {
    if (page === "README.md" || !/^lapgrad [^$|;&<>]*$/.test(line)) return type(line, folder);
    const words = wordsOf(line);
    const { code, stdout, stderr } = await (words[0] === "view"
      ? lapgrad(folder, words, interrupted)
      : inOneProcess(folder, words));
    return { status: code, text: stdout + stderr };
  }

  const cases = executed.map(({ page, line, text }) => [`${page}:${line}`, text, page]);
  test.each(cases)("%s: %s", async (_, text, page) => {
    const out = /--out (\S+)/.exec(text)?.[1];
    const kept = out === undefined ? undefined : join(folder, out);
    const isMine = out === "runs/mine"; // what other pages go on with
    if (kept && existsSync(kept)) rmSync(kept, { recursive: true });
    if (out?.includes("/")) mkdirSync(join(folder, out, ".."), { recursive: true });
    const isWrong = text.includes("steering=-1"); // a car that is wired the wrong way is stopped
    expect(await outcomeOf(page, shortened(text))).toMatchObject({ status: isWrong ? 1 : 0 });
    if (isMine && kept) {
      rmSync(kept, { recursive: true });
      cpSync(join(folder, "runs", "first"), kept, { recursive: true });
    }
  });

  test("README's own are among them, and nothing of it is marked but what needs a robot", () => {
    const own = COMMANDS.filter(({ page, isBlock }) => page === "README.md" && isBlock);
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(own.filter((typed) => markOf(typed) !== undefined)).toEqual([]);
  });

  test("its first steps are those that scripts/newcomer.mjs types and times in a new clone", () => {
    const [, block = ""] = /```\n(git clone[^`]*)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
    const steps = block.split("\n").map((line) => line.replace(/\s+#.*$/, "").replace(/ && cd lapgrad$/, ""));
    const script = readFileSync(join(root, "scripts", "newcomer.mjs"), "utf8");
    expect(steps.slice(1, -1)).toHaveLength(3);
    for (const step of steps.slice(0, -1)) expect(script).toContain(step);
  });

  test("the tutorial begins with them, and all other commands of it are executed", () => {
    const page = "docs/tutorial.md";
    const [first, ...others] = [...readFileSync(join(root, page), "utf8").matchAll(/```\n([^`]*)```/g)].map(
      ([, block]) => block.trim().split("\n"),
    );
    const readme = readFileSync(join(root, "README.md"), "utf8");
    for (const line of first) expect(readme).toMatch(new RegExp(`^${line}( *#.*)?$`, "m"));
    const typed = others.filter(([line]) => !/^ *lap /.test(line)).flat(); // one block is what a training prints
    expect(typed.length).toBeGreaterThan(6);
    const own = executed.filter((command) => command.page === page).map(({ text }) => text);
    expect(typed).toEqual(own);
  });

  test("examples with their output show what is printed today, but for the numbers", async () => {
    const shapeOf = (text: string) =>
      text
        .replace(/[−-]?\d[\d.]*(e[+-]?\d+)?/g, "#")
        .replace(/ +/g, " ")
        .trim();
    const examples = PAGES.flatMap((page) =>
      [...readFileSync(join(root, page), "utf8").matchAll(/```\n\$ (lapgrad [^\n]*)\n([^`]*)```/g)].map(
        ([, command, output]) => ({ page, command, output }),
      ),
    );
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const { page, command, output } of examples) {
      const { status, text } = await outcomeOf(page, command);
      expect(status).toBe(0);
      expect(shapeOf(text)).toBe(shapeOf(output));
    }
  });
});

/** Ends a command that goes on until it is interrupted, as soon as it says so. */
function interrupted(child: ChildProcess, text: string): void {
  if (text.includes("Ctrl-C ends it")) child.kill("SIGINT");
}

/** What a shell makes of a line in a folder where lapgrad has its name, without npm. */
function type(line: string, folder: string) {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8" });
  return { status, text: stdout + stderr };
}

test("every command has a page that shows it", () => {
  const shown = new Set(COMMANDS.map(({ text }) => wordsOf(text)[0]));
  expect(COMMAND_NAMES.filter((name) => !shown.has(name))).toEqual([]);
});
