/** How this lapgrad is installed, and so what to type to call it, to repair it and to add a package to it. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { quoted } from "./shell.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** The script of a checkout that calls its build; it is not packed. */
const LAUNCHER = "lapgrad";

/** Packages that add something and are installed only by who needs it, with the versions that are known to work. */
export type OptionalPackage = "@mujoco/mujoco" | "bullmq" | "ioredis" | "js-aruco2" | "onnxruntime-node" | "rclnodejs";

/** An installation, as far as it decides what to type. */
export interface Installation {
  /** folder of package.json */
  readonly root: string;
  /** current folder */
  readonly folder: string;
  /** folders that are searched for commands, as in PATH */
  readonly path: string;
}

export const here = (): Installation => ({ root: ROOT, folder: process.cwd(), path: process.env.PATH ?? "" });

/** What calls this lapgrad from the current folder. */
export function programOf({ root, folder, path }: Installation): string {
  const [launcher, main] = [join(root, LAUNCHER), join(root, "build", "src", "cli", "main.js")];
  // npm and npx put folders of this name in front for the time of their own command only
  const lasting = path.split(delimiter).filter((one) => one !== "" && basename(one) !== ".bin");
  const first = lasting.map((one) => join(one, "lapgrad")).find((file) => existsSync(file));
  if (first && [launcher, main].includes(realpathSync(first))) return "lapgrad";
  const local = join(dirname(root), ".bin", "lapgrad");
  const called = [launcher, local].find((file) => existsSync(file));
  return called ? fromFolder(called, folder) : `node ${fromFolder(main, folder)}`;
}

/** The shorter of the two ways to a file. */
function fromFolder(file: string, folder: string): string {
  const way = relative(folder, file);
  const typed = way.includes("/") ? way : `./${way}`;
  return quoted(typed.length < file.length ? typed : file);
}

/** What installs lapgrad's packages and its core anew. */
export function repairOf({ root, folder }: Installation): string {
  return isCheckout(root)
    ? `${root === folder ? "" : `cd ${quoted(root)} && `}npm ci && npm run build`
    : "install lapgrad again from its packed file: docs/deployment.md";
}

/** What adds a package. */
export function additionOf(name: OptionalPackage, { root, folder }: Installation): string {
  const [major] = /\d+/.exec(versionsOf(root)[name]) ?? [];
  const wanted = `${name}@${major}`;
  if (isCheckout(root)) return `${root === folder ? "" : `cd ${quoted(root)} && `}npm install --no-save ${wanted}`;
  // <prefix>/lib/node_modules/lapgrad is what npm install --global --prefix <prefix> made
  const modules = dirname(root);
  const lib = dirname(modules);
  if (basename(lib) !== "lib") return `cd ${quoted(lib)} && npm install ${wanted}`;
  return `npm install --global --prefix ${quoted(dirname(lib))} ${wanted}`;
}

function isCheckout(root: string): boolean {
  return existsSync(join(root, LAUNCHER));
}

function versionsOf(root: string): Readonly<Record<OptionalPackage, string>> {
  const text = readFileSync(join(root, "package.json"), "utf8");
  return (JSON.parse(text) as { optionalPackages: Record<OptionalPackage, string> }).optionalPackages;
}
