/**
 * Writes what is made from the sources: docs/configuration.md, docs/example-config.yaml, the tables of docs/safety.md,
 * the declarations of docs/api.md, and src/api/settings.ts. With --check it writes nothing and fails, exit 1, if one of
 * them is stale or a relative link in any page leads nowhere.
 * Usage, after a build, in the project's folder: node scripts/docs.mjs [--check]
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { completeConfig, formatConfig } from "../build/src/config/config.js";
import { settings } from "../build/src/config/schema.js";
import { tasks } from "../build/src/tasks/tasks.js";
import { anchorOf } from "./docs/anchors.mjs";
import { apiPage } from "./docs/api.mjs";
import { safetyPage } from "./docs/safety.mjs";
import { settingsType } from "./docs/settings-type.mjs";

const task = tasks[settings.task.default];
const defaults = completeConfig({});

/** What a setting allows: the message of its narrowest check. */
function allowed(name) {
  if (name === "task") return `one of ${Object.keys(tasks).join(", ")}`;
  if (name === "plant") return `one of ${Object.keys(task.plants).join(", ")}`;
  const { schema } = settings[name];
  const messages = (schema.pipe ?? [schema]).map(({ message }) => message).filter((message) => message !== undefined);
  return messages.at(-1);
}

const value = (of) => (typeof of === "object" ? JSON.stringify(of) : String(of));

function settingRow(name) {
  const ofTask = "default" in settings[name] ? "" : " (task)";
  // the allowed form of a window is its description too
  const [meaning] = settings[name].describe.split(": start:");
  return `| \`${name}\` | ${allowed(name)} | \`${value(defaults[name])}\`${ofTask} | ${meaning} |`;
}

/** Names and comments of all parameter enums of the core: [{ names, meanings }]. */
function parameterEnums() {
  return readdirSync("assembly", { recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [
      ...readFileSync(join("assembly", file), "utf8").matchAll(/export enum \w+Parameter \{([^}]*)\}/g),
    ])
    .map(([, body]) =>
      [...body.matchAll(/\/\*\* (.*?) \*\/\s*(\w+),/g)].map(([, meaning, name]) => ({ name, meaning })),
    );
}

function parameterRows() {
  const enums = parameterEnums();
  const parts = {
    model: task.model,
    controller: task.controller,
    reward: task.reward,
    reference: task.reference,
    task: task.task,
  };
  const rows = Object.entries(parts).flatMap(([part, { kind, parameters }]) => {
    const names = Object.keys(parameters);
    const found = enums.find(
      (members) => members.length === names.length && members.every(({ name }) => names.includes(name)),
    );
    if (!found) throw new Error(`no enum in assembly/ has the parameters ${names.join(", ")} of ${part} ${kind}`);
    return found.map(
      ({ name, meaning }) =>
        `| \`${part}.${name}\` | ${Number(parameters[name].toPrecision(6))} | ${meaning.replaceAll("|", "\\|")} |`,
    );
  });
  return rows.join("\n");
}

function rateRows() {
  return Object.entries(task.training.learningRate)
    .flatMap(([update, rates]) =>
      Object.entries(rates).map(([truncation, rate]) => `| ${update} | ${truncation} | ${rate} |`),
    )
    .join("\n");
}

const SOURCES = "src/config/schema.ts, src/tasks/ and assembly/";
const configuration = `<!-- Made by scripts/docs.mjs from ${SOURCES}: change those, then run it. -->

# Configuration

Every setting has one name, used in three places. The later wins:

1. the task's own value, or the general default;
2. a YAML file: \`--config file.yaml\`, one \`setting: value\` per line, any subset
   ([an example with all of them](example-config.yaml));
3. the command line: \`--learning-rate 0.003\`.

A run keeps its complete configuration in \`config.yaml\`. Feed that file back with \`--config\` to repeat the run, bit
for bit. An unknown name, a wrong type or a value out of range ends the command with exit code 2 and a message that
names file, line, setting, the value got and what is allowed.

## Settings

Defaults marked (task) come from the task; here those of \`${task.name}\`.

| setting | allowed | default | meaning |
|---|---|---|---|
${Object.keys(settings).map(settingRow).join("\n")}

- \`hidden\` is written \`--hidden 64,64\` on the command line.
- \`model-delay\` is rounded to whole control steps.
- \`model-scale\` multiplies ${task.model.scalable.map((name) => `\`${name}\``).join(", ")} of the model.
  A model parameter given under \`parameters\` replaces the scaled value and is not scaled.
- \`--no-network-state-feedback\` switches a setting of type true or false off.

The default learning rate depends on update and truncation:

| update | truncation | learning rate |
|---|---|---|
${rateRows()}

## Parameters

\`--parameters part.name=value\`, several in a row, or in the file:

\`\`\`yaml
parameters:
  controller:
    throttleLimit: 0.65
\`\`\`

The parts of \`${task.name}\`. The plant \`nominal\` has the model's parameters, under \`plant\`.

| parameter | value | meaning |
|---|---|---|
${parameterRows()}
`;

const PAGES = {
  "docs/configuration.md": configuration,
  "docs/example-config.yaml": formatConfig(defaults),
  "docs/safety.md": safetyPage(defaults),
  "docs/api.md": apiPage(),
  "src/api/settings.ts": settingsType(),
};

/** The anchors of a page's headings. */
function anchors(path) {
  return [...readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
}

/** Relative links and images that lead nowhere, over all pages. */
function brokenLinks() {
  const inDocs = readdirSync("docs", { recursive: true }).map((file) => join("docs", file));
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...inDocs].filter((file) => file.endsWith(".md"));
  return pages.flatMap((page) => {
    const text = readFileSync(page, "utf8").replace(/```[\s\S]*?```/g, "");
    return [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
      .map(([, inText, inTag]) => inText ?? inTag)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file, anchor] = link.split("#");
        const target = file ? normalize(join(dirname(page), file)) : page;
        if (!existsSync(target)) return true;
        return anchor !== undefined && statSync(target).isFile() && !anchors(target).includes(anchor);
      })
      .map((link) => `${page}: link ${link} leads nowhere`);
  });
}

if (process.argv.includes("--check")) {
  const stale = Object.entries(PAGES)
    .filter(([path, content]) => !existsSync(path) || readFileSync(path, "utf8") !== content)
    .map(([path]) => `${path} is stale: build, and run node scripts/docs.mjs`);
  const problems = [...stale, ...brokenLinks()];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} else {
  for (const [path, content] of Object.entries(PAGES)) writeFileSync(path, content);
  console.log(`wrote ${Object.keys(PAGES).join(", ")}`);
}
