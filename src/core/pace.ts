/** The slowest and the fastest that the core drives a task, task time per time (assembly/regions.ts). */
export const LEAST_PACE = 0.3;
export const MOST_PACE = 1.5;
