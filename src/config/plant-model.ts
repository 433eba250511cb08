/** The setting `plant-model`: from the file that a user names to the text that a run keeps. */
import { readFileSync } from "node:fs";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import { shortened } from "../output.js";

/** The text of a model file; a text with lines is one already, and nothing stays nothing. */
export function plantModelText(given = ""): string {
  if (given === "" || given.includes("\n")) return given;
  let text: string;
  try {
    text = readFileSync(given, "utf8");
  } catch (error) {
    throw new UserError(
      `plant-model: cannot read ${shortened(given)}: ${problemOf(error)}; give an MJCF file, ` +
        "e.g. a changed copy of the car's own (docs/tasks/mujoco-car.md)",
    );
  }
  // by its lines it is known for a text
  return text.includes("\n") ? text : `${text}\n`;
}
