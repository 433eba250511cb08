/**
 * Begins a part: writes its file, and a test that fails until it is filled in, from scripts/skeletons. The part
 * registers itself by being there; what is left to do is said in the files, and in docs/adding-a-<kind>.md.
 *
 * Usage: node scripts/new.mjs plant|model|controller|task|rule|link NAME, in the project's folder; the name as in
 * a file's name: lower case, words joined by hyphens.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identifier } from "./registries.mjs";

/**
 * By kind: the files with their skeletons, the tests that are to pass, and what is needed beside. In all of it __name__
 * stands for the name, __kind__ for the same as an identifier, and in the skeletons __Class__ for it as a class.
 */
const KINDS = {
  plant: {
    files: { "assembly/plants/__name__.ts": "plant.ts", "test/core/__name__-plant.test.ts": "plant.test.ts" },
    tests: "__name__-plant",
    beside: "; it needs an entry under `plants` of the tasks that it can do (src/tasks)",
  },
  model: {
    files: { "assembly/models/__name__.ts": "model.ts", "test/laws/trials/__name__.ts": "model-trial.ts" },
    tests: 'laws -t "model __kind__"',
  },
  controller: {
    files: {
      "assembly/controllers/__name__.ts": "controller.ts",
      "test/laws/trials/__name__.ts": "controller-trial.ts",
    },
    tests: 'laws -t "controller __kind__"',
  },
  task: { files: { "src/tasks/__name__.ts": "task.ts" }, tests: "laws -t __name__" },
  rule: {
    files: { "src/rules/__name__.ts": "rule.ts", "test/rules/__name__.test.ts": "rule.test.ts" },
    tests: "test/rules",
  },
  link: {
    files: { "src/links/kinds/__name__.ts": "link.ts", "test/links/harnesses/__name__.ts": "link-harness.ts" },
    tests: "test/links/ -t __name__",
  },
};

/** Says what is wrong, and ends. */
function refuse(problem) {
  console.error(problem);
  process.exit(2);
}

const [kind = "", name = ""] = process.argv.slice(2);
if (!Object.hasOwn(KINDS, kind) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
  refuse(`got "${`${kind} ${name}`.trim()}"; usage: node scripts/new.mjs ${Object.keys(KINDS).join("|")} name-of-it`);
const kindName = identifier(name);
const marks = { __name__: name, __kind__: kindName, __Class__: kindName[0].toUpperCase() + kindName.slice(1) };
const fill = (text) => text.replaceAll(/__[A-Za-z]+__/g, (mark) => marks[mark]);

const { files, tests, beside = "" } = KINDS[kind];
const parts = Object.entries(files).map(([path, skeleton]) => ({ path: fill(path), skeleton }));
const taken = parts.find(({ path }) => existsSync(path));
if (taken) refuse(`${taken.path} exists already: choose another name`);
for (const { path, skeleton } of parts) {
  const text = readFileSync(new URL(`skeletons/${skeleton}.txt`, import.meta.url), "utf8");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, fill(text));
  console.log(`wrote ${path}`);
}
console.log(`it registers itself${beside}`);
console.log(`done when this passes: npm test -- ${fill(tests)}`);
console.log(`docs/adding-a-${kind}.md says what to fill in`);
