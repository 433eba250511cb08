/** `lapgrad help`: what --help shows, and topics that belong to several commands. */
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import { nearest } from "../spelling.js";
import { asOption, columnsOf, helpOf, meaningOf, TOPICS } from "./help.js";
import { manPage } from "./man.js";
import { COMMAND_NAMES } from "./registry.js";

const WIDEST = 24;

/** Help on what stands behind `lapgrad help`: a command, a topic, or nothing; lines of at most `columns`. */
export async function helpOn(words: readonly string[], columns: number): Promise<string> {
  const [topic, another] = words.filter((word) => !word.startsWith("-"));
  if (another !== undefined)
    throw new UserError(`help on ${shortened(`${topic} ${another}`)}: give one command or topic at a time`);
  if (topic === "man") return manPage();
  if (topic === "tasks") return `${await tasksText(columns)}\n`;
  if (topic === "settings") return `${await settingsText(columns)}\n`;
  const command = COMMAND_NAMES.find((name) => name === topic);
  if (topic === undefined || command) return `${await helpOf(command, columns)}\n`;
  const near = nearest(topic, [...COMMAND_NAMES, ...TOPICS]);
  const remedy = near ? `did you mean "${near}"?` : `allowed is a command, or ${TOPICS.join(", ")}`;
  throw new UserError(`there is no help on "${shortened(topic)}"; ${remedy}`);
}

async function tasksText(columns: number): Promise<string> {
  const { tasks } = await import("../tasks/tasks.js");
  const rows = Object.values(tasks).map(({ name, summary }) => [name, summary] as const);
  return `What can be learned, the first word after lapgrad train:\n${columnsOf(rows, columns, WIDEST)}`;
}

async function settingsText(columns: number): Promise<string> {
  const { ALL, settingArguments } = await import("./settings.js");
  const rows = Object.entries(settingArguments(ALL)).map(([key, one]) => [asOption(key), meaningOf(one)] as const);
  return (
    "Settings, as options, or without the dashes in the file of --config (docs/configuration.md):\n" +
    columnsOf(rows, columns, WIDEST)
  );
}
