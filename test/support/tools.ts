/** Programs that some tests need and that not every machine has. */
import { spawnSync } from "node:child_process";
import { test } from "@jest/globals";

interface Tool {
  /** the command, with arguments that must succeed */
  readonly found: readonly (readonly string[])[];
  readonly install: string;
  /** no test of exports needs it */
  readonly isOptional?: true;
}

const TOOLS = {
  cc: { found: [["cc", "--version"]], install: "gcc or clang" },
  onnxruntime: {
    found: [[process.execPath, "-e", "import('onnxruntime-node').catch(() => process.exit(1))"]],
    install: "onnxruntime-node (npm install --no-save onnxruntime-node@1)",
  },
  // where another Python comes first in the path, Debian's package belongs to the second
  onnx: {
    found: [
      ["python3", "-c", "import onnx"],
      ["/usr/bin/python3", "-c", "import onnx"],
    ],
    install: "the Debian package python3-onnx",
  },
  mujoco: {
    found: [[process.execPath, "-e", "import('@mujoco/mujoco').catch(() => process.exit(1))"]],
    install: "the package @mujoco/mujoco (npm ci with development dependencies)",
    isOptional: true,
  },
  script: { found: [["script", "--version"]], install: "the Debian package bsdutils", isOptional: true },
  zstd: { found: [["zstd", "--version"]], install: "the Debian package zstd", isOptional: true },
  lz4: { found: [["lz4", "--version"]], install: "the Debian package lz4", isOptional: true },
  unshare: { found: [["unshare", "-n", "true"]], install: "unshare, and root", isOptional: true },
  systemd: { found: [["systemd-analyze", "--version"]], install: "systemd", isOptional: true },
} as const satisfies Record<string, Tool>;

export interface Needed {
  /** the command that was found */
  readonly command: string;
  readonly absent: string | undefined;
  /** `test` where the tool is; elsewhere the test reports itself as skipped and says what to install */
  readonly test: (name: string, run: () => Promise<void> | void) => void;
}

/** Looks for a tool. LAPGRAD_REQUIRE_EXPORT=1: what is absent is an error. */
export function tool(name: keyof typeof TOOLS): Needed {
  const { found, install, isOptional }: Tool = TOOLS[name];
  const [command] = found.find(([program = "", ...args]) => spawnSync(program, args).status === 0) ?? [];
  const absent = command === undefined ? `needs ${install}` : undefined;
  if (absent && !isOptional && process.env.LAPGRAD_REQUIRE_EXPORT === "1")
    throw new Error(`LAPGRAD_REQUIRE_EXPORT is 1, but a test of exports ${absent}`);
  return {
    command: command ?? "",
    absent,
    test: (title, run) => (absent ? test.skip(`${title} (${absent})`, run) : test(title, run)),
  };
}
