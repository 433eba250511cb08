// Made by scripts/protocol.mjs from firmware-bridge/protocol.json: change that, then run it.

export const protocol = {
  version: 2,
  /** bits per second, 8N1 */
  baud: 250000,
  /** longest payload a frame may have [bytes] */
  maxPayload: 80,
  /** silence inside a frame after which it is thrown away [ms] */
  interByteTimeout: 10,
  /** age of the last drive frame at which the board stops [ms] */
  commandTimeout: 200,
  /** neutral drive frames without a gap before arming [ms] */
  neutralBeforeArm: 300,
  /** longest pause between telemetry frames; an accepted drive frame is answered [ms] */
  telemetryIdle: 50,
  /** age at which a radio channel counts as lost [ms] */
  rcTimeout: 100,
  /** how long the mode switch must rest before it counts [ms] */
  rcSettle: 50,
  /** time without progress after which the board resets itself [ms] */
  watchdog: 120,
  /** period of the state machine [µs] */
  tick: 1000,
  /** period of the servo pulses [µs] */
  pulsePeriod: 20000,
  /** no configuration can make a pulse shorter [µs] */
  pulseLow: 900,
  /** no configuration can make a pulse longer [µs] */
  pulseHigh: 2100,
  /** shortest pulse that may be configured as neutral throttle [µs] */
  neutralLow: 1450,
  /** longest pulse that may be configured as neutral throttle [µs] */
  neutralHigh: 1550,
  /** shorter radio pulses are invalid [µs] */
  rcPulseLow: 800,
  /** longer radio pulses are invalid [µs] */
  rcPulseHigh: 2200,
  /** mode channel below: the host may drive [µs] */
  rcAutoBelow: 1300,
  /** mode channel above: the radio drives; between the two: stop [µs] */
  rcManualAbove: 1700,
  /** radio throttle this close to neutral counts as neutral [µs] */
  rcNeutralBand: 40,
  /** acceleration in any direction, gravity included, that stops the car [g] */
  shock: 6,
  /** time for which the car leans by more than 60° before that stops it [ms] */
  tiltAfter: 300,
  /** no encoder is that fast [ticks/s] */
  encoderMost: 15000,
  /** how long the encoder contradicts the throttle before that is told [ms] */
  encoderAfter: 1000,
  /** longest time that an armed car rolls at neutral [ms] */
  rollingMost: 4000,
} as const;

/** what the outputs follow */
export enum BoardState {
  /** neutral; waits for an arm frame */
  disarmed = 0,
  /** follows drive frames */
  armed = 1,
  /** throttle neutral after a lost link, a blow or a fall; waits for an arm frame */
  failsafe = 2,
  /** follows the radio */
  manual = 3,
}

/** why the board last stopped following drive frames */
export enum Cause {
  /** it has not been armed since it started */
  boot = 0,
  /** the host sent a disarm frame */
  disarmFrame = 1,
  /** no valid drive frame for 200 ms */
  commandTimeout = 2,
  /** the radio was lost while it was required, known or driving */
  rcLost = 3,
  /** the radio took over */
  rcManual = 4,
  /** the radio's mode switch was put to stop */
  rcStop = 5,
  /** a host said hello anew */
  newSession = 6,
  /** the accelerometer measured a blow */
  shock = 7,
  /** the car leaned by more than 60° */
  tilt = 8,
}

/** answer to hello */
export enum WelcomeResult {
  /** a session is open */
  accepted = 0,
  /** host and board speak different versions: no session */
  wrongVersion = 1,
}

/** answer to arm */
export enum ArmResult {
  /** drive frames are followed from now on */
  armed = 0,
  /** the frame's session is not the open one: say hello first */
  noSession = 1,
  /** no valid drive frame within the last 200 ms */
  staleLink = 2,
  /** the last drive frame's throttle was not 0 */
  notNeutral = 3,
  /** neutral drive frames for less than 300 ms */
  neutralTooShort = 4,
  /** the radio is required, or was received in this session, and is not received */
  rcLost = 5,
  /** the radio's mode switch is not at automatic */
  rcNotAuto = 6,
  /** the car leans by more than 60° */
  tilted = 7,
}

/** answer to configure */
export enum ConfigureResult {
  /** in force until the next session */
  applied = 0,
  /** the frame's session is not the open one: say hello first */
  noSession = 1,
  /** only a disarmed board takes a configuration: disarm first */
  notDisarmed = 2,
  /** a pulse, their order or a slew rate is not allowed */
  outOfLimits = 3,
}

/** which board answers */
export enum Board {
  /** the test build on a computer */
  host = 0,
  /** ATmega328P, 16 MHz */
  atmega328p = 1,
  /** RP2040 */
  rp2040 = 2,
}

/** why the board started last */
export enum ResetFlag {
  /** power came up */
  powerOn = 1,
  /** reset pin or debugger */
  external = 2,
  /** supply voltage fell too low */
  brownOut = 4,
  /** the firmware hung */
  watchdog = 8,
}

/** switches of the configuration */
export enum ConfigFlag {
  /** positive steering gives shorter pulses */
  steeringReversed = 1,
  /** positive throttle gives shorter pulses */
  throttleReversed = 2,
  /** failsafe leaves the steering where it is; otherwise it goes to the centre */
  holdSteering = 4,
  /** no driving without a valid radio */
  rcRequired = 8,
}

/** which readings of a telemetry frame mean something */
export enum SensorFlag {
  /** yawRate and yawAngle are measured */
  gyro = 1,
  /** battery is measured */
  battery = 2,
  /** all three radio channels are valid and fresh */
  rc = 4,
  /** a session is open */
  session = 8,
  /** accelerations are measured */
  accelerometer = 16,
  /** gyroMean and gyroSpread are measured */
  standing = 32,
}

/** which sensor cannot be believed; each is kept for a second after it was seen last */
export enum HealthFlag {
  /** the yaw rate is at the end of its range */
  gyroSaturated = 1,
  /** the yaw rate is the same to the last bit, for 100 samples */
  gyroFrozen = 2,
  /** the chip sleeps, or reads as zeros: it lost its power */
  gyroAsleep = 4,
  /** the chip did not answer its self-test; it is asked again */
  gyroSelfTest = 8,
  /** ticks come faster than from any encoder */
  encoderFast = 16,
  /** ticks go on while the throttle is long neutral */
  encoderUnasked = 32,
  /** ticks go backwards while the throttle goes forwards */
  encoderBackwards = 64,
  /** the battery was measured, and is not any more */
  batteryLost = 128,
}

/** first byte of a frame */
export enum FrameType {
  hello = 0x01,
  arm = 0x02,
  disarm = 0x03,
  drive = 0x04,
  configure = 0x05,
  ping = 0x06,
  welcome = 0x81,
  armAnswer = 0x82,
  configureAnswer = 0x83,
  telemetry = 0x84,
  pong = 0x85,
}

/** bytes of payload by frame type */
export const payloadSize: Readonly<Record<FrameType, number>> = {
  [FrameType.hello]: 5,
  [FrameType.arm]: 2,
  [FrameType.disarm]: 0,
  [FrameType.drive]: 10,
  [FrameType.configure]: 19,
  [FrameType.ping]: 4,
  [FrameType.welcome]: 10,
  [FrameType.armAnswer]: 2,
  [FrameType.configureAnswer]: 19,
  [FrameType.telemetry]: 72,
  [FrameType.pong]: 8,
};

/**
 * Rounded and held within the limits: a number too large must not wrap around. What is not a number becomes 0, as
 * DataView does.
 */
function within(value: number, low: number, high: number): number {
  return Math.round(Math.min(Math.max(value, low), high));
}

/** opens a session; a new nonce disarms and restores the default configuration, a repeated one only asks again */
export interface Hello {
  /** protocol version of the host */
  version: number;
  /** random, made once when the host starts */
  nonce: number;
}

export const newHello = (): Hello => ({ version: 0, nonce: 0 });

export function readHello(view: DataView, at: number, to: Hello): void {
  to.version = view.getUint8(at);
  to.nonce = view.getUint32(at + 1, true);
}

export function writeHello(view: DataView, at: number, from: Readonly<Hello>): void {
  view.setUint8(at, from.version);
  view.setUint32(at + 1, from.nonce, true);
}

/** asks to follow drive frames */
export interface Arm {
  /** as given in welcome */
  session: number;
}

export const newArm = (): Arm => ({ session: 0 });

export function readArm(view: DataView, at: number, to: Arm): void {
  to.session = view.getUint16(at, true);
}

export function writeArm(view: DataView, at: number, from: Readonly<Arm>): void {
  view.setUint16(at, from.session, true);
}

/** the command, and the only frame that keeps the car driving */
export interface Drive {
  /** as given in welcome */
  session: number;
  /** host's clock, echoed in telemetry [ms] */
  time: number;
  /** -1 (reverse or brake) to 1 */
  throttle: number;
  /** -1 to 1 */
  steering: number;
}

export const newDrive = (): Drive => ({ session: 0, time: 0, throttle: 0, steering: 0 });

export function readDrive(view: DataView, at: number, to: Drive): void {
  to.session = view.getUint16(at, true);
  to.time = view.getUint32(at + 2, true);
  to.throttle = view.getInt16(at + 6, true) / 10000;
  to.steering = view.getInt16(at + 8, true) / 10000;
}

export function writeDrive(view: DataView, at: number, from: Readonly<Drive>): void {
  view.setUint16(at, from.session, true);
  view.setUint32(at + 2, from.time, true);
  view.setInt16(at + 6, within(from.throttle * 10000, -10000, 10000), true);
  view.setInt16(at + 8, within(from.steering * 10000, -10000, 10000), true);
}

/** trim, direction and limits for this session, while disarmed */
export interface Configure {
  /** as given in welcome */
  session: number;
  /** pulse at full steering to one side [µs] */
  steeringMin: number;
  /** trim: pulse at steering 0 [µs] */
  steeringCentre: number;
  /** pulse at full steering to the other side [µs] */
  steeringMax: number;
  /** shortest throttle pulse [µs] */
  throttleMin: number;
  /** trim: pulse at throttle 0 [µs] */
  throttleNeutral: number;
  /** longest throttle pulse [µs] */
  throttleMax: number;
  /** fastest change of the steering pulse; at least 100 [µs/s] */
  steeringSlew: number;
  /** fastest change of the throttle pulse away from neutral; at least 100 [µs/s] */
  throttleSlew: number;
  /** switches */
  flags: number;
}

export const newConfigure = (): Configure => ({
  session: 0,
  steeringMin: 0,
  steeringCentre: 0,
  steeringMax: 0,
  throttleMin: 0,
  throttleNeutral: 0,
  throttleMax: 0,
  steeringSlew: 0,
  throttleSlew: 0,
  flags: 0,
});

export function readConfigure(view: DataView, at: number, to: Configure): void {
  to.session = view.getUint16(at, true);
  to.steeringMin = view.getUint16(at + 2, true);
  to.steeringCentre = view.getUint16(at + 4, true);
  to.steeringMax = view.getUint16(at + 6, true);
  to.throttleMin = view.getUint16(at + 8, true);
  to.throttleNeutral = view.getUint16(at + 10, true);
  to.throttleMax = view.getUint16(at + 12, true);
  to.steeringSlew = view.getUint16(at + 14, true);
  to.throttleSlew = view.getUint16(at + 16, true);
  to.flags = view.getUint8(at + 18);
}

export function writeConfigure(view: DataView, at: number, from: Readonly<Configure>): void {
  view.setUint16(at, from.session, true);
  view.setUint16(at + 2, from.steeringMin, true);
  view.setUint16(at + 4, from.steeringCentre, true);
  view.setUint16(at + 6, from.steeringMax, true);
  view.setUint16(at + 8, from.throttleMin, true);
  view.setUint16(at + 10, from.throttleNeutral, true);
  view.setUint16(at + 12, from.throttleMax, true);
  view.setUint16(at + 14, from.steeringSlew, true);
  view.setUint16(at + 16, from.throttleSlew, true);
  view.setUint8(at + 18, from.flags);
}

/** asks for a pong; keeps nothing alive */
export interface Ping {
  /** host's clock, echoed [ms] */
  time: number;
}

export const newPing = (): Ping => ({ time: 0 });

export function readPing(view: DataView, at: number, to: Ping): void {
  to.time = view.getUint32(at, true);
}

export function writePing(view: DataView, at: number, from: Readonly<Ping>): void {
  view.setUint32(at, from.time, true);
}

/** answer to hello */
export interface Welcome {
  /** whether a session is open */
  result: number;
  /** protocol version of the board */
  version: number;
  /** the host's, echoed */
  nonce: number;
  /** number of this session, different after every start of host or board */
  session: number;
  /** kind of board */
  board: number;
  /** why the board started last */
  resetCause: number;
}

export const newWelcome = (): Welcome => ({ result: 0, version: 0, nonce: 0, session: 0, board: 0, resetCause: 0 });

export function readWelcome(view: DataView, at: number, to: Welcome): void {
  to.result = view.getUint8(at);
  to.version = view.getUint8(at + 1);
  to.nonce = view.getUint32(at + 2, true);
  to.session = view.getUint16(at + 6, true);
  to.board = view.getUint8(at + 8);
  to.resetCause = view.getUint8(at + 9);
}

export function writeWelcome(view: DataView, at: number, from: Readonly<Welcome>): void {
  view.setUint8(at, from.result);
  view.setUint8(at + 1, from.version);
  view.setUint32(at + 2, from.nonce, true);
  view.setUint16(at + 6, from.session, true);
  view.setUint8(at + 8, from.board);
  view.setUint8(at + 9, from.resetCause);
}

/** answer to arm */
export interface ArmAnswer {
  /** of the arm frame */
  sequence: number;
  /** armed, or why not */
  result: number;
}

export const newArmAnswer = (): ArmAnswer => ({ sequence: 0, result: 0 });

export function readArmAnswer(view: DataView, at: number, to: ArmAnswer): void {
  to.sequence = view.getUint8(at);
  to.result = view.getUint8(at + 1);
}

export function writeArmAnswer(view: DataView, at: number, from: Readonly<ArmAnswer>): void {
  view.setUint8(at, from.sequence);
  view.setUint8(at + 1, from.result);
}

/** answer to configure: what is in force now */
export interface ConfigureAnswer {
  /** of the configure frame */
  sequence: number;
  /** applied, or why not */
  result: number;
  /** as in configure [µs] */
  steeringMin: number;
  /** as in configure [µs] */
  steeringCentre: number;
  /** as in configure [µs] */
  steeringMax: number;
  /** as in configure [µs] */
  throttleMin: number;
  /** as in configure [µs] */
  throttleNeutral: number;
  /** as in configure [µs] */
  throttleMax: number;
  /** as in configure [µs/s] */
  steeringSlew: number;
  /** as in configure [µs/s] */
  throttleSlew: number;
  /** as in configure */
  flags: number;
}

export const newConfigureAnswer = (): ConfigureAnswer => ({
  sequence: 0,
  result: 0,
  steeringMin: 0,
  steeringCentre: 0,
  steeringMax: 0,
  throttleMin: 0,
  throttleNeutral: 0,
  throttleMax: 0,
  steeringSlew: 0,
  throttleSlew: 0,
  flags: 0,
});

export function readConfigureAnswer(view: DataView, at: number, to: ConfigureAnswer): void {
  to.sequence = view.getUint8(at);
  to.result = view.getUint8(at + 1);
  to.steeringMin = view.getUint16(at + 2, true);
  to.steeringCentre = view.getUint16(at + 4, true);
  to.steeringMax = view.getUint16(at + 6, true);
  to.throttleMin = view.getUint16(at + 8, true);
  to.throttleNeutral = view.getUint16(at + 10, true);
  to.throttleMax = view.getUint16(at + 12, true);
  to.steeringSlew = view.getUint16(at + 14, true);
  to.throttleSlew = view.getUint16(at + 16, true);
  to.flags = view.getUint8(at + 18);
}

export function writeConfigureAnswer(view: DataView, at: number, from: Readonly<ConfigureAnswer>): void {
  view.setUint8(at, from.sequence);
  view.setUint8(at + 1, from.result);
  view.setUint16(at + 2, from.steeringMin, true);
  view.setUint16(at + 4, from.steeringCentre, true);
  view.setUint16(at + 6, from.steeringMax, true);
  view.setUint16(at + 8, from.throttleMin, true);
  view.setUint16(at + 10, from.throttleNeutral, true);
  view.setUint16(at + 12, from.throttleMax, true);
  view.setUint16(at + 14, from.steeringSlew, true);
  view.setUint16(at + 16, from.throttleSlew, true);
  view.setUint8(at + 18, from.flags);
}

/** state, sensors and counters, after every accepted drive frame and at least every 50 ms; counters wrap at 65536 */
export interface Telemetry {
  /** number of the open session */
  session: number;
  /** board's clock, wraps after 71.6 minutes [µs] */
  time: number;
  /** what the outputs follow */
  state: number;
  /** why it last stopped following drive frames */
  cause: number;
  /** why the board started last */
  resetCause: number;
  /** which readings mean something */
  sensors: number;
  /** of the last accepted drive frame */
  echoSequence: number;
  /** of the last accepted drive frame: the host's clock [ms] */
  echoTime: number;
  /** time since that frame, at most 65535 [ms] */
  echoAge: number;
  /** applied, after clamp and slew [µs] */
  steeringPulse: number;
  /** applied, after clamp and slew [µs] */
  throttlePulse: number;
  /** odometry since boot, wraps [ticks] */
  wheelTicks: number;
  /** from the time between the last ticks [ticks/s] */
  wheelSpeed: number;
  /** about the upward axis [rad/s] */
  yawRate: number;
  /** integral of the yaw rate since boot, wraps [rad] */
  yawAngle: number;
  /** along the chip's x axis [m/s²] */
  accelForward: number;
  /** along the chip's y axis [m/s²] */
  accelLeft: number;
  /** along the chip's z axis: 9.81 while it stands [m/s²] */
  accelUp: number;
  /** yaw rate, mean of 64 samples, 0.3 s: nearly 0 while it stands [rad/s] */
  gyroMean: number;
  /** yaw rate, highest less lowest of those: its noise while it stands [rad/s] */
  gyroSpread: number;
  /** which sensor cannot be believed */
  health: number;
  /** supply of the car [V] */
  battery: number;
  /** radio channel, 0 if invalid or old [µs] */
  rcSteering: number;
  /** radio channel, 0 if invalid or old [µs] */
  rcThrottle: number;
  /** radio channel, 0 if invalid or old [µs] */
  rcMode: number;
  /** frames that were valid and carried out or answered */
  framesAccepted: number;
  /** frames with a wrong checksum */
  checksumErrors: number;
  /** frames too short, too long, cut off, or not COBS */
  framingErrors: number;
  /** frames repeated or out of order */
  sequenceErrors: number;
  /** frames of another session, or before hello */
  sessionErrors: number;
  /** frames of an unknown type, a wrong size or with a value out of range */
  payloadErrors: number;
  /** bytes lost or damaged in the UART */
  uartErrors: number;
  /** how often the failsafe stopped the car */
  failsafes: number;
  /** frames not sent because the last was still in the way */
  framesDropped: number;
}

export const newTelemetry = (): Telemetry => ({
  session: 0,
  time: 0,
  state: 0,
  cause: 0,
  resetCause: 0,
  sensors: 0,
  echoSequence: 0,
  echoTime: 0,
  echoAge: 0,
  steeringPulse: 0,
  throttlePulse: 0,
  wheelTicks: 0,
  wheelSpeed: 0,
  yawRate: 0,
  yawAngle: 0,
  accelForward: 0,
  accelLeft: 0,
  accelUp: 0,
  gyroMean: 0,
  gyroSpread: 0,
  health: 0,
  battery: 0,
  rcSteering: 0,
  rcThrottle: 0,
  rcMode: 0,
  framesAccepted: 0,
  checksumErrors: 0,
  framingErrors: 0,
  sequenceErrors: 0,
  sessionErrors: 0,
  payloadErrors: 0,
  uartErrors: 0,
  failsafes: 0,
  framesDropped: 0,
});

export function readTelemetry(view: DataView, at: number, to: Telemetry): void {
  to.session = view.getUint16(at, true);
  to.time = view.getUint32(at + 2, true);
  to.state = view.getUint8(at + 6);
  to.cause = view.getUint8(at + 7);
  to.resetCause = view.getUint8(at + 8);
  to.sensors = view.getUint8(at + 9);
  to.echoSequence = view.getUint8(at + 10);
  to.echoTime = view.getUint32(at + 11, true);
  to.echoAge = view.getUint16(at + 15, true);
  to.steeringPulse = view.getUint16(at + 17, true);
  to.throttlePulse = view.getUint16(at + 19, true);
  to.wheelTicks = view.getInt32(at + 21, true);
  to.wheelSpeed = view.getInt32(at + 25, true) / 1000;
  to.yawRate = view.getInt16(at + 29, true) / 1000;
  to.yawAngle = view.getInt32(at + 31, true) / 1000000;
  to.accelForward = view.getInt16(at + 35, true) / 100;
  to.accelLeft = view.getInt16(at + 37, true) / 100;
  to.accelUp = view.getInt16(at + 39, true) / 100;
  to.gyroMean = view.getInt16(at + 41, true) / 10000;
  to.gyroSpread = view.getUint16(at + 43, true) / 10000;
  to.health = view.getUint8(at + 45);
  to.battery = view.getUint16(at + 46, true) / 1000;
  to.rcSteering = view.getUint16(at + 48, true);
  to.rcThrottle = view.getUint16(at + 50, true);
  to.rcMode = view.getUint16(at + 52, true);
  to.framesAccepted = view.getUint16(at + 54, true);
  to.checksumErrors = view.getUint16(at + 56, true);
  to.framingErrors = view.getUint16(at + 58, true);
  to.sequenceErrors = view.getUint16(at + 60, true);
  to.sessionErrors = view.getUint16(at + 62, true);
  to.payloadErrors = view.getUint16(at + 64, true);
  to.uartErrors = view.getUint16(at + 66, true);
  to.failsafes = view.getUint16(at + 68, true);
  to.framesDropped = view.getUint16(at + 70, true);
}

export function writeTelemetry(view: DataView, at: number, from: Readonly<Telemetry>): void {
  view.setUint16(at, from.session, true);
  view.setUint32(at + 2, from.time, true);
  view.setUint8(at + 6, from.state);
  view.setUint8(at + 7, from.cause);
  view.setUint8(at + 8, from.resetCause);
  view.setUint8(at + 9, from.sensors);
  view.setUint8(at + 10, from.echoSequence);
  view.setUint32(at + 11, from.echoTime, true);
  view.setUint16(at + 15, from.echoAge, true);
  view.setUint16(at + 17, from.steeringPulse, true);
  view.setUint16(at + 19, from.throttlePulse, true);
  view.setInt32(at + 21, from.wheelTicks, true);
  view.setInt32(at + 25, within(from.wheelSpeed * 1000, -2147483648, 2147483647), true);
  view.setInt16(at + 29, within(from.yawRate * 1000, -32768, 32767), true);
  view.setInt32(at + 31, within(from.yawAngle * 1000000, -2147483648, 2147483647), true);
  view.setInt16(at + 35, within(from.accelForward * 100, -32768, 32767), true);
  view.setInt16(at + 37, within(from.accelLeft * 100, -32768, 32767), true);
  view.setInt16(at + 39, within(from.accelUp * 100, -32768, 32767), true);
  view.setInt16(at + 41, within(from.gyroMean * 10000, -32768, 32767), true);
  view.setUint16(at + 43, within(from.gyroSpread * 10000, 0, 65535), true);
  view.setUint8(at + 45, from.health);
  view.setUint16(at + 46, within(from.battery * 1000, 0, 65535), true);
  view.setUint16(at + 48, from.rcSteering, true);
  view.setUint16(at + 50, from.rcThrottle, true);
  view.setUint16(at + 52, from.rcMode, true);
  view.setUint16(at + 54, from.framesAccepted, true);
  view.setUint16(at + 56, from.checksumErrors, true);
  view.setUint16(at + 58, from.framingErrors, true);
  view.setUint16(at + 60, from.sequenceErrors, true);
  view.setUint16(at + 62, from.sessionErrors, true);
  view.setUint16(at + 64, from.payloadErrors, true);
  view.setUint16(at + 66, from.uartErrors, true);
  view.setUint16(at + 68, from.failsafes, true);
  view.setUint16(at + 70, from.framesDropped, true);
}

/** answer to ping */
export interface Pong {
  /** the host's clock, echoed [ms] */
  time: number;
  /** board's clock [µs] */
  boardTime: number;
}

export const newPong = (): Pong => ({ time: 0, boardTime: 0 });

export function readPong(view: DataView, at: number, to: Pong): void {
  to.time = view.getUint32(at, true);
  to.boardTime = view.getUint32(at + 4, true);
}

export function writePong(view: DataView, at: number, from: Readonly<Pong>): void {
  view.setUint32(at, from.time, true);
  view.setUint32(at + 4, from.boardTime, true);
}
