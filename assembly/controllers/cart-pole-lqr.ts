import { StateFeedback } from "./state-feedback";

/** Parameters of {@link CartPoleLqr}: its four gains are all the policy's. */
export enum CartPoleLqrParameter {
  /** force on the setpoint itself [N] */
  input1,
  count,
}

/** State feedback with four states and one input. */
export class CartPoleLqr extends StateFeedback {
  constructor() {
    super(4, 1);
  }
}

/** @part cartPoleLqr CartPoleLqrParameter */
export const cartPoleLqr = new CartPoleLqr();
