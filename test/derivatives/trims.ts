/** The least that can be shaken: two trims of an untrained car. */
export const TRIMS = {
  target: "car-figure8",
  groups: ["trims"],
  knots: 3,
  directions: 4,
  minutes: 2,
  bound: 0.2,
  precision: 0.5,
  checkpoint: "best",
} as const;
