/**
 * All links in virtual time, for the contract of links: a small network, short segments, everything at the task's
 * start.
 */
import { join } from "node:path";
import { test } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import type { Link } from "../../src/links/link.js";
import { setTiming, timingOf } from "../../src/recording/timing.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { roomFor } from "../../src/training/collect.js";
import { atmega, startBoard } from "../in-the-loop/boards.js";
import { WHEEL_TRAVEL } from "../in-the-loop/car.js";
import { linkTo, robotAround } from "../in-the-loop/robot.js";
import { VirtualHost } from "../in-the-loop/virtual-host.js";
import { FakeWaveshare } from "../support/fake-waveshare.js";
import { Captured } from "../support/runs.js";

/** Segments that a rollout has room for. */
export const ROOM = 30;

export interface Drive {
  readonly core: Core;
  readonly link: Link;
  /** speed as it truly is [m/s]; undefined where nothing drives on by itself */
  readonly speed: (() => number) | undefined;
}

export interface LinkKind {
  readonly name: string;
  readonly test: (name: string, run: () => Promise<void>) => void;
  readonly task: string;
  /** settings, or a start, that make it leave its limits within a second or two */
  readonly leaves: { readonly given: PartialConfig; readonly start?: readonly number[]; readonly words: RegExp };
  /** A link that is open, and a core whose rollout 0 begins at the task's start. */
  open(given: PartialConfig, folder: string): Promise<Drive>;
}

async function coreOf(given: PartialConfig) {
  const config = completeConfig({ hidden: [8], "update-every": "lap", seed: 1, ...given });
  const core = await coreFor(config, 2, ROOM, "strict", roomFor(config, 2, ROOM).steps);
  setTiming(core, timingOf(config));
  initialisePolicy(core, config.seed);
  core.view("states").set(core.setup.task.initialState);
  core.view("counts").fill(0);
  return { config, core };
}

function surroundings(core: Core, folder: string) {
  return {
    permission: { arm: true, deadMan: false },
    output: new Captured(),
    signal: new AbortController().signal,
    stop: () => {},
    drives: join(folder, "drives"),
    parameters: core.exports.parameterCount(),
  };
}

export const linkKinds: readonly LinkKind[] = [
  {
    name: "sim",
    test,
    task: "car-figure8",
    leaves: { given: {}, start: [9.9, 0, 3, 0], words: /x \[m\] = 10\.\d+ left its bounds/ },
    open: async (given) => ({ ...(await coreOf(given)), link: new SimLink(), speed: undefined }),
  },
  {
    name: "serial",
    test: atmega.test,
    task: "car-figure8",
    leaves: { given: { geofence: [-3, 3, -3, 0.5] }, words: /outside the geofence.*;/ },
    open: async (given, folder) => {
      const { board } = await startBoard();
      await board.disconnect(); // from the test's own host
      await board.run(1300); // in one go: the gyro finds its bias
      const { config, core } = await coreOf({ link: "serial", "wheel-travel": WHEEL_TRAVEL, ...given });
      const robot = robotAround(board, {});
      const link = await robot.connect(config, surroundings(core, folder));
      await link.open();
      return { core, link, speed: () => robot.car().state[2] };
    },
  },
  {
    name: "waveshare",
    test,
    task: "quadruped-figure8",
    leaves: { given: { geofence: [-3, 3, -3, 0.3] }, words: /outside the geofence.*;/ },
    open: async (given, folder) => {
      const fake = await FakeWaveshare.make({});
      const { config, core } = await coreOf({ link: "waveshare", ...given });
      const around = surroundings(core, folder);
      const host = new VirtualHost(config, fake, fake, around.parameters);
      const link = linkTo(host, config, around, () => fake.put());
      await link.open();
      return { core, link, speed: () => fake.state[2] };
    },
  },
];
