/**
 * Begins a part: writes its file, and a test that fails until it is filled in, from scripts/skeletons. The part
 * registers itself by being there; what is left to do is said in the files, and in docs/adding-a-<kind>.md.
 *
 * Usage: node scripts/new.mjs plant|model|controller|task|rule|link NAME, in the project's folder; the name as in
 * a file's name: lower case, words joined by hyphens.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** By kind: the files with their skeletons, the tests that are to pass, and what registers it beside its file. */
const KINDS = {
  plant: {
    files: { "assembly/plants/NAME.ts": "plant.ts", "test/core/NAME-plant.test.ts": "plant.test.ts" },
    tests: "NAME-plant",
    register: "an entry under `plants` of the tasks that it can do (src/tasks)",
  },
  model: {
    files: { "assembly/models/NAME.ts": "model.ts", "test/laws/trials/NAME.ts": "model-trial.ts" },
    tests: 'laws -t "model NAME"',
  },
  controller: {
    files: { "assembly/controllers/NAME.ts": "controller.ts", "test/laws/trials/NAME.ts": "controller-trial.ts" },
    tests: 'laws -t "controller NAME"',
  },
  task: { files: { "src/tasks/NAME.ts": "task.ts" }, tests: "laws -t NAME" },
  rule: { files: { "src/rules/NAME.ts": "rule.ts", "test/rules/NAME.test.ts": "rule.test.ts" }, tests: "rules" },
  link: {
    files: { "src/links/kinds/NAME.ts": "link.ts", "test/links/harnesses/NAME.ts": "link-harness.ts" },
    tests: 'test/links -t "NAME"',
  },
};

/** What is wrong with the arguments; undefined if nothing is. */
function problemWith(kind, name) {
  if (!Object.hasOwn(KINDS, kind ?? "") || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? ""))
    return `got "${[kind, name].join(" ").trim()}"; usage: node scripts/new.mjs ${Object.keys(KINDS).join("|")} name-of-it`;
  const taken = Object.keys(KINDS[kind].files).find((file) => existsSync(file.replace("NAME", name)));
  return taken && `${taken.replace("NAME", name)} exists already: choose another name`;
}

const [kind, name] = process.argv.slice(2);
const problem = problemWith(kind, name);
if (problem) {
  console.error(problem);
  process.exit(2);
}
const camel = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const names = { __name__: name, __kind__: camel, __Class__: camel[0].toUpperCase() + camel.slice(1) };
const { files, tests, register } = KINDS[kind];
for (const [file, skeleton] of Object.entries(files)) {
  const path = file.replace("NAME", name);
  const text = readFileSync(new URL(`skeletons/${skeleton}.txt`, import.meta.url), "utf8");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    text.replaceAll(/__\w+?__/g, (mark) => names[mark]),
  );
  console.log(`wrote ${path}`);
}
console.log(`it registers itself${register ? `; it needs ${register}` : ""}`);
console.log(
  `done when this passes: npm test -- ${tests.replace("NAME", kind === "model" || kind === "controller" ? camel : name)}`,
);
console.log(`docs/adding-a-${kind}.md says what to fill in`);
const word = kind === "model" || kind === "controller" ? camel : name;
console.log(`done when this passes: npm test -- ${tests.replace("NAME", word)}`);
console.log(`docs/adding-a-${kind}.md says what to fill in`);
