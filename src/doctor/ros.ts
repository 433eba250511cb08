/** ROS 2, for robots on its topics: what this shell has sourced. Without it everything else works. */

import { UserError } from "../errors.js";
import { additionOf, here } from "../installation.js";
import { CLASSES, GENERATOR, MARKER } from "../links/ros2/generation.js";
import { type Finding, type Group, notApplicable, note, ok } from "./check.js";
import type { System } from "./system.js";

/** Above this the ports of a domain overlap those that Linux hands out to programs. */
const HIGHEST_DOMAIN = 101;

export const ros: Group = {
  name: "ROS 2",
  checks: [
    { name: "environment", run: environment },
    { name: "middleware", run: middleware },
    { name: "domain", run: domain },
    { name: "binary", run: binary },
    { name: "message classes", run: messageClasses },
  ],
};

/**
 * Refuses where ROS 2 is not there, before anything of it is loaded: rclnodejs would rebuild itself, and spoil its
 * installation.
 */
export function requireRos(system: System): void {
  requireOk(environment(system));
  if (system.packageFolder("rclnodejs") === undefined)
    throw new UserError(`ROS 2: rclnodejs is not installed; ${additionOf("rclnodejs", here())}`, 1);
  requireOk(binary(system));
}

function requireOk({ status, found, remedy }: Finding): void {
  if (status !== "ok") throw new UserError(`ROS 2: ${found}; ${remedy}`, 1);
}

/** Without the last the binary of rclnodejs does not load. */
const SOURCED = ["ROS_DISTRO", "AMENT_PREFIX_PATH", "LD_LIBRARY_PATH"] as const;

function isSourced({ environment }: System): boolean {
  return SOURCED.every((name) => environment[name]);
}

function environment(system: System): Finding {
  const { ROS_DISTRO, AMENT_PREFIX_PATH, PATH } = system.environment;
  const installed = system.list("/opt/ros");
  const source = `source /opt/ros/${ROS_DISTRO || installed.at(-1) || "<distro>"}/setup.bash`;
  if (!isSourced(system)) {
    const missing = SOURCED.filter((name) => !system.environment[name]);
    if (installed.length === 0)
      return note("not installed; only robots on ROS 2 need it", `install it (docs.ros.org), then ${source}`);
    return note(`installed (${installed.join(", ")}) but not sourced: no ${missing.join(", ")}`, source);
  }
  if (!(PATH ?? "").split(":").some((folder) => system.status(`${folder}/ros2`) !== undefined))
    return note(`${ROS_DISTRO}, but there is no ros2 on the PATH`, source);
  return ok(`${ROS_DISTRO}, ${AMENT_PREFIX_PATH}`);
}

function middleware(system: System): Finding {
  if (!isSourced(system)) return notApplicable("ROS 2 is not sourced");
  const name = system.environment.RMW_IMPLEMENTATION;
  return name
    ? ok(`RMW_IMPLEMENTATION ${name}`)
    : ok("RMW_IMPLEMENTATION is not set: the distribution's own; all machines must use the same");
}

function domain(system: System): Finding {
  if (!isSourced(system)) return notApplicable("ROS 2 is not sourced");
  const text = system.environment.ROS_DOMAIN_ID;
  if (!text) return ok("ROS_DOMAIN_ID is not set: 0; all machines must have the same");
  const isDomain = /^\d+$/.test(text) && Number(text) <= HIGHEST_DOMAIN;
  return isDomain
    ? ok(`ROS_DOMAIN_ID ${text}`)
    : note(`ROS_DOMAIN_ID is ${JSON.stringify(text)}; allowed is 0 to ${HIGHEST_DOMAIN}`, "export ROS_DOMAIN_ID=0");
}

/** What rclnodejs loads: the binary made for exactly this distribution, release of Ubuntu and processor, or its own. */
function binary(system: System): Finding {
  if (!isSourced(system)) return notApplicable("ROS 2 is not sourced");
  const folder = system.packageFolder("rclnodejs");
  if (folder === undefined) return notApplicable("rclnodejs is not installed");
  const { architecture } = system;
  const { ROS_DISTRO } = system.environment;
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(system.read("/etc/os-release") ?? "")?.[1]?.trim() || "unknown";
  const ending = `-${architecture}-node-rclnodejs.node`;
  const needed = `${ROS_DISTRO}-${codename}${ending}`;
  const prebuilt = system.list(`${folder}/prebuilds/linux-${architecture}`).filter((name) => name.endsWith(ending));
  if (prebuilt.includes(needed)) return ok(needed);
  if (system.list(`${folder}/build/Release`).includes("rclnodejs.node"))
    return ok(`no ${needed}; build/Release/rclnodejs.node is loaded, which must be of this ${ROS_DISTRO}`);
  const others = prebuilt.map((name) => name.slice(0, -ending.length)).join(", ");
  return note(
    `rclnodejs has no binary for ${ROS_DISTRO} on ${codename} ${architecture}: ${needed} is missing, ` +
      (others ? `there are those for ${others}` : "there is no other"),
    `${others ? "use one of these" : "use an x64 or arm64 computer"}, or build it once, with ROS 2 sourced: ` +
      "npm rebuild rclnodejs --ignore-scripts=false",
  );
}

function messageClasses(system: System): Finding {
  const folder = system.packageFolder("rclnodejs");
  if (folder === undefined) return notApplicable("rclnodejs is not installed");
  if (system.list(`${folder}/${CLASSES}`).length === 0)
    return ok("not written yet: the first start does, up to two minutes");
  const marker = system.read(`${folder}/${MARKER}`);
  if (marker !== undefined && marker === system.read(`${folder}/${GENERATOR}`)) return ok("all written");
  return note(
    `those in ${folder}/${CLASSES} are being written, half written, or were not written by lapgrad`,
    "nothing: the next start writes them anew",
  );
}
