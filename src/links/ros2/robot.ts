/**
 * A robot on ROS 2 as the control loop sees it: the process of the node is at the other end of two pipes, as a board is
 * at the end of a line.
 */
import type { EstimatorSettings } from "../../estimation/entries.js";
import { newMotion } from "../../estimation/motion.js";
import { PoseEntry } from "../../pose/shared-poses.js";
import { Fault } from "../faults.js";
import { PlanarRobot } from "../planar-robot.js";
import { isCommand, RobotPhase, type Transport } from "../robot.js";
import { protocol } from "../wire/protocol.js";
import { COMMAND_BYTES, CommandSlot, STATE_BYTES, StateSlot } from "./record.js";
import type { Ros2Settings } from "./settings.js";

/** Time for publishers and subscribers to find each other [s]. */
const DISCOVERY = 3;
/** States for this duration show whether their stamps keep pace [s]. */
const SETTLE = 1.2;
/** Neutral commands before the robot is armed [s], as a board with our firmware wants them. */
const NEUTRAL = protocol.neutralBeforeArm / 1000;
/** Rows that are taken at once, and takings per control step: more than a pipe holds. */
const ROWS = 64;
const MOST = 16;

export class Ros2Robot extends PlanarRobot {
  readonly #transport: Transport;
  readonly #timeout: number;
  readonly #rows = new Float64Array(ROWS * StateSlot.count);
  readonly #incoming = new Uint8Array(this.#rows.buffer);
  readonly #command = new Float64Array(CommandSlot.count);
  readonly #outgoing = new Uint8Array(this.#command.buffer);
  /** when the node was heard first, and when the robot was asked to follow [s] */
  #since = Number.NaN;
  #comesSince = Number.NaN;
  #asked = 0;
  #arrival = Number.NEGATIVE_INFINITY;
  #refusal = Fault.none;
  #publishers = 0;
  #mismatched = 0;
  #subscribers = 0;
  #deaf = 0;
  /** what its odometry measured last, and what the last movement ended with: way and turn added up [m], [rad] */
  readonly #motion = newMotion();
  #measured = Number.NEGATIVE_INFINITY;
  #speed = 0;
  #rate = 0;
  #distance = 0;
  #turn = 0;
  #distanceBefore = 0;
  #turnBefore = 0;
  /** the last pose from outside on a topic, and how many came */
  readonly #pose = new Float64Array(PoseEntry.count);
  #poses = 0;
  /** numbers of the last arming, and of the one that commands are sent for; 0: none */
  #lastArming: number;
  #arming = 0;

  /** `nonce`: a number that no earlier start of this program had. */
  constructor(
    transport: Transport,
    { timeout }: Pick<Ros2Settings, "timeout">,
    nonce: number,
    estimator: Partial<EstimatorSettings> = {},
  ) {
    super(estimator);
    this.#transport = transport;
    this.#timeout = timeout;
    this.#lastArming = nonce;
  }

  receive(now: number): void {
    for (let i = 0; i < MOST; i++) {
      const count = this.#transport.read(this.#incoming);
      const rows = count <= this.#incoming.length ? Math.floor(count / STATE_BYTES) : 0;
      for (let row = 0; row < rows; row++) this.#take(now, row * StateSlot.count);
      if (rows < ROWS) break;
    }
    if (this.isSeen) this.#move();
    if (this.phase === RobotPhase.connecting) this.#connect(now);
    else if (this.phase === RobotPhase.arming) this.#awaitSubscribers(now);
    if (this.phase >= RobotPhase.arming) this.#watch(now);
  }

  override get placeable(): boolean {
    return false;
  }

  override place(): void {}

  send(now: number, input: Float64Array): void {
    const moves = this.phase === RobotPhase.armed && isCommand(input);
    this.#command[CommandSlot.sent] = now;
    this.#command[CommandSlot.arming] = this.#arming;
    this.#command[CommandSlot.first] = moves ? input[0] : 0;
    this.#command[CommandSlot.second] = moves ? input[1] : 0;
    this.#transport.write(this.#outgoing, COMMAND_BYTES);
  }

  arm(now: number): void {
    if (this.phase !== RobotPhase.ready) return;
    this.phase = RobotPhase.arming;
    this.followedUntil = Number.NaN;
    this.#arming = ++this.#lastArming;
    this.#asked = now;
  }

  disarm(now: number): void {
    if (this.phase !== RobotPhase.connecting) this.phase = RobotPhase.ready;
    this.#arming = 0;
    this.send(now, this.neutral);
  }

  /** The row that begins at number `at`. */
  #take(now: number, at: number): void {
    const rows = this.#rows;
    const { reading } = this;
    if (Number.isNaN(this.#since)) {
      this.#since = now;
      this.#comesSince = now;
    }
    reading.heard = rows[at + StateSlot.sent];
    this.#refusal = rows[at + StateSlot.refusal];
    this.#publishers = rows[at + StateSlot.publishers];
    this.#mismatched = rows[at + StateSlot.mismatched];
    this.#subscribers = rows[at + StateSlot.subscribers];
    this.#deaf = rows[at + StateSlot.deaf];
    this.#arrival = rows[at + StateSlot.arrival];
    if (this.isSeen) this.#measure(at);
    else this.#adopt(at);
    reading.applied[0] = rows[at + StateSlot.appliedFirst];
    reading.applied[1] = rows[at + StateSlot.appliedSecond];
    if (this.phase >= RobotPhase.arming && rows[at + StateSlot.stoppedArming] === this.#arming) this.#takeStop(at);
  }

  /** The state as it came: what measured it has a filter of its own. */
  #adopt(at: number): void {
    const rows = this.#rows;
    this.estimator.adopt(
      rows[at + StateSlot.x],
      rows[at + StateSlot.y],
      rows[at + StateSlot.v],
      rows[at + StateSlot.phi],
      rows[at + StateSlot.rate],
    );
    this.updateReading(rows[at + StateSlot.time]);
  }

  /** Poses come from outside: of its odometry only how it moved counts, and its place is what they say. */
  #measure(at: number): void {
    const rows = this.#rows;
    this.#measured = rows[at + StateSlot.time];
    this.#speed = rows[at + StateSlot.v];
    this.#rate = rows[at + StateSlot.rate];
    this.#distance = rows[at + StateSlot.distance];
    this.#turn = rows[at + StateSlot.turn];
    if (rows[at + StateSlot.poses] === this.#poses) return;
    this.#poses = rows[at + StateSlot.poses];
    for (let i = 0; i < PoseEntry.count; i++) this.#pose[i] = rows[at + StateSlot.poseSeconds + i];
    this.takePose(this.#pose);
  }

  /** What it moved by since the control step before, as far as that was measured. */
  #move(): void {
    const motion = this.#motion;
    if (!(this.#measured > motion.time)) return;
    const isFirst = motion.time === 0;
    motion.seconds = isFirst ? 0 : this.#measured - motion.time;
    motion.time = this.#measured;
    // NaN where nothing measures the way
    motion.distance = this.#distance - (isFirst ? this.#distance : this.#distanceBefore);
    motion.turn = this.#turn - (isFirst ? this.#turn : this.#turnBefore);
    motion.speed = this.#speed;
    motion.rate = this.#rate;
    this.#distanceBefore = this.#distance;
    this.#turnBefore = this.#turn;
    this.estimator.move(motion);
    this.updateReading(motion.time);
  }

  /** The node stopped the robot, says the row that begins at `at`: it is sent neutral until it is disarmed. */
  #takeStop(at: number): void {
    const rows = this.#rows;
    this.phase = RobotPhase.ready;
    this.fail(rows[at + StateSlot.stoppedFor], rows[at + StateSlot.stoppedValue], rows[at + StateSlot.followed]);
  }

  /** Ready once states come, and have come for a while; without them, what keeps them away. */
  #connect(now: number): void {
    const comes = now - this.#arrival <= this.#timeout;
    const isKnown = comes && (!this.isSeen || this.estimator.isPlaced);
    if (!isKnown) this.#comesSince = now;
    if (now - this.#comesSince > SETTLE) this.phase = RobotPhase.ready;
    else if (now - this.#since > DISCOVERY && !isKnown) {
      this.#since = now;
      this.fail(this.#absence(comes), DISCOVERY);
    }
  }

  /** Follows once it was told to stand for a while, by commands that somebody hears. */
  #awaitSubscribers(now: number): void {
    if (this.#subscribers > 0 && now - this.#asked >= NEUTRAL) this.phase = RobotPhase.armed;
    else if (now - this.#asked > DISCOVERY - 1) {
      this.phase = RobotPhase.ready;
      this.fail(this.#deaf > 0 ? Fault.deafSubscriber : Fault.noSubscriber, this.#deaf);
    }
  }

  /** Without a usable state for too long the robot must stop; what was refused meanwhile tells why. */
  #watch(now: number): void {
    const silent = now - this.#arrival;
    if (silent <= this.#timeout) return;
    this.fail(this.#refusal !== Fault.none ? this.#refusal : Fault.silentTopic, silent);
  }

  /** `comes`: what the robot measures itself does, and a pose from outside does not. */
  #absence(comes: boolean): Fault {
    if (this.#refusal !== Fault.none) return this.#refusal;
    if (this.#publishers === 0) return Fault.noPublisher;
    if (this.#mismatched > 0) return Fault.mismatch;
    return comes ? Fault.poseLost : Fault.silentTopic;
  }
}
