/** The laws of the controller openLoop11, which only the studies of Theorem 1 use, beside parts of the task scalar. */
import type { TaskDefinition } from "../../../src/tasks/definition.js";
import scalar from "../../../src/tasks/scalar.js";

const trial: TaskDefinition = {
  ...scalar,
  name: "trial of the controller openLoop11",
  controller: { kind: "openLoop11", parameters: { input1: 0 } },
  nominalGains: [],
  network: { ...scalar.network, scale: scalar.columns.setpoint.map(() => 1) },
};

export default trial;
