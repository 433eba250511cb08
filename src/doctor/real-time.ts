/**
 * Real time: what the control thread may ask of the scheduler. Without it lapgrad drives, but late by up to some 20 ms.
 */
import { type Finding, type Group, notApplicable, note, ok } from "./check.js";
import { inContainer, inUserNamespace, isJetson, onHost, type System } from "./system.js";

/** Priority of the control thread under SCHED_FIFO, 1 to 99. */
const PRIORITY = 50;
const ALLOW =
  `echo "$USER - rtprio ${PRIORITY}" | sudo tee /etc/security/limits.d/lapgrad.conf, log in again ` +
  `(systemd unit: LimitRTPRIO=${PRIORITY})`;
const ALLOW_CONTAINER = `docker run --cap-add=SYS_NICE --ulimit rtprio=${PRIORITY} …`;
/** The kernel's bit for "may set any priority". */
const CAP_SYS_NICE = 1n << 23n;
const PROCESSORS = "/sys/devices/system/cpu";

export const realTime: Group = {
  name: "real time",
  checks: [
    { name: "priority limit", run: priorityLimit },
    { name: "chrt", run: chrt },
    { name: "SCHED_FIFO", run: fifo },
    { name: "CPU governor", run: governor },
    { name: "share of the CPU", run: share },
  ],
};

/** Why this process may set the priority, or undefined if it may not as far as its limits tell. */
function permission(system: System): string | undefined {
  const limit = /^Max realtime priority\s+(\S+)/m.exec(system.read("/proc/self/limits") ?? "")?.[1];
  if (limit === "unlimited" || Number(limit) >= PRIORITY) return `real-time priorities up to ${limit} are allowed`;
  const capabilities = /^CapEff:\s*([0-9a-f]+)/m.exec(system.read("/proc/self/status") ?? "")?.[1];
  // in a user namespace the kernel does not count this capability
  if (inUserNamespace(system)) return undefined;
  if (capabilities !== undefined && (BigInt(`0x${capabilities}`) & CAP_SYS_NICE) !== 0n)
    return "this process may set any priority (CAP_SYS_NICE)";
  return undefined;
}

function priorityLimit(system: System): Finding {
  if (system.platform !== "linux") return notApplicable(system.platform);
  const allowed = permission(system);
  if (allowed !== undefined) return ok(allowed);
  return note(`less than ${PRIORITY}: control steps may be late by 20 ms on a busy computer`, allow(system));
}

function allow(system: System): string {
  if (inUserNamespace(system))
    return `in a user namespace (rootless container) a limit from outside counts: ${ALLOW}, outside; start it anew`;
  return inContainer(system) ? ALLOW_CONTAINER : ALLOW;
}

async function chrt(system: System): Promise<Finding> {
  if (system.platform !== "linux") return notApplicable(system.platform);
  const { code, stdout, stderr } = await system.run("chrt", "--version");
  if (code === 0) return ok(stdout.trim());
  // busybox has a chrt that knows no --version
  if (/busybox/i.test(stderr)) return ok("of busybox");
  return note("not there: it sets the control thread's priority", "sudo apt-get install -y util-linux");
}

/**
 * Sets the priority of a thread made for it, looks whether it has it, and puts it back; the thread ends in any case.
 */
async function fifo(system: System): Promise<Finding> {
  if (system.platform !== "linux") return notApplicable(system.platform);
  return system.withThread(async (threadId) => {
    const id = String(threadId);
    const set = await system.run("chrt", "--fifo", "-p", String(PRIORITY), id);
    if (set.code === undefined) return notApplicable("without chrt it was not tried");
    const seen = await system.run("chrt", "-p", id);
    await system.run("chrt", "--other", "-p", "0", id);
    if (set.code === 0 && /SCHED_FIFO/.test(seen.stdout))
      return ok(`a thread made for it got priority ${PRIORITY}; it gave it back and ended`);
    if (permission(system) === undefined) return note("a thread did not get it", allow(system));
    return note(
      "a thread did not get it although the limit allows it: real-time groups of the kernel, or a container",
      inContainer(system) ? ALLOW_CONTAINER : "sudo sysctl -w kernel.sched_rt_runtime_us=-1",
    );
  });
}

function governor(system: System): Finding {
  const governors = system
    .list(PROCESSORS)
    .filter((name) => /^cpu\d+$/.test(name))
    .flatMap((name) => system.read(`${PROCESSORS}/${name}/cpufreq/scaling_governor`)?.trim() ?? []);
  if (governors.length === 0) return notApplicable("no frequency scaling to be seen");
  const names = [...new Set(governors)].sort();
  if (names.length === 1 && names[0] === "performance") return ok("performance");
  return note(
    `${names.join(", ")}: the clock rises late when work comes`,
    onHost(
      system,
      isJetson(system)
        ? "sudo nvpmodel -m 0 && sudo jetson_clocks"
        : `echo performance | sudo tee ${PROCESSORS}/cpu*/cpufreq/scaling_governor`,
    ),
  );
}

function share(system: System): Finding {
  const isolated = system.read(`${PROCESSORS}/isolated`)?.trim();
  const found = `niceness ${system.niceness}, ${isolated ? `CPU ${isolated} isolated` : "no CPU isolated"}`;
  return system.niceness > 0
    ? note(`${found}: other programs come first`, onHost(system, "start it without nice, or sudo renice -n 0 -p <pid>"))
    : ok(found);
}
