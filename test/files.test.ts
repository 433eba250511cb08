import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import trainCommand from "../src/cli/commands/train.js";
import { UserError } from "../src/errors.js";
import { namesIn } from "../src/files.js";
import { plugAndPlayHandles } from "./support/file-handles.js";
import { Captured, SMALL } from "./support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("names in a folder; none where there is no folder, one sentence where it cannot be read", async () => {
  await mkdir(join(folder, "drives"));
  await writeFile(join(folder, "drives", "0001.mcap"), "");
  expect(await namesIn(join(folder, "drives"))).toEqual(["0001.mcap"]);
  expect(await namesIn(join(folder, "missing"))).toEqual([]);
  const refused = await namesIn(join(folder, "drives", "0001.mcap")).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect((refused as UserError).message).toMatch(/^cannot read the folder .*0001\.mcap: a part of the path is a file/);
});

test("Yarn's Plug'n'Play is named with the setting to change, after which the folder can be used", async () => {
  const out = join(folder, "run");
  const handles = await plugAndPlayHandles();
  const refused = trainCommand.run({ given: SMALL, out }, new Captured());
  await expect(refused).rejects.toThrow(
    `cannot write ${join(out, "metrics.jsonl")}: Yarn's Plug'n'Play cannot bring it to the disk for certain: ` +
      "set nodeLinker: node-modules in .yarnrc.yml, then yarn install",
  );
  handles.restore();
  const output = new Captured();
  await trainCommand.run({ given: SMALL, out }, output);
  expect(output.results).toHaveLength(1);
});
