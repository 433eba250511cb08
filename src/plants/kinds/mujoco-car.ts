import { UserError } from "../../errors.js";
import type { HostPlantKind } from "../host-plant.js";
import { MujocoCar } from "../mujoco/car.js";
import { carBody } from "../mujoco/car-body.js";

const mujocoCar: HostPlantKind = {
  make: async ({ parameters, hostModel }) => {
    const body = await carBody(hostModel);
    if (!(parameters.mass > body.wheelMass))
      throw new UserError(
        `plant.mass is ${parameters.mass} kg, but its four wheels alone weigh ${body.wheelMass} kg: ` +
          "give more with --parameters",
      );
    return new MujocoCar(body, Object.keys(parameters));
  },
};

export default mujocoCar;
