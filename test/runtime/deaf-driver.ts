/** A process whose socket others keep from answering: it accepts, says nothing, and ends at Ctrl-C's signal. */
import { createServer } from "node:net";
import { newSocketName } from "../../src/runtime/stop-socket.js";

const server = createServer(() => {}).listen(newSocketName(), () => process.stdout.write("listens\n"));
process.on("SIGINT", () => process.exit(server.listening ? 0 : 1));
