/**
 * DroQ (Hiraoka et al. 2022), with the settings of sbx: soft actor-critic that goes over its data twenty times as
 * often. What keeps the critics from believing their own mistakes then is dropout and layer norm in them, targets
 * included; the actor is updated once per action. As in sbx, the actor climbs the lower of both critics, not their
 * mean. It knows nothing of the robot.
 */
import { definePeer } from "./peer.js";
import { learnSoft, SAC, SAC_CAR, type SacSettings } from "./sac.js";

export default definePeer<SacSettings>({
  name: "droq",
  label: "DroQ",
  published: { ...SAC, updates: 20, policyDelay: 20, dropout: 0.01, layerNorm: true },
  car: { ...SAC_CAR, updates: 20 },
  learn: (environment, settings, seed) => learnSoft("droq", environment, settings, seed),
});
