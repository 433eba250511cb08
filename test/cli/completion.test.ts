/** What a shell completes, the script by which it asks, help on topics and the manual page. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import completion from "../../src/cli/commands/completion.js";
import { completionsOf } from "../../src/cli/complete.js";
import { COMMAND_NAMES, loadCommand } from "../../src/cli/registry.js";
import { helpOn } from "../../src/cli/topics.js";
import { settings } from "../../src/config/schema.js";
import { tasks } from "../../src/tasks/tasks.js";
import { Captured } from "../support/runs.js";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

beforeAll(async () => {
  for (const name of COMMAND_NAMES) await loadCommand(name); // one by one: jest does not like imports at the same time
});

const bash = { SHELL: "/bin/bash" };

describe("a word is completed", () => {
  test.each<[string, string[]]>([
    ["lapgrad tr", ["track", "train"]],
    ["/usr/bin/lapgrad objec", ["objective"]],
    ["vi", ["view"]], // fish leaves the program's name out
    ["lapgrad --j", ["--json"]],
    ["lapgrad train --upd", ["--update-every", "--update-delay", "--update"]],
    ["lapgrad train --update ", ["adam", "gauss-newton", "sgd"]],
    ["lapgrad train --json --js", []], // given already
    ["lapgrad train --parameters plant.grip=1 --param", ["--parameters"]], // may be given again
    ["lapgrad export runs/mine --format t", ["tensorboard"]],
    ["lapgrad train --config ", []], // a file
    ["lapgrad export ", []], // a file, too
    ["lapgrad completion z", ["zsh"]],
    ["lapgrad help sett", ["settings"]],
    ["lapgrad help exp", ["export"]],
    ["lapgrad nonsense --x", []],
  ])("%s", async (line, words) => {
    expect((await completionsOf(line.split(" "), bash)).sort()).toEqual(words.sort());
  });

  test("in zsh and fish with what it means", async () => {
    const { describe: meaning } = await loadCommand("train");
    expect(await completionsOf(["lapgrad", "trai"], { SHELL: "/usr/bin/zsh" })).toEqual([`train:${meaning}`]);
    expect(await completionsOf(["trai"], { SHELL: "/usr/bin/fish" })).toEqual([`train\t${meaning}`]);
    expect(await completionsOf([], bash)).toEqual([...COMMAND_NAMES, "help"]);
  });
});

describe("the script", () => {
  const scriptFor = async (shell: "bash" | "zsh" | "fish") => {
    const output = new Captured();
    const before = process.env.SHELL;
    await completion.run({ shell }, output);
    expect(process.env.SHELL).toBe(before);
    return output.printed;
  };

  test("is that of the shell", async () => {
    expect(await scriptFor("zsh")).toMatch(/^#compdef lapgrad\n/);
    expect(await scriptFor("fish")).toMatch(/complete -f -c lapgrad/);
  });

  test("makes bash complete", async () => {
    const script = await scriptFor("bash");
    const ask = 'COMP_WORDS=(lapgrad train --update g); COMP_CWORD=3; _lapgrad_yargs_completions; echo "$COMPREPLY"';
    // how lapgrad is called here depends on who tests it
    const main = join(process.cwd(), "build/src/cli/main.js");
    const called = script.replace(/< <\(\S+ /, `< <(${process.execPath} ${main} `);
    const { stdout, stderr } = spawnSync("bash", ["-c", `${called}\n${ask}`], {
      encoding: "utf8",
      env: { ...process.env, ...bash },
    });
    expect([stdout, stderr]).toEqual(["gauss-newton\n", ""]);
  });
});

describe("help", () => {
  const told = (...words: string[]) => helpOn(words, 80);

  test("has topics of its own beside the commands", async () => {
    expect(await told()).toMatch(/^lapgrad <command>\n[\s\S]* {2}train \[task\]/);
    expect(await told("export")).toMatch(/^lapgrad export <run>\n/);
    const all = await told("settings");
    for (const name of Object.keys(settings)) expect(all).toContain(`  --${name}`);
    const what = await told("tasks");
    for (const name of Object.keys(tasks)) expect(what).toContain(`  ${name}`);
    await expect(told("trian")).rejects.toThrow('there is no help on "trian"; did you mean "train"?');
    await expect(told("train", "export")).rejects.toThrow(/give one command or topic at a time/);
    await expect(told("?")).rejects.toThrow(/allowed is a command, or settings, tasks, man/);
  });

  test("as a manual page has every command, option and example, and is sound", async () => {
    const page = await told("man");
    for (const name of COMMAND_NAMES) expect(page).toContain(`.SS ${name.replaceAll("-", "\\-")}`);
    expect(page).toContain(".B \\-\\-learning\\-rate\n");
    // lines with a dot in front are macros that man(7) knows, and nothing but ASCII is left
    for (const line of page.split("\n")) expect(line).toMatch(/^(\.(TH|SH|SS|TP|PP|B|I)\b|[^.'])?/);
    for (const [line] of page.matchAll(/^\..*$/gm)) expect(line).toMatch(/^\.(TH|SH|SS|TP|PP|B|I)\b/);
    expect(page).toMatch(/^[\x20-\x7e\n]*$/);
    if (has("groff")) {
      const { status, stderr } = spawnSync("groff", ["-man", "-Tutf8", "-ww", "-z"], {
        input: page,
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([0, ""]);
    }
  });
});
