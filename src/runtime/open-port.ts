import { SerialPort } from "serialport";
import { UserError } from "../errors.js";

/** Opens and configures a port, which gets no listener: what arrives is for whoever has a descriptor of its own (tty-port.ts). */
export async function openPort(path: string, baudRate: number): Promise<SerialPort> {
  // a read that finds nothing returns at once
  const port = new SerialPort({ path, baudRate, autoOpen: false, vmin: 0, vtime: 0 });
  await new Promise<void>((resolve, reject) =>
    port.open((error) =>
      error
        ? reject(new UserError(`cannot open ${path}: ${error.message}; lapgrad doctor tells what keeps it`, 1))
        : resolve(),
    ),
  );
  return port;
}
