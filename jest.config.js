export default {
  roots: ["<rootDir>/build/test"],
  testMatch: ["**/*.test.js"],
  testEnvironment: "<rootDir>/scripts/test-environment.mjs",
  testSequencer: "<rootDir>/scripts/test-order.mjs",
  transform: {},
  // Of two cores: drives by the clock on the wall mostly wait, and leave theirs to others.
  maxWorkers: 3,
  // Only for a test that never ends: those that measure time say so and have limits of their own, all others may run on
  // a busy machine.
  testTimeout: 300_000,
};
