/** `lapgrad setup` as it is typed, and in a real terminal of 80 columns before our firmware on this computer. */
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/config.js";
import { typist } from "../cli/process.js";
import { firmware } from "../support/firmware.js";
import { newFolder } from "../support/runs.js";
import { onTerminal } from "../support/terminal.js";

const desk = firmware("desk");
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const typed = typist();
const setup = (...words: string[]) => typed(folder, ["setup", ...words]);

test("what is missing or contradicts is said before anything is written", async () => {
  await writeFile(join(folder, "other.yaml"), "link: ros2\n");
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /there is no terminal: run it in one \(ssh -t\), or give --yes/],
    ["--yes", /which robot is it\? \(--kind\) Allowed: serial, vesc, pca9685/],
    ["--yes --kind serial", /no serial port was found|which serial port/],
    ["--yes --kind pca9685", /which board is it\? .*--pca9685 board=jetracer/],
    ["--yes --kind pca9685 --pca9685 board=jetracer,stop=multiplexer", /measures nothing: .*needs a pose from outside/],
    ["--yes --kind vesc --out other.yaml", /other\.yaml is of link ros2, not vesc: name another file/],
    ["steering --yes --kind vesc", /step steering needs somebody beside the robot/],
    ["--kind waveshare", /allowed is serial or vesc or pca9685/],
    ["--yes --kind vesc --device /dev/none --out none/robot.yaml", /there is no folder none/],
  ];
  for (const [words, why] of cases) {
    const { code, stderr } = await setup(...words.split(" ").filter((word) => word !== ""));
    expect([words, stderr]).toEqual([words, expect.stringMatching(why)]);
    expect(code).toBe(words.includes("none/") ? 1 : 2);
  }
  await expect(readFile(join(folder, "robot.yaml"))).rejects.toThrow("ENOENT");
});

/** The firmware's core on this computer, in real time, at a terminal of its own. */
async function withDesk<T>(run: (port: string) => Promise<T>): Promise<T> {
  const child = spawn(resolve(desk.path("desk")), [], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = await new Promise<string>((found) => child.stdout.once("data", (data) => found(`${data}`)));
    return await run(/\/dev\/pts\/\d+/.exec(port)?.[0] ?? "");
  } finally {
    child.kill();
  }
}

desk.test("with --yes it writes the file, sees that the board answers, and moves nothing", () =>
  withDesk(async (port) => {
    const { code, stdout } = await setup(
      "--kind",
      "serial",
      "--device",
      port,
      "--yes",
      "--json",
      "--out",
      "quiet.yaml",
    );
    expect(JSON.parse(stdout)).toEqual({
      config: "quiet.yaml",
      kind: "serial",
      steps: [{ name: "rest", value: expect.stringContaining("0.0 mm in 3 s; battery 7.60 V"), ok: true }],
    });
    expect(code).toBe(0);
    expect(await readConfig(join(folder, "quiet.yaml"))).toEqual({ link: "serial", device: port });
  }),
);

desk.test("in a terminal of 80 columns: motor and servo are set up; Ctrl-C at the next question keeps them", () =>
  withDesk(async (port) => {
    const line = `${process.execPath} ${resolve("build/src/cli/main.js")} setup --kind serial --device ${port}`;
    const { code, lines, broken, moments } = await onTerminal(folder, 80, line, (written) => {
      if (written.includes("push it straight") && written.includes("to end: ")) return "\x03";
      if (written.includes("Enter to end: ")) return "\r";
      if (written.includes("l, r, n; q to end: ")) return "r\r";
      return written.includes("q to end: ") ? "f\r" : undefined;
    });
    const text = lines.join("\n");
    expect(code).toBe(1);
    expect(text).toContain("1 of 6, rest: it answers");
    expect(text).toContain("found: forwards; stands at neutral; dead zone none");
    expect(text).toContain("found: reversed, which is set right");
    expect(text).toMatch(/4 of 6, travel:[\s\S]*refused: stopped\n {2}stopped by the operator/);
    expect(broken.filter((one) => !one.includes("lapgrad setup"))).toEqual([]);
    for (const moment of moments) expect(moment.length).toBeLessThanOrEqual(80);
    const servo = { deadZone: 0, steeringReversed: true };
    expect(await readConfig(join(folder, "robot.yaml"))).toEqual({ link: "serial", device: port, servo });
  }),
);
