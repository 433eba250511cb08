/** A VESC that is asked who it is and how it is set up, outside a drive. It is commanded nothing. */
import type { NoBoard, Pause } from "../board.js";
import type { Transport } from "../robot.js";
import {
  newVescAppConfiguration,
  newVescImu,
  newVescValues,
  readAppConfiguration,
  readFirmware,
  readImu,
  readValues,
  type VescAppConfiguration,
  VescCommand,
  type VescFirmware,
  type VescImu,
  type VescValues,
} from "../wire/vesc.js";
import { VescPort } from "./port.js";

/** Something is asked, and looked for, this often [ms]. */
const PERIOD = 20;
/** Nobody who is there needs longer to answer [ms]. */
const ANSWER_WITHIN = 1000;

/** What a VESC says of itself; what did not come is undefined. */
export interface VescAnswer {
  readonly firmware: VescFirmware;
  readonly app: VescAppConfiguration | undefined;
  readonly values: VescValues | undefined;
  readonly imu: VescImu | undefined;
}

/** Who is there, or what came if no VESC answers. */
export async function askVesc(transport: Transport, pause: Pause): Promise<VescAnswer | NoBoard> {
  const firmware = { major: 0, minor: 0 };
  const [app, values, imu] = [newVescAppConfiguration(), newVescValues(), newVescImu()];
  const answered = new Set<number>();
  const port = new VescPort(transport, (command, bytes, from) => {
    if (command === VescCommand.firmwareVersion) readFirmware(bytes, from, firmware);
    else if (command === VescCommand.getAppConfiguration) readAppConfiguration(bytes, from, app);
    else if (command === VescCommand.getImuData && !readImu(bytes, from, imu)) return;
    else if (command === VescCommand.getValuesSelective && !readValues(bytes, from, values)) return;
    answered.add(command);
  });
  const has = (command: VescCommand) => answered.has(command);
  for (let waited = 0; waited < ANSWER_WITHIN && answered.size < QUESTIONS; waited += PERIOD) {
    const now = waited / 1000;
    // a device that may be no VESC is asked for its version alone
    if (!has(VescCommand.firmwareVersion)) port.askOnce(VescCommand.firmwareVersion, now);
    else {
      if (!has(VescCommand.getAppConfiguration)) port.askOnce(VescCommand.getAppConfiguration, now);
      port.askMeasured(now, true);
    }
    port.send();
    await pause(PERIOD);
    port.receive();
  }
  if (!has(VescCommand.firmwareVersion)) return { bytes: port.bytes };
  return {
    firmware,
    app: has(VescCommand.getAppConfiguration) ? app : undefined,
    values: has(VescCommand.getValuesSelective) ? values : undefined,
    imu: has(VescCommand.getImuData) ? imu : undefined,
  };
}

const QUESTIONS = 4;
