/**
 * A control thread reduced to its orders: it drives until it is stopped, brakes for three steps, and is then at rest.
 */
import { workerData } from "node:worker_threads";
import { Order, Shared } from "../../src/runtime/shared.js";
import { RuntimeState } from "../../src/runtime/states.js";

const shared = new Shared(1, workerData);
shared.setRuntimeState(RuntimeState.driving);
for (let braking = 0; braking < 3; shared.sleep(20)) {
  if (shared.takeOrder() === Order.stop) shared.setRuntimeState(RuntimeState.stopping);
  if (shared.runtimeState === RuntimeState.stopping) braking++;
}
shared.setRuntimeState(RuntimeState.fault);
for (; ; shared.sleep(20)) shared.takeOrder();
