/** What an estimator has to go by, and what follows from what it has not. */

export interface Sensors {
  /** wheel encoder or VESC */
  readonly wheel: boolean;
  readonly gyro: boolean;
  /** its steering command is known, and its curvature at full steering */
  readonly steering: boolean;
  /** poses from outside */
  readonly poses: boolean;
}

/** Sentences for people, none if nothing is missing. */
export function missingSensors({ wheel, gyro, steering, poses }: Sensors): string[] {
  const missing: string[] = [];
  if (!poses) {
    const goes = wheel && gyro ? "it is dead reckoning, which drifts" : "there is no position at all";
    missing.push(`no poses from outside: ${goes} (--pose names a source)`);
  }
  if (!wheel && poses)
    missing.push("no wheel: speed comes from poses, late and noisy; without poses for 0.3 s the car must stop");
  if (!gyro && poses)
    missing.push(
      steering
        ? "no gyro: between poses it turns as its steering says, which a car that slides does not"
        : "no gyro: its turn rate comes from poses, late and noisy; without poses for 0.3 s the car must stop",
    );
  if (!wheel && !gyro && poses)
    missing.push("neither wheel nor gyro: nothing tells how late poses are, so --pose-latency must be right");
  return missing;
}
