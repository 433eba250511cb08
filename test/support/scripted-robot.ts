/** A robot whose every answer a test sets: for the control loop and its gates. */
import { Fault } from "../../src/links/faults.js";
import { newReading, type Robot, RobotPhase } from "../../src/links/robot.js";

export class ScriptedRobot implements Robot {
  readonly reading = newReading(4, 2);
  readonly neutral = new Float64Array(2);
  placeable = true;
  phase = RobotPhase.ready;
  faultValue = Number.NaN;
  followedUntil = Number.NaN;
  /** the fault that it has next */
  fault = Fault.none;
  /** refuses to be armed */
  refuses = false;
  /** called when commands were sent, with the time since the last */
  onSend: (now: number, input: Float64Array) => void = () => {};
  /** called before what it says is read; undefined: it is silent */
  onReceive: ((now: number) => void) | undefined = (now) => {
    this.reading.time = now;
    this.reading.heard = now;
  };
  readonly sent: { readonly now: number; readonly input: readonly number[]; readonly phase: RobotPhase }[] = [];

  takeFault(): Fault {
    const { fault } = this;
    this.fault = Fault.none;
    return fault;
  }
  listen(): void {}

  receive(now: number): void {
    this.onReceive?.(now);
  }
  stateAt(_now: number, state: Float64Array): void {
    state.set(this.reading.state);
  }
  place(state: Float64Array): void {
    this.reading.state.set(state.subarray(0, 4));
  }
  send(now: number, input: Float64Array): void {
    if (this.phase === RobotPhase.arming && !this.refuses) this.phase = RobotPhase.armed;
    this.sent.push({ now, input: [...input], phase: this.phase });
    this.onSend(now, input);
  }
  arm(): void {
    this.phase = RobotPhase.arming;
  }
  disarm(): void {
    this.phase = RobotPhase.ready;
  }
}
