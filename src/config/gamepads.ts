/**
 * Which buttons and axes of a gamepad do what, by the numbers that the kernel's joystick interface gives them
 * (docs/gamepad.md).
 */

/** What must be known of a gamepad. */
export interface GamepadLayout {
  /** button that must be held for the robot to move */
  readonly hold: number;
  /** button that stops for good */
  readonly stop: number;
  /** button that begins a drive */
  readonly begin: number;
  /** axes */
  readonly throttle: number;
  readonly steering: number;
}

export interface GamepadMapping extends GamepadLayout {
  /** the robot would go, or turn, the other way */
  readonly throttleReversed: boolean;
  readonly steeringReversed: boolean;
  /** throttle at a stick that is pushed to its end [part of the range] */
  readonly maxThrottle: number;
}

/**
 * The left stick drives, the right one steers. Hold and begin: right shoulder and start; stop: the right one of the
 * four, B or circle.
 */
const XPAD: GamepadLayout = { hold: 5, stop: 1, begin: 7, throttle: 1, steering: 3 };
const PLAYSTATION: GamepadLayout = { ...XPAD, begin: 9 };
const ANDROID: GamepadLayout = { ...XPAD, hold: 7, begin: 11, steering: 2 };

/** By what the kernel's name of the gamepad has in it. */
const LAYOUTS: readonly (readonly [RegExp, GamepadLayout])[] = [
  [/X-?Box 360|Xbox One|Xbox Series|Logitech Gamepad F[57]10/i, XPAD],
  [/Sony|DualSense|DualShock|^Wireless Controller$/i, PLAYSTATION],
  [/ShanWan|Xbox Wireless Controller/i, ANDROID],
];

/** The layout of a gamepad by its name; undefined if it is not known. */
export function layoutOf(name: string): GamepadLayout | undefined {
  return LAYOUTS.find(([known]) => known.test(name))?.[1];
}
