import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { UserError } from "../src/errors.js";
import { namesIn } from "../src/files.js";

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
