/** Every registered link's robot by the contracts; one without a harness fails by its name. */
import { test } from "@jest/globals";
import { stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { contractOf } from "./contract.js";
import { harnesses } from "./harness.js";
import { transportContractOf } from "./transport-contract.js";

stopBoardsAfterEachTest();

for (const [name, harness] of await harnesses()) {
  if (harness instanceof Error) {
    test(`robot: ${name}`, () => {
      throw harness;
    });
    continue;
  }
  contractOf(name, harness);
  if (harness.robot.hasTransport) transportContractOf(name, harness);
}
