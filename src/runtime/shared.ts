/**
 * What the main thread and the control thread say to each other: one block of shared memory, so that neither ever waits
 * for the other.
 */
import { Fault } from "../links/faults.js";
import type { HeardRobot, RobotPhase } from "../links/robot.js";
import { HANDOVER_SIZE } from "./handover.js";
import type { Move } from "./move.js";
import { RESPONSE_SIZE } from "./response.js";
import type { RuntimeState } from "./states.js";

/** Words, written and read atomically. */
enum Word {
  /** raised with every order */
  orderNumber,
  order,
  /** number of the last order that was taken */
  taken,
  /** the fault that {@link Order.stop} was given for, which holds for good; 0: it was not given */
  stopped,
  state,
  /** control steps since the start: moves as long as the control thread lives */
  ticks,
  missed,
  /** raised with every new set of parameters; 1 while the control thread copies one */
  parametersGiven,
  parametersBusy,
  /** raised with every new fit of the robot's response */
  responseGiven,
  /** the control thread sleeps on this one; the main thread may wake it */
  sleep,
  /** 1: the control thread has real-time priority */
  isRealTime,
  /** the robot's phase, see links/robot.ts */
  phase,
  /** 1: its state counts from where it is placed */
  placeable,
  /** {@link GamepadSign}: what the gamepad told since the main thread looked */
  gamepad,
  /** 1: the gamepad's sticks may move the robot, which drives nothing */
  handDriving,
  count,
}

/** What a gamepad tells the main thread. */
export enum GamepadSign {
  none,
  /** the drive may begin */
  begin,
  /** it is gone */
  lost,
}

/** Numbers; torn reads are harmless in all of them, or excluded by a word above. */
enum Slot {
  /** task time at which a drive starts */
  startTime,
  /** time of the operator's last heartbeat, by the control thread's clock */
  operatorHeartbeat,
  /** time of the main thread's last heartbeat, by the same clock */
  mainHeartbeat,
  now,
  /** when the state held that was measured last */
  measured,
  battery,
  uncertainty,
  /** bytes that came from the robot's port */
  bytes,
  /** a set-up's move, see runtime/move.ts */
  moveThrottle,
  moveSteering,
  moveSeconds,
  moveRoom,
  count,
}

export enum Order {
  none,
  /** the robot is to follow commands */
  arm,
  /** drive by the policy */
  drive,
  /** stop: the drive is over */
  finish,
  /** stop for good; whatever is ordered after it, by whichever thread, only {@link quit} still counts */
  stop,
  /** stop: the drive cannot be recorded */
  recorderFailed,
  /** stop and end the thread */
  quit,
}

const STATES = 16;

/** The block; `parameters` is the policy's number of parameters, `states` that of the state's components. */
export class Shared {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #slots: Float64Array;
  /** where a drive starts: the state that a robot is placed at */
  readonly start: Float64Array;
  /** what was measured last */
  readonly state: Float64Array;
  #parametersTaken = 0;
  #responseTaken = 0;
  readonly #parameters: readonly [Float64Array, Float64Array];
  readonly #handovers: readonly [Float64Array, Float64Array];
  /** how the robot answers its commands: runtime/response.ts */
  readonly #responses: readonly [Float64Array, Float64Array];

  constructor(parameters: number, buffer?: SharedArrayBuffer) {
    const words = Word.count * 4 + (Word.count % 2) * 4;
    const slots = Slot.count * 8;
    const start = STATES * 8;
    const size = parameters * 8;
    const response = RESPONSE_SIZE * 8;
    const handover = HANDOVER_SIZE * 8;
    this.buffer = buffer ?? new SharedArrayBuffer(words + slots + 2 * start + 2 * size + 2 * response + 2 * handover);
    this.#words = new Int32Array(this.buffer, 0, Word.count);
    this.#slots = new Float64Array(this.buffer, words, Slot.count);
    this.start = new Float64Array(this.buffer, words + slots, STATES);
    this.state = new Float64Array(this.buffer, words + slots + start, STATES);
    const at = words + slots + 2 * start;
    this.#parameters = [
      new Float64Array(this.buffer, at, parameters),
      new Float64Array(this.buffer, at + size, parameters),
    ];
    this.#responses = [
      new Float64Array(this.buffer, at + 2 * size, RESPONSE_SIZE),
      new Float64Array(this.buffer, at + 2 * size + response, RESPONSE_SIZE),
    ];
    const end = at + 2 * size + 2 * response;
    this.#handovers = [
      new Float64Array(this.buffer, end, HANDOVER_SIZE),
      new Float64Array(this.buffer, end + handover, HANDOVER_SIZE),
    ];
  }

  // main thread

  /**
   * Gives an order and wakes the control thread; {@link isTaken} tells when it was seen. Any thread may give {@link
   * Order.stop}; `fault` is what for, and the first one holds.
   */
  give(order: Order, fault = Fault.operatorStop): void {
    if (order === Order.stop) Atomics.compareExchange(this.#words, Word.stopped, Fault.none, fault);
    else Atomics.store(this.#words, Word.order, order);
    Atomics.add(this.#words, Word.orderNumber, 1);
    this.wake();
  }

  isTaken(): boolean {
    return Atomics.load(this.#words, Word.taken) === Atomics.load(this.#words, Word.orderNumber);
  }

  /** What the gamepad told since the last call; that it is lost is told for good. */
  takeGamepadSign(): GamepadSign {
    return Atomics.compareExchange(this.#words, Word.gamepad, GamepadSign.begin, GamepadSign.none);
  }

  wake(): void {
    Atomics.notify(this.#words, Word.sleep);
  }

  /** Hands a policy over, and what belongs to it (handover.ts); one that was not taken yet is forgotten. */
  giveParameters(parameters: Float64Array, handover: Float64Array): void {
    const given = Atomics.load(this.#words, Word.parametersGiven);
    // the control thread copies from the other half, except in the microseconds after the last hand-over
    while (Atomics.load(this.#words, Word.parametersBusy) !== 0);
    this.#parameters[(given + 1) & 1].set(parameters);
    this.#handovers[(given + 1) & 1].set(handover);
    Atomics.store(this.#words, Word.parametersGiven, given + 1);
  }

  /** Hands a fit of the robot's response over: one a second at most, so none is overwritten while it is read. */
  giveResponse(response: Float64Array): void {
    const given = Atomics.load(this.#words, Word.responseGiven);
    this.#responses[(given + 1) & 1].set(response);
    Atomics.store(this.#words, Word.responseGiven, given + 1);
  }

  get runtimeState(): RuntimeState {
    return Atomics.load(this.#words, Word.state);
  }
  get phase(): RobotPhase {
    return Atomics.load(this.#words, Word.phase);
  }
  get isPlaceable(): boolean {
    return Atomics.load(this.#words, Word.placeable) === 1;
  }
  get ticks(): number {
    return Atomics.load(this.#words, Word.ticks);
  }
  get missed(): number {
    return Atomics.load(this.#words, Word.missed);
  }
  /** What somebody ordered it to stop for, for good; {@link Fault.none} if nobody did. */
  get stoppedFor(): Fault {
    return Atomics.load(this.#words, Word.stopped);
  }
  get isRealTime(): boolean {
    return Atomics.load(this.#words, Word.isRealTime) === 1;
  }

  // control thread

  /** The order that was given since the last call; {@link Order.none} if there is none. */
  takeOrder(): Order {
    const number = Atomics.load(this.#words, Word.orderNumber);
    if (number === Atomics.load(this.#words, Word.taken)) return Order.none;
    const order = Atomics.load(this.#words, Word.order);
    Atomics.store(this.#words, Word.taken, number);
    return this.stoppedFor !== Fault.none && order !== Order.quit ? Order.stop : order;
  }

  /** Copies a policy, and what belongs to it, that were handed over since the last call; whether there were. */
  takeParameters(into: Float64Array, handover: Float64Array): boolean {
    Atomics.store(this.#words, Word.parametersBusy, 1);
    const given = Atomics.load(this.#words, Word.parametersGiven);
    const isNew = given !== this.#parametersTaken;
    if (isNew) {
      into.set(this.#parameters[given & 1]);
      handover.set(this.#handovers[given & 1]);
    }
    this.#parametersTaken = given;
    Atomics.store(this.#words, Word.parametersBusy, 0);
    return isNew;
  }

  /** Copies a fit of the response that was handed over since the last call. */
  takeResponse(into: Float64Array): void {
    const given = Atomics.load(this.#words, Word.responseGiven);
    if (given === this.#responseTaken) return;
    into.set(this.#responses[given & 1]);
    this.#responseTaken = given;
  }

  setRuntimeState(state: RuntimeState): void {
    Atomics.store(this.#words, Word.state, state);
  }

  countTick(missed: boolean): void {
    Atomics.add(this.#words, Word.ticks, 1);
    if (missed) Atomics.add(this.#words, Word.missed, 1);
  }

  /** Tells how the robot is. */
  report({ reading, phase, placeable }: HeardRobot): void {
    Atomics.store(this.#words, Word.phase, phase);
    Atomics.store(this.#words, Word.placeable, placeable ? 1 : 0);
    this.#slots[Slot.measured] = reading.time;
    this.#slots[Slot.battery] = reading.battery;
    this.#slots[Slot.uncertainty] = reading.uncertainty;
    this.#slots[Slot.bytes] = reading.bytes;
    for (let i = 0; i < reading.state.length; i++) this.state[i] = reading.state[i];
  }

  setRealTime(isRealTime: boolean): void {
    Atomics.store(this.#words, Word.isRealTime, isRealTime ? 1 : 0);
  }

  giveGamepadSign(sign: GamepadSign): void {
    Atomics.store(this.#words, Word.gamepad, sign);
  }

  /** Sleeps for a time [ms], or until {@link wake}. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, Word.sleep, 0, milliseconds);
  }

  // both

  /** Whether the gamepad's sticks may move a robot that drives nothing. */
  get isHandDriving(): boolean {
    return Atomics.load(this.#words, Word.handDriving) === 1;
  }
  set isHandDriving(isAllowed: boolean) {
    Atomics.store(this.#words, Word.handDriving, isAllowed ? 1 : 0);
  }
  get startTime(): number {
    return this.#slots[Slot.startTime];
  }
  set startTime(time: number) {
    this.#slots[Slot.startTime] = time;
  }
  /** What a set-up drives next; it must not change while the robot drives. */
  get move(): Move {
    return {
      throttle: this.#slots[Slot.moveThrottle],
      steering: this.#slots[Slot.moveSteering],
      seconds: this.#slots[Slot.moveSeconds],
      room: this.#slots[Slot.moveRoom],
    };
  }
  set move({ throttle, steering, seconds, room }: Move) {
    this.#slots[Slot.moveThrottle] = throttle;
    this.#slots[Slot.moveSteering] = steering;
    this.#slots[Slot.moveSeconds] = seconds;
    this.#slots[Slot.moveRoom] = room;
  }
  /** The control thread's clock at its last step [s]. */
  get now(): number {
    return this.#slots[Slot.now];
  }
  set now(time: number) {
    this.#slots[Slot.now] = time;
  }
  /** The operator's last heartbeat, by the control thread's clock [s]. */
  get operatorHeartbeat(): number {
    return this.#slots[Slot.operatorHeartbeat];
  }
  set operatorHeartbeat(time: number) {
    this.#slots[Slot.operatorHeartbeat] = time;
  }
  /** The main thread's last heartbeat, by the control thread's clock [s]. */
  get mainHeartbeat(): number {
    return this.#slots[Slot.mainHeartbeat];
  }
  set mainHeartbeat(time: number) {
    this.#slots[Slot.mainHeartbeat] = time;
  }
  /** Age of the measured state at the control thread's last step [s]; infinite if there is none. */
  get age(): number {
    return this.now - this.#slots[Slot.measured];
  }
  get battery(): number {
    return this.#slots[Slot.battery];
  }
  get bytes(): number {
    return this.#slots[Slot.bytes];
  }
  get uncertainty(): number {
    return this.#slots[Slot.uncertainty];
  }
}
