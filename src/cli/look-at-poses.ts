/** `lapgrad doctor --pose`: how good poses from outside are, and whether they agree with wheel and gyro. */
import { join } from "node:path";
import { checkSetting, completeConfig, type PartialConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import type { Finding } from "../doctor/check.js";
import { formatDoctor } from "../doctor/doctor.js";
import { listenToPoses } from "../doctor/pose.js";
import { poseAgreement } from "../doctor/pose-agreement.js";
import { poseFindings } from "../doctor/pose-quality.js";
import { UserError } from "../errors.js";
import { createFolder, unusedPath } from "../files.js";
import { type Output, roomOf, timestamp } from "../output.js";
import { poseSettingsFrom } from "../pose/settings.js";
import { readRecording } from "../recording/reader.js";
import { hear } from "../runtime/hear.js";
import { quoted } from "../shell.js";
import type { hearingHost } from "./connect.js";
import { watchInterrupts } from "./interrupt.js";

export interface PoseLook {
  readonly pose: string;
  readonly poseName?: string | undefined;
  readonly link?: RunConfig["link"] | undefined;
  readonly device?: string | undefined;
  readonly seconds: number;
  /** folder of the recording of the push */
  readonly out: string;
}

const PUSH = "let the car stand, then push it over the floor by hand, in curves to both sides";

/** Whether nothing is wrong with them. `hostFor`: what hears the car; replaced by tests. */
export async function lookAtPoses(look: PoseLook, output: Output, hostFor?: typeof hearingHost): Promise<boolean> {
  const { pose, poseName = "", link, device, seconds, out } = look;
  checkSetting("pose", pose, "command line");
  const given = { link: link ?? "serial", pose, "pose-name": poseName, ...(device !== undefined && { device }) };
  const settings = poseSettingsFrom(completeConfig(given));
  if (settings === undefined) throw new UserError("--pose names no source of poses: docs/pose.md has them");
  output.say(`listens for ${seconds} s: ${PUSH}`);
  const checks =
    link === undefined
      ? linesOf("poses", poseFindings(await listenToPoses(settings, seconds, output.say), seconds))
      : linesOf("poses, wheel and gyro", await agreement(given, seconds, out, output, hostFor));
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  const report = { checks, problems: count("problem"), notes: count("note") };
  output.say(formatDoctor(report, roomOf(output)));
  output.result(report);
  return report.problems === 0;
}

const linesOf = (group: string, findings: readonly Finding[]) =>
  findings.map(({ name = group, ...found }) => ({ group, name, ...found }));

/** Hears the car for a while, and compares. */
async function agreement(
  given: PartialConfig,
  seconds: number,
  out: string,
  output: Output,
  hostFor?: typeof hearingHost,
): Promise<readonly Finding[]> {
  const config = completeConfig({ ...given, ...(given.link === "waveshare" && { task: "quadruped-figure8" }) });
  await createFolder(out);
  const path = await unusedPath(join(out, `push-${timestamp(new Date())}`), ".mcap");
  const host = hostFor ?? (await import("./connect.js")).hearingHost;
  const interrupt = watchInterrupts();
  const operator = { say: output.say, signal: interrupt.signal };
  try {
    const hears = await host(config, {
      permission: {},
      output,
      signal: interrupt.signal,
      stop: interrupt.stop,
      drives: path,
    });
    const { stopped } = await hear(hears, config, operator, path, seconds);
    if (stopped !== undefined) output.say(stopped);
  } finally {
    interrupt.release();
  }
  const { measured } = await readRecording(path);
  output.say(`what was measured is in ${path}: lapgrad replay ${quoted(path)} --estimate`);
  if (measured === undefined) throw new UserError(`link ${config.link} measured no movement: see lapgrad doctor`, 1);
  return poseAgreement(measured, config["wheel-travel"]).findings;
}
