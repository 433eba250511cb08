export default {
  roots: ["<rootDir>/build/test"],
  testMatch: ["**/*.test.js"],
  testEnvironment: "<rootDir>/scripts/test-environment.mjs",
  transform: {},
  maxWorkers: 2,
  // Only for a test that never ends: those that measure time say so and have limits of their own, all others may run on
  // a busy machine.
  testTimeout: 300_000,
};
