import type { DoctorOptions } from "../doctor/check.js";
import { examine, formatDoctor } from "../doctor/doctor.js";
import { machine } from "../doctor/machine.js";
import { UserError } from "../errors.js";
import type { Output } from "../output.js";

/** Examines this machine; whether nothing keeps lapgrad from running here. */
export async function doctorCommand(options: DoctorOptions, output: Output): Promise<boolean> {
  if (options.folder === "") throw new UserError("--out is empty; allowed is a folder, e.g. runs");
  if (options.device === "") throw new UserError("--device is empty; allowed is a serial port, e.g. /dev/ttyACM0");
  if (options.askBoard && options.device === undefined)
    throw new UserError("--ask-board needs --device: only a port that was named is opened");
  const report = await examine(machine, options);
  output.say(formatDoctor(report));
  output.result(report);
  return report.problems === 0;
}
