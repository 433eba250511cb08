/**
 * A program that drives a PCA9685 through its helpers, at 50 Hz, until it is ended: what tests suspend and kill. It
 * says on stdout, a line each, the processes once they are there, when the car is armed, and its faults.
 * Arguments: bus, settings of the chips as JSON.
 */
import { monotonicTime } from "../../../src/clock.js";
import { Fault } from "../../../src/links/faults.js";
import { Pca9685Robot } from "../../../src/links/pca9685/robot.js";
import { RobotPhase } from "../../../src/links/robot.js";
import { Pca9685Connection } from "../../../src/runtime/pca9685-connection.js";
import { makeProcessRealTime } from "../../../src/runtime/real-time.js";
import { DescriptorTransport } from "../../../src/runtime/transport.js";

const PERIOD = 20;
const COMMAND = Float64Array.of(0.3, -0.5);

const [, , bus = "1", chips = "{}"] = process.argv;
const environment = { ...process.env, LD_PRELOAD: process.env.HELPER_PRELOAD };
const connection = new Pca9685Connection(Number(bus), JSON.parse(chips), environment);
const robot = new Pca9685Robot(new DescriptorTransport(await connection.open()), {
  estimator: { outside: true },
  deadZone: 0,
});
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
makeProcessRealTime(process.pid);
say({ drive: connection.pidOf("drive"), guard: connection.pidOf("guard"), host: process.pid });
let armed = false;
const timer = setInterval(() => {
  const now = monotonicTime();
  robot.receive(now);
  const fault = robot.takeFault();
  if (fault !== Fault.none) say({ fault: Fault[fault] });
  if (connection.failure !== undefined) say({ failure: connection.failure });
  if (!armed && robot.phase === RobotPhase.ready) robot.arm(now);
  if (!armed && robot.phase === RobotPhase.armed) {
    armed = true;
    say({ armed });
  }
  // after a fault it goes on to command, as a program with a fault of its own would
  robot.send(now, COMMAND);
}, PERIOD);
process.on("SIGTERM", async () => {
  clearInterval(timer);
  await connection.close();
  process.exit(0);
});
