/**
 * What a robot installs (npm ci --omit=dev --omit=optional; the file of npm pack has the same packages, and the pages
 * besides), counted from package-lock.json and the files in node_modules.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface PackageShare {
  /** where it lies, relative to the project */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  /** direct dependencies that need it */
  readonly neededBy: readonly string[];
}

export interface InstallSize {
  /** all packages of the closure, largest first */
  readonly packages: readonly PackageShare[];
  readonly packageBytes: number;
  /** what the project itself ships to a robot: host, core and assets */
  readonly ownBytes: number;
  readonly bytes: number;
}

/** The part of package-lock.json (version 2 or 3) that is read here. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const OWN = ["build/src", "build/assets", "build/core"];

export function measureInstall(root: string): InstallSize {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;
  const packages = [...productionClosure(lock)]
    .map(([path, neededBy]) => ({
      path,
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: lock.packages[path]?.version ?? "",
      bytes: folderBytes(join(root, path), (entry) => entry.name !== "node_modules"),
      neededBy: [...neededBy],
    }))
    .sort((a, b) => b.bytes - a.bytes);
  const packageBytes = packages.reduce((sum, { bytes }) => sum + bytes, 0);
  const shipped = (entry: Dirent): boolean => !/^debug\.|\.map$|\.d\.ts$/.test(entry.name);
  const ownBytes = OWN.reduce((sum, folder) => sum + folderBytes(join(root, folder), shipped), 0);
  return { packages, packageBytes, ownBytes, bytes: packageBytes + ownBytes };
}

/** Path of every package needed at run time, optional ones left out, with the direct dependencies it is needed by. */
export function productionClosure(lock: Lock): Map<string, Set<string>> {
  const closure = new Map<string, Set<string>>();
  const visit = (path: string, root: string): void => {
    const roots = closure.get(path) ?? new Set<string>();
    if (roots.has(root)) return;
    closure.set(path, roots.add(root));
    for (const name of needs(lock.packages[path] ?? {})) {
      const found = resolve(lock, path, name);
      if (found !== undefined) visit(found, root);
    }
  };
  for (const name of needs(lock.packages[""] ?? {})) {
    const found = resolve(lock, "", name);
    if (found === undefined)
      throw new Error(`package-lock.json lists the dependency ${name} without its package: run npm install`);
    visit(found, name);
  }
  return closure;
}

/** npm repeats optional dependencies among the others, and installs peers unless they are marked optional. */
function needs(entry: LockedPackage): string[] {
  const dependencies = Object.keys(entry.dependencies ?? {}).filter(
    (name) => !(name in (entry.optionalDependencies ?? {})),
  );
  const peers = Object.keys(entry.peerDependencies ?? {}).filter(
    (name) => !entry.peerDependenciesMeta?.[name]?.optional,
  );
  return [...dependencies, ...peers];
}

/** The nearest package of that name, looking upwards from `from` as Node does. */
function resolve(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; ) {
    const path = folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`;
    if (path in lock.packages) return path;
    if (!folder) return undefined;
    const above = folder.lastIndexOf("/node_modules/");
    folder = above < 0 ? "" : folder.slice(0, above);
  }
}

/** Sum of file sizes below a folder; 0 if there is none. */
function folderBytes(folder: string, counts: (entry: Dirent) => boolean): number {
  let sum = 0;
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return 0;
  }
  for (const entry of entries.filter(counts)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += folderBytes(path, counts);
    else if (entry.isFile()) sum += statSync(path).size;
  }
  return sum;
}
