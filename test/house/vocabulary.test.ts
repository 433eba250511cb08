/**
 * docs/glossary.md has one word for one thing. Here are the words that were given up, as they would stand in code,
 * messages and pages; CHANGELOG.md keeps the words of its time.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

/** What was given up, and what is said instead. Words that are also plain English are given with their retired use. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/rehears/i, "model rollout"],
  [/\bstretch(es)?\b|stretch(es)?[A-Z]|[a-z]Stretch/, "rollout (in training), span (in identification)"],
  [/\bexplain\((rollout|slot)|"explain"/, "recordModelError"],
  [/\bStart\.(again|on|anew)\b/, "ModelStart.replay, .continuation, .restart"],
  [/[<:|] ?Driven\b|\b(interface|type) (Driven|Driving|Driver)\b/, "CollectedRollout"],
  [/surroundings/i, "PlantIo, LinkContext, context"],
  [/\baround\.[a-z]/, "context, io"],
  [/BytePort|\b(Serial|Ros2|Board)Line\b|\binterface Line\b/, "Transport, Connection"],
  [/\bsignLimit\b|\bsign of life\b|takeSign|\.sign\b(?!al)/, "operatorHeartbeat"],
  [/\bobey/i, "handle, carry out, follow"],
  [/farewell/i, "closing message"],
  [/loses (its|the) patience|\bpatience\b/i, "gives up after, time-out"],
  [/red button/i, "stop button"],
  [/\bis the word\b|\bno word for\b/, "permits"],
  [/ModelMemory/, "ModelFitter"],
  [/assembly\/memory\.ts|from "\.\/memory"/, "assembly/arena.ts"],
  [/\boptimisers?\.ts\b|\binterface Optimiser\b/, "UpdateRule, src/rules"],
  [/\b(enum|interface|type|class) (Kind|State|Step|Start|Part|Phase)\b/, "a name that says whose"],
  [/\bfor so long\b|\bso long \[/, "for this time, duration"],
  [/\b(length|points) of the (task's )?way\b|\bthe task's way\b|\ba way in the plane\b/, "path, distance"],
];

const EXEMPT = /^CHANGELOG\.md$|^package-lock\.json$|^test\/house\/vocabulary\.test\.ts$|\.(svg|html|gz|pgm)$/;

test("no word that was given up stands in code, messages or pages", () => {
  const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
  const found = files
    .filter((file) => !EXEMPT.test(file))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, i) =>
          RETIRED.filter(([retired]) => retired.test(line)).map(
            ([retired, instead]) => `${file}:${i + 1}: ${retired.exec(line)?.[0]}: say ${instead}`,
          ),
        ),
    );
  expect(found).toEqual([]);
});

test.each(RETIRED.map(([retired]) => [retired.source]))("the glossary does not use /%s/", (source) => {
  expect(readFileSync("docs/glossary.md", "utf8")).not.toMatch(new RegExp(source));
});
