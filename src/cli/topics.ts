/** What `lapgrad help` tells beside its commands. */
import { asOption, columnsOf, meaningOf } from "./help.js";
import { manPage } from "./man.js";

/** Names of the topics that are no commands. */
export const TOPICS = ["settings", "tasks", "man"] as const;

const WIDEST = 24;

/** A topic in lines of at most `columns`. */
export async function topicText(topic: (typeof TOPICS)[number], columns: number): Promise<string> {
  if (topic === "man") return manPage();
  if (topic === "tasks") {
    const { tasks } = await import("../tasks/tasks.js");
    const rows = Object.values(tasks).map(({ name, summary }) => [name, summary] as const);
    return `What can be learned, the first word after lapgrad train:\n${columnsOf(rows, columns, WIDEST)}`;
  }
  const { ALL, settingArguments } = await import("./settings.js");
  const rows = Object.entries(settingArguments(ALL)).map(([key, one]) => [asOption(key), meaningOf(one)] as const);
  return (
    "Settings, as options, or without the dashes in the file of --config (docs/configuration.md):\n" +
    columnsOf(rows, columns, WIDEST)
  );
}
