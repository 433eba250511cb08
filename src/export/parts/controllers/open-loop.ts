import { add } from "../../expression.js";
import type { ControllerPart } from "../contracts.js";

/** assembly/controllers/open-loop.ts */
const openLoop: ControllerPart = {
  act: (parameters, _state, reference) => add(Object.values(parameters), reference),
};

export default { openLoop42: openLoop, openLoop11: openLoop };
