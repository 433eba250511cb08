export default {
  roots: ["<rootDir>/build/test"],
  testMatch: ["**/*.test.js"],
  testEnvironment: "node",
  transform: {},
  maxWorkers: 2,
};
