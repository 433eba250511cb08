/** The slowest that the core drives a task, task time per time (assembly/regions.ts). */
export const LEAST_PACE = 0.3;
