/**
 * The layout for Foxglove and Lichtblick, which nothing here can open: its structure is that of Lichtblick's sources
 * (LayoutData, PlotConfig, RendererConfig and CameraState), and what it names is in our messages.
 */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { McapIndexedReader } from "@mcap/core";
import { newFolder, SMALL, trainRun } from "../support/runs.js";

type Value = { readonly [key: string]: Value } | readonly Value[] | string | number | boolean | null;
type Tree = string | { readonly direction: string; readonly first: Tree; readonly second: Tree };
interface Panel {
  readonly [key: string]: unknown;
  readonly paths: readonly { readonly [key: string]: string | boolean }[];
  readonly topics: Readonly<Record<string, { readonly type?: string }>>;
}
interface Schema {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const layout = JSON.parse(readFileSync("docs/foxglove-layout.json", "utf8")) as {
  readonly [key: string]: unknown;
  readonly configById: Readonly<Record<string, Panel>>;
  readonly layout: Tree;
};
const panels = Object.entries(layout.configById);
const plots = panels.filter(([id]) => id.startsWith("Plot!")).map(([, panel]) => panel);

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("it is a tree of panels, each of which has a configuration", () => {
  expect(Object.keys(layout).sort()).toEqual([
    "configById",
    "globalVariables",
    "layout",
    "playbackConfig",
    "userNodes",
  ]);
  const leaves: string[] = [];
  const walk = (tree: Tree): void => {
    if (typeof tree === "string") {
      leaves.push(tree);
      return;
    }
    expect(["row", "column"]).toContain(tree.direction);
    walk(tree.first);
    walk(tree.second);
  };
  walk(layout.layout);
  expect(leaves.sort()).toEqual(panels.map(([id]) => id).sort());
  for (const id of leaves) expect(id).toMatch(/^(3D|Plot)!\w+$/);
});

test("its panels have the keys that theirs have", () => {
  expect(plots).toHaveLength(3);
  const own = ["foxglovePanelTitle", "lichtblickPanelTitle"];
  const shown = ["showLegend", "showPlotValuesInLegend", "showXAxisLabels", "showYAxisLabels"];
  const others = ["followingViewWidth", "isSynced", "legendDisplay", "paths", "sidebarDimension", "xAxisVal"];
  for (const plot of plots) {
    expect(Object.keys(plot).sort()).toEqual([...own, ...shown, ...others].sort());
    for (const path of plot.paths)
      expect(Object.keys(path).sort()).toEqual(["enabled", "label", "timestampMethod", "value"]);
  }
  const [, scene] = panels.find(([id]) => id.startsWith("3D!")) ?? [];
  expect(Object.keys(scene?.cameraState as object).sort()).toEqual(
    ["distance", "far", "fovy", "near", "perspective", "phi"].concat([
      "target",
      "targetOffset",
      "targetOrientation",
      "thetaOffset",
    ]),
  );
  expect(Object.keys(scene ?? {}).sort()).toEqual(
    ["cameraState", "fixedFrame", "followMode", "followTf", "imageMode", "layers"].concat([
      "publish",
      "scene",
      "topics",
      "transforms",
    ]),
  );
});

/** Schemas and last messages of a recording, by topic. */
async function messagesOf(run: string): Promise<Map<string, { schema: Schema; value: Value }>> {
  const bytes = readFileSync(join(run, "rollouts", "0001.mcap"));
  const readable = {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  const reader = await McapIndexedReader.Initialize({ readable });
  const messages = new Map<string, { schema: Schema; value: Value }>();
  for await (const { channelId, data } of reader.readMessages()) {
    const channel = reader.channelsById.get(channelId);
    const schema = reader.schemasById.get(channel?.schemaId ?? 0);
    if (!channel || !schema) throw new Error("a message without channel or schema");
    const text = (of: Uint8Array) => Buffer.from(of).toString("utf8");
    messages.set(channel.topic, { schema: JSON.parse(text(schema.data)), value: JSON.parse(text(data)) });
  }
  return messages;
}

test.each(["car-figure8", "quadruped-figure8"])(
  "topics and paths of its panels are in the messages of %s",
  async (task) => {
    const run = join(folder, task);
    await trainRun({ given: { ...SMALL, task, rollouts: 1 }, out: run });
    const messages = await messagesOf(run);
    const [, scene] = panels.find(([id]) => id.startsWith("3D!")) ?? [];
    for (const topic of Object.keys(scene?.topics ?? {})) expect([...messages.keys()]).toContain(topic);
    const frames = messages.get("/tf")?.value as { parent_frame_id: string; child_frame_id: string };
    expect(["map", frames.parent_frame_id, frames.child_frame_id]).toContain(scene?.fixedFrame);
    for (const { value } of plots.flatMap(({ paths }) => paths)) {
      const [, topic, rest] = /^((?:\/\w+)+)((?:\.\w+|\[\d+\])+)$/.exec(String(value)) ?? [];
      const message = messages.get(topic);
      if (!message) throw new Error(`${task} has no topic ${topic}`);
      let { schema, value: found } = message as { schema: Schema | undefined; value: Value };
      for (const [, name, index] of rest.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
        schema = name === undefined ? schema?.items : schema?.properties?.[name];
        found = (found as Record<string, Value>)[name ?? index];
      }
      expect([value, schema?.type, typeof found]).toEqual([value, "number", "number"]);
    }
  },
);
