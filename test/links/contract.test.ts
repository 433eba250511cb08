import { stopBoardsAfterEachTest } from "../in-the-loop/boards.js";
import { contractOf } from "./contract.js";
import { kinds } from "./harnesses.js";
import { lineContractOf } from "./line-contract.js";

stopBoardsAfterEachTest();

for (const kind of kinds) contractOf(kind);
for (const kind of kinds.filter(({ hasLine }) => hasLine)) lineContractOf(kind);
