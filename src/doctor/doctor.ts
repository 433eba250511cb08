/** All checks, and what they find. A new check is a line in its group, a new group a line here. */
import { messageOf } from "../errors.js";
import { wordLines } from "../output.js";
import { board } from "./board.js";
import { type Check, type DoctorOptions, type Finding, type Group, problem } from "./check.js";
import { computer } from "./computer.js";
import { core } from "./core.js";
import { gamepad, i2c } from "./devices.js";
import { disk } from "./disk.js";
import { packages } from "./packages.js";
import { realTime } from "./real-time.js";
import { ros } from "./ros.js";
import { serial } from "./serial.js";
import type { System } from "./system.js";
import { time } from "./time.js";
import { vesc } from "./vesc.js";

export const GROUPS: readonly Group[] = [
  computer,
  core,
  disk,
  time,
  realTime,
  serial,
  board,
  vesc,
  i2c,
  gamepad,
  ros,
  packages,
];

/** One line of the report. */
export interface ReportLine extends Pick<Finding, "status" | "found" | "remedy"> {
  readonly group: string;
  readonly name: string;
}

export interface DoctorReport {
  readonly checks: readonly ReportLine[];
  /** how many checks found a problem, and a note */
  readonly problems: number;
  readonly notes: number;
}

/** One check after the other, so that none disturbs what another one times. */
export async function examine(system: System, options: DoctorOptions, groups = GROUPS): Promise<DoctorReport> {
  const checks: ReportLine[] = [];
  for (const group of groups) {
    for (const check of group.checks) {
      for (const { name = check.name, status, found, remedy } of await answerOf(check, system, options))
        checks.push({ group: group.name, name, status, found: oneLine(found), remedy });
    }
  }
  const count = (status: Finding["status"]) => checks.filter((line) => line.status === status).length;
  return { checks, problems: count("problem"), notes: count("note") };
}

async function answerOf(check: Check, system: System, options: DoctorOptions): Promise<readonly Finding[]> {
  try {
    return [await check.run(system, options)].flat();
  } catch (error) {
    return [
      problem(`the check itself failed: ${messageOf(error)}`, "lapgrad doctor --json > doctor.json, and report it"),
    ];
  }
}

/** What a system tells of itself may have any characters in it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Least width of what was found; where there is less room it stands below the name. */
const LEAST_FOUND = 30;

/** The report for people, in `room` columns: a heading per group, and below what is not ok its remedy. */
export function formatDoctor({ checks, problems, notes }: DoctorReport, room = Number.POSITIVE_INFINITY): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines: string[] = [];
  checks.forEach(({ group, name, status, found, remedy }, i) => {
    if (group !== checks[i - 1]?.group) lines.push(...(i > 0 ? [""] : []), group);
    const head = `  ${status.padEnd(7)}  ${name.padEnd(width)}`;
    const indent = " ".repeat(room < head.length + LEAST_FOUND ? 4 : head.length + 2);
    const words = wordLines(found, room - indent.length).map((line) => indent + line);
    if (indent.length > 4) words[0] = head + words[0].slice(head.length);
    else words.unshift(head.trimEnd());
    lines.push(...words);
    if (remedy !== null) lines.push(`${indent}→ ${remedy}`); // on one line: it may be copied
  });
  return [...lines, "", verdict(problems, notes)].join("\n");
}

function verdict(problems: number, notes: number): string {
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (problems > 0) return `${count(problems, "problem")}, ${count(notes, "note")}: follow the arrows at the problems`;
  return `no problem, ${count(notes, "note")}: lapgrad can run here`;
}
