import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { measureInstall, productionClosure } from "../../bench/install.js";

const lock = {
  packages: {
    "": { dependencies: { a: "1", "@s/b": "1" }, optionalDependencies: { big: "1" }, devDependencies: { dev: "1" } },
    "node_modules/a": {
      version: "1.0.0",
      dependencies: { c: "1", native: "1" },
      optionalDependencies: { native: "1" },
    },
    "node_modules/@s/b": { version: "2.0.0", dependencies: { c: "2" }, peerDependencies: { a: "1", x: "1" } },
    "node_modules/@s/b/node_modules/c": { version: "2.1.0", dependencies: { d: "1" } },
    "node_modules/c": { version: "1.1.0" },
    "node_modules/d": { version: "1.2.0", dependencies: { a: "1" } },
    "node_modules/native": { version: "1.3.0" },
    "node_modules/big": { version: "9.0.0" },
    "node_modules/dev": { version: "9.0.0" },
    "node_modules/x": { version: "1.4.0" },
  },
} as const;

describe("the production closure", () => {
  test("has what dependencies and peers need, nearest first, and neither optional nor development packages", () => {
    const closure = productionClosure(lock);
    expect([...closure.keys()].sort()).toEqual([
      "node_modules/@s/b",
      "node_modules/@s/b/node_modules/c",
      "node_modules/a",
      "node_modules/c",
      "node_modules/d",
      "node_modules/x",
    ]);
  });

  test("names the direct dependencies that need a package, through cycles too", () => {
    const closure = productionClosure(lock);
    expect([...(closure.get("node_modules/c") ?? [])]).toEqual(["a", "@s/b"]);
    expect([...(closure.get("node_modules/d") ?? [])]).toEqual(["@s/b"]);
  });

  test("refuses a lock file that lacks a direct dependency", () => {
    expect(() => productionClosure({ packages: { "": { dependencies: { gone: "1" } } } })).toThrow(/gone.*npm install/);
  });
});

describe("the install size", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lapgrad-test-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, bytes: number): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "x".repeat(bytes));
  }

  test("counts each package's own files once, and of the project what it ships", () => {
    writeFileSync(join(root, "package-lock.json"), JSON.stringify(lock));
    write("node_modules/a/index.js", 100);
    write("node_modules/a/lib/deep/more.js", 20);
    write("node_modules/@s/b/index.js", 3);
    write("node_modules/@s/b/node_modules/c/index.js", 40);
    write("node_modules/big/huge.bin", 100000);
    write("build/src/main.js", 7);
    write("build/src/main.js.map", 5000);
    write("build/core/release.wasm", 11);
    write("build/core/debug.wasm", 5000);
    const size = measureInstall(root);
    expect(size.packages.slice(0, 3).map(({ path, bytes }) => [path, bytes])).toEqual([
      ["node_modules/a", 120],
      ["node_modules/@s/b/node_modules/c", 40],
      ["node_modules/@s/b", 3],
    ]);
    expect(size.packages.find(({ path }) => path === "node_modules/@s/b/node_modules/c")).toMatchObject({
      name: "c",
      version: "2.1.0",
      neededBy: ["@s/b"],
    });
    expect(size).toMatchObject({ packageBytes: 163, ownBytes: 18, bytes: 181 });
  });
});
