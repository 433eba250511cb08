/** What the self-test before arming allows a standing car to measure. */

/**
 * Yaw rate, highest less lowest of 64 samples [rad/s]; thirty times what an MPU-6050 has by itself. More is a car that
 * is carried, or a chip that is loose.
 */
export const MOST_NOISE = 0.1;
/** Mean yaw rate [rad/s]: 1.1 °/s; the bias has drifted, or the car turns. */
export const MOST_BIAS = 0.02;
