/** src/api/settings.ts: the settings as a type, for programs, from the table of settings. */
import { settings } from "../../build/src/config/schema.js";

/** Settings whose choices grow by a new file in src/, which is to be enough: they are checked when they are given. */
const OPEN = ["link", "update"];

/** The TypeScript type of what a schema accepts. */
function typeOf(schema) {
  switch (schema.type) {
    case "string":
    case "number":
    case "boolean":
      return schema.type;
    case "optional":
      return `${typeOf(schema.wrapped)} | undefined`;
    case "picklist":
      return schema.options.map((option) => JSON.stringify(option)).join(" | ");
    case "array":
      return `readonly ${typeOf(schema.item)}[]`;
    case "record":
      return `Readonly<Record<string, ${typeOf(schema.value)}>>`;
    case "strict_object": {
      const fields = Object.entries(schema.entries).map(([name, entry]) => `readonly ${name}?: ${typeOf(entry)}`);
      return `{ ${fields.join("; ")} }`;
    }
    default:
      throw new Error(`scripts/docs/settings-type.mjs does not know what a ${schema.type} is`);
  }
}

/** Words in lines of a comment. */
function commented(text) {
  const lines = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= 111) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 1
    ? `  /** ${lines[0]} */`
    : ["  /**", ...lines.map((line) => `   * ${line}`), "   */"].join("\n");
}

/** A property, its comment above it; an object that is too long for a line has a line for each of its own. */
function property([name, { schema, describe }]) {
  const key = /^\w+$/.test(name) ? name : `"${name}"`;
  const line = `  readonly ${key}?: ${OPEN.includes(name) ? "string" : typeOf(schema)};`;
  const whole = line.length <= 120 ? line : line.replace(/(\{|;) /g, "$1\n    ").replace(/\s+\};$/, ";\n  };");
  return `${commented(describe)}\n${whole}`;
}

export const settingsType = () => `/**
 * Made by scripts/docs.mjs from src/config/schema.ts: change that, then run it. Settings of a run, as they stand in its
 * config.yaml; docs/configuration.md says what is allowed and what the defaults are.
 */
export interface Settings {
${Object.entries(settings).map(property).join("\n")}
}
`;
