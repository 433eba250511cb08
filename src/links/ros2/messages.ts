/**
 * The ROS 2 messages that are used here, as rclnodejs has them: its own types are generated from an installed ROS and
 * absent without one.
 */

/** builtin_interfaces/Time */
export interface Stamp {
  sec: number;
  nanosec: number;
}
interface Header {
  stamp: Stamp;
  frame_id: string;
}
interface Vector {
  x: number;
  y: number;
  z: number;
}
export interface Quaternion extends Vector {
  w: number;
}
interface Pose {
  position: Vector;
  orientation: Quaternion;
}
/** geometry_msgs/Twist: [m/s], [rad/s] */
export interface Twist {
  linear: Vector;
  angular: Vector;
}
export interface PoseStamped {
  header: Header;
  pose: Pose;
}
export interface TwistStamped {
  header: Header;
  twist: Twist;
}
/** Pose in the frame of the header, twist in that of the child. */
export interface Odometry {
  header: Header;
  child_frame_id: string;
  pose: { pose: Pose; covariance: Float64Array };
  twist: { twist: Twist; covariance: Float64Array };
}
/** Measured in the axes of the header's frame, x forward, y to the left, z up. */
export interface Imu {
  header: Header;
  orientation: Quaternion;
  orientation_covariance: Float64Array;
  /** [rad/s] */
  angular_velocity: Vector;
  angular_velocity_covariance: Float64Array;
  /** [m/s²] */
  linear_acceleration: Vector;
  linear_acceleration_covariance: Float64Array;
}
export interface AckermannDriveStamped {
  header: Header;
  drive: {
    /** [rad], positive to the left */
    steering_angle: number;
    steering_angle_velocity: number;
    /** [m/s] */
    speed: number;
    acceleration: number;
    jerk: number;
  };
}
export interface Float32 {
  data: number;
}
export interface DiagnosticArray {
  header: Header;
  status: { level: number; name: string; message: string; hardware_id: string; values: object[] }[];
}

/** Messages by the name of their type. */
export interface MessageOf {
  "nav_msgs/msg/Odometry": Odometry;
  "sensor_msgs/msg/Imu": Imu;
  "geometry_msgs/msg/PoseStamped": PoseStamped;
  "geometry_msgs/msg/TwistStamped": TwistStamped;
  "geometry_msgs/msg/Twist": Twist;
  "ackermann_msgs/msg/AckermannDriveStamped": AckermannDriveStamped;
  "std_msgs/msg/Float32": Float32;
  "diagnostic_msgs/msg/DiagnosticArray": DiagnosticArray;
}
export type MessageType = keyof MessageOf;

const vector = (): Vector => ({ x: 0, y: 0, z: 0 });
const header = (frame: string): Header => ({ stamp: { sec: 0, nanosec: 0 }, frame_id: frame });
const pose = (): Pose => ({ position: vector(), orientation: { ...vector(), w: 1 } });
const twist = (): Twist => ({ linear: vector(), angular: vector() });

/** A complete message of each type, all zero: whoever publishes leaves no field out. */
export const newMessage = {
  "nav_msgs/msg/Odometry": (frame: string, child = "base_link"): Odometry => ({
    header: header(frame),
    child_frame_id: child,
    pose: { pose: pose(), covariance: new Float64Array(36) },
    twist: { twist: twist(), covariance: new Float64Array(36) },
  }),
  "sensor_msgs/msg/Imu": (frame: string): Imu => ({
    header: header(frame),
    orientation: { ...vector(), w: 1 },
    orientation_covariance: new Float64Array(9),
    angular_velocity: vector(),
    angular_velocity_covariance: new Float64Array(9),
    linear_acceleration: vector(),
    linear_acceleration_covariance: new Float64Array(9),
  }),
  "geometry_msgs/msg/PoseStamped": (frame: string): PoseStamped => ({ header: header(frame), pose: pose() }),
  "geometry_msgs/msg/TwistStamped": (frame: string): TwistStamped => ({ header: header(frame), twist: twist() }),
  "geometry_msgs/msg/Twist": twist,
  "ackermann_msgs/msg/AckermannDriveStamped": (frame: string): AckermannDriveStamped => ({
    header: header(frame),
    drive: { steering_angle: 0, steering_angle_velocity: 0, speed: 0, acceleration: 0, jerk: 0 },
  }),
  "std_msgs/msg/Float32": (): Float32 => ({ data: 0 }),
  "diagnostic_msgs/msg/DiagnosticArray": (): DiagnosticArray => ({ header: header(""), status: [] }),
} as const satisfies { readonly [T in MessageType]: (frame: string) => MessageOf[T] };

/** `seconds` since 1970, into a stamp. */
export function setStamp(stamp: Stamp, seconds: number): void {
  stamp.sec = Math.floor(seconds);
  stamp.nanosec = Math.min(999_999_999, Math.round((seconds - stamp.sec) * 1e9));
}

/** [s] */
export function secondsOf({ sec, nanosec }: Stamp): number {
  return sec + nanosec * 1e-9;
}

/** The turn about z [rad] of an orientation, whatever its length; NaN if it has none. */
export function yawOf({ x, y, z, w }: Quaternion): number {
  const length = x * x + y * y + z * z + w * w;
  return length > 0 ? Math.atan2(2 * (w * z + x * y), w * w + x * x - y * y - z * z) : Number.NaN;
}

/** How far the upward axis of an orientation is from the vertical [rad]; NaN if it has no length. */
export function tiltOf({ x, y, z, w }: Quaternion): number {
  const length = x * x + y * y + z * z + w * w;
  return length > 0 ? Math.acos(Math.max(-1, 1 - (2 * (x * x + y * y)) / length)) : Number.NaN;
}

/** A turn about z [rad], into an orientation. */
export function setYaw(orientation: Quaternion, yaw: number): void {
  orientation.x = 0;
  orientation.y = 0;
  orientation.z = Math.sin(0.5 * yaw);
  orientation.w = Math.cos(0.5 * yaw);
}
