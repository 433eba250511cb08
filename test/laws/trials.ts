/** Tasks for the laws alone: parts that no task uses yet (`node scripts/new.mjs model NAME`), one or some in a file. */
import { readdirSync } from "node:fs";
import type { TaskDefinition } from "../../src/tasks/definition.js";

export async function trials(): Promise<TaskDefinition[]> {
  const folder = new URL("trials/", import.meta.url);
  const found: TaskDefinition[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".js")))
    found.push(
      ...[((await import(`./trials/${file}`)) as { default: TaskDefinition | TaskDefinition[] }).default].flat(),
    );
  return found;
}
