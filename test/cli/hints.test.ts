/** Commands that are printed can be typed as they stand, from any folder, whatever the paths in them hold. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { asTyped } from "../../src/cli/typed.js";
import { additionOf, here, programOf, repairOf } from "../../src/installation.js";
import { quoted } from "../../src/shell.js";
import { SMALL_ARGUMENTS } from "../support/runs.js";

const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
const launcher = join(root, "lapgrad");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "a folder's "));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell makes of a line in the folder: without npm, and with no registry that could be asked. */
function type(line: string) {
  const env = { ...process.env, PATH: process.env.PATH?.replaceAll(/[^:]*\.bin:/g, "") };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8" });
  return { status, text: stdout + stderr };
}

/** The command that a text gives behind `words`, to the end of its line. */
function commandAfter(words: string, text: string): string {
  const line = text.split("\n").find((one) => one.includes(words));
  if (line === undefined) throw new Error(`"${words}" is not in: ${text}`);
  return line.slice(line.indexOf(words) + words.length).trim();
}

test("from a training's first hint to the last, each is typed as it was printed", () => {
  const given = SMALL_ARGUMENTS.join(" ");
  const trained = type(`${quoted(launcher)} train --rollouts 2 ${given} --out "it's mine"`);
  expect(trained).toMatchObject({ status: 0 });
  const drive = commandAfter("drive it: ", trained.text);
  expect(drive).toMatch(/\/lapgrad drive 'it'\\''s mine'$/);
  expect(type(`${drive} --laps 1 --out one.mcap`)).toMatchObject({ status: 0 });

  const taken = type(`${quoted(launcher)} train --out "it's mine"`);
  expect(taken.status).toBe(2);
  const complete = type(commandAfter("or go on with it: ", taken.text));
  expect(complete).toMatchObject({ status: 0 });
  expect(type(commandAfter("For more: ", complete.text))).toMatchObject({ status: 0 });

  const identified = type(`${quoted(launcher)} identify "it's mine" --out "the car.yaml"`);
  expect(identified).toMatchObject({ status: 0 });
  const again = commandAfter("train on this car: ", identified.text);
  expect(type(`${again} --rollouts 1 ${given}`)).toMatchObject({ status: 0 });

  expect(type(`${quoted(launcher)} export "it's mine" --format json --out policy.json`)).toMatchObject({ status: 0 });
  const imported = type(`${quoted(launcher)} import policy.json --out "a copy"`);
  expect(type(`${commandAfter("drive it: ", imported.text)} --laps 1`)).toMatchObject({ status: 0 });
});

test("wrong usage names a help that opens", () => {
  const { status, text } = type(`${quoted(launcher)} train --rollouts`);
  expect(status).toBe(2);
  const help = /; (.*) shows what there is/.exec(text)?.[1] ?? "";
  expect(type(help)).toMatchObject({ status: 0, text: expect.stringContaining("Examples:") });
});

describe("what calls lapgrad", () => {
  test("is its name where a shell finds it under that, and not where npm or npx lent a folder for a moment", () => {
    for (const [name, called] of [
      ["bin", "lapgrad"],
      [".bin", launcher],
    ]) {
      const commands = join(folder, name);
      mkdirSync(commands);
      symlinkSync(join(root, "build/src/cli/main.js"), join(commands, "lapgrad"));
      expect(programOf({ root, folder: "/usr/local/share", path: commands })).toBe(quoted(called));
    }
  });

  test("is its name where a folder of the path has a link to the script of the checkout", () => {
    const commands = join(folder, "linked");
    mkdirSync(commands);
    symlinkSync(launcher, join(commands, "lapgrad"));
    expect(programOf({ root, folder: "/", path: `/nowhere::${commands}` })).toBe("lapgrad");
    expect(type(`${quoted(join(commands, "lapgrad"))} --version`)).toMatchObject({ status: 0 });
  });

  test("is another way round where something else has the name", () => {
    const commands = join(folder, "others");
    mkdirSync(commands);
    writeFileSync(join(commands, "lapgrad"), "");
    expect(programOf({ root, folder: root, path: commands })).toBe("./lapgrad");
    expect(programOf({ root, folder: join(root, "docs"), path: commands })).toBe("../lapgrad");
  });

  test("is npm's link beside a package that is installed in a folder", () => {
    const modules = join(folder, "project", "node_modules");
    mkdirSync(join(modules, "lapgrad"), { recursive: true });
    mkdirSync(join(modules, ".bin"));
    writeFileSync(join(modules, ".bin", "lapgrad"), "");
    const installed = { root: join(modules, "lapgrad"), folder: join(folder, "project"), path: "" };
    expect(programOf(installed)).toBe("node_modules/.bin/lapgrad");
  });
});

describe("remedies of an installation", () => {
  /** An installation by npm below a folder. */
  function installed(prefix: string): string {
    const at = join(folder, prefix, "node_modules", "lapgrad");
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "package.json"), readFileSync(join(root, "package.json")));
    return at;
  }

  test("npm ci is for a checkout only", () => {
    expect(repairOf({ ...here(), root, folder: root })).toBe("npm ci && npm run build");
    expect(repairOf({ ...here(), root, folder: "/" })).toBe(`cd ${quoted(root)} && npm ci && npm run build`);
    expect(repairOf({ ...here(), root: installed("robot/lib") })).toMatch(/^install lapgrad again.*deployment\.md$/);
  });

  test("a package is added where this lapgrad finds it", () => {
    const name = "onnxruntime-node";
    const prefix = quoted(join(folder, "robot"));
    expect(additionOf(name, { ...here(), root, folder: root })).toBe(`npm install --no-save ${name}@1`);
    expect(additionOf(name, { ...here(), root: installed("robot/lib") })).toBe(
      `npm install --global --prefix ${prefix} ${name}@1`,
    );
    expect(additionOf("rclnodejs", { ...here(), root: installed("project2") })).toBe(
      `cd ${quoted(join(folder, "project2"))} && npm install rclnodejs@2`,
    );
  });
});

test("only commands of this lapgrad are put as they are typed here", () => {
  const program = programOf(here());
  expect(asTyped("end it: lapgrad stop, or sudo lapgrad stop; this lapgrad speaks 3")).toBe(
    `end it: ${program} stop, or sudo ${program} stop; this lapgrad speaks 3`,
  );
  const elsewhere = "docker exec <container> lapgrad stop, or sudo nsenter -t 7 -n -m -p lapgrad stop";
  expect(asTyped(elsewhere)).toBe(elsewhere);
  expect(asTyped("lapgrad trains, /opt/bin/lapgrad stop")).toBe("lapgrad trains, /opt/bin/lapgrad stop");
});

test("every path that a message puts into a command is put there as a shell reads it", () => {
  const unquoted = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const text = readFileSync(join(root, "src", file), "utf8");
      const commands =
        /(?:lapgrad (?:train|drive|report|export|stop|doctor|publish) |sudo |\b(?:du|df|ls|cd) (?=-|\$))[^`";,]*/g;
      return [...text.matchAll(commands)]
        .map(([command]) => command)
        .filter((command) =>
          /\$\{(?!quoted\(|2 \*|(?:units|group|service|PROCESSORS|pid|why|wanted|names|stringify)\b)/.test(command),
        )
        .map((command) => `${file}: ${command}`);
    });
  expect(unquoted).toEqual([]);
});

test("a checkout that is not built says what to do, from any folder", () => {
  const clone = join(folder, "a clone");
  mkdirSync(clone);
  execFileSync("cp", [launcher, clone]);
  const { status, text } = type(`'a clone/lapgrad' stop`);
  expect(status).toBe(1);
  const remedy = commandAfter("is not built: ", text);
  expect(remedy).toMatch(/^cd '.*a clone' && npm ci && npm run build/);
});
