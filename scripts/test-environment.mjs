/**
 * Jest's environment of Node with an ordinary global object. Jest's own is a proxy that every `Math` and `Number` in a
 * test, and in the code under test, goes through: computing then takes five times as long.
 */
import vm from "node:vm";
import { TestEnvironment } from "jest-environment-node";

export default class PlainEnvironment extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
