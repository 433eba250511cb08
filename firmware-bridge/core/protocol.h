/* Made by scripts/protocol.mjs from firmware-bridge/protocol.json: change that, then run it. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#define PROTOCOL_VERSION 2u
#define PROTOCOL_BAUD 250000ul
#define PROTOCOL_MAX_PAYLOAD 80u /* longest payload a frame may have */
#define PROTOCOL_INTER_BYTE_TIMEOUT_MS 10u /* silence inside a frame after which it is thrown away */
#define PROTOCOL_INTER_BYTE_TIMEOUT_US 10000ul /* the same */
#define PROTOCOL_COMMAND_TIMEOUT_MS 200u /* age of the last drive frame at which the board stops */
#define PROTOCOL_COMMAND_TIMEOUT_US 200000ul /* the same */
#define PROTOCOL_NEUTRAL_BEFORE_ARM_MS 300u /* neutral drive frames without a gap before arming */
#define PROTOCOL_NEUTRAL_BEFORE_ARM_US 300000ul /* the same */
#define PROTOCOL_TELEMETRY_IDLE_MS 50u /* longest pause between telemetry frames; an accepted drive frame is answered */
#define PROTOCOL_TELEMETRY_IDLE_US 50000ul /* the same */
#define PROTOCOL_RC_TIMEOUT_MS 100u /* age at which a radio channel counts as lost */
#define PROTOCOL_RC_TIMEOUT_US 100000ul /* the same */
#define PROTOCOL_RC_SETTLE_MS 50u /* how long the mode switch must rest before it counts */
#define PROTOCOL_RC_SETTLE_US 50000ul /* the same */
#define PROTOCOL_WATCHDOG_MS 120u /* time without progress after which the board resets itself */
#define PROTOCOL_WATCHDOG_US 120000ul /* the same */
#define PROTOCOL_TICK_US 1000u /* period of the state machine */
#define PROTOCOL_PULSE_PERIOD_US 20000u /* period of the servo pulses */
#define PROTOCOL_PULSE_LOW_US 900u /* no configuration can make a pulse shorter */
#define PROTOCOL_PULSE_HIGH_US 2100u /* no configuration can make a pulse longer */
#define PROTOCOL_NEUTRAL_LOW_US 1450u /* shortest pulse that may be configured as neutral throttle */
#define PROTOCOL_NEUTRAL_HIGH_US 1550u /* longest pulse that may be configured as neutral throttle */
#define PROTOCOL_RC_PULSE_LOW_US 800u /* shorter radio pulses are invalid */
#define PROTOCOL_RC_PULSE_HIGH_US 2200u /* longer radio pulses are invalid */
#define PROTOCOL_RC_AUTO_BELOW_US 1300u /* mode channel below: the host may drive */
#define PROTOCOL_RC_MANUAL_ABOVE_US 1700u /* mode channel above: the radio drives; between the two: stop */
#define PROTOCOL_RC_NEUTRAL_BAND_US 40u /* radio throttle this close to neutral counts as neutral */
#define PROTOCOL_SHOCK 6u /* acceleration in any direction, gravity included, that stops the car */
#define PROTOCOL_TILT_AFTER_MS 300u /* time for which the car leans by more than 60° before that stops it */
#define PROTOCOL_TILT_AFTER_US 300000ul /* the same */
#define PROTOCOL_ENCODER_MOST 15000u /* no encoder is that fast */
#define PROTOCOL_ENCODER_AFTER_MS 1000u /* how long the encoder contradicts the throttle before that is told */
#define PROTOCOL_ENCODER_AFTER_US 1000000ul /* the same */
#define PROTOCOL_ROLLING_MOST_MS 4000u /* longest time that an armed car rolls at neutral */
#define PROTOCOL_ROLLING_MOST_US 4000000ul /* the same */

/* what the outputs follow */
enum state {
    STATE_DISARMED = 0, /* neutral; waits for an arm frame */
    STATE_ARMED = 1, /* follows drive frames */
    STATE_FAILSAFE = 2, /* throttle neutral after a lost link, a blow or a fall; waits for an arm frame */
    STATE_MANUAL = 3, /* follows the radio */
};

/* why the board last stopped following drive frames */
enum cause {
    CAUSE_BOOT = 0, /* it has not been armed since it started */
    CAUSE_DISARM_FRAME = 1, /* the host sent a disarm frame */
    CAUSE_COMMAND_TIMEOUT = 2, /* no valid drive frame for 200 ms */
    CAUSE_RC_LOST = 3, /* the radio was lost while it was required, known or driving */
    CAUSE_RC_MANUAL = 4, /* the radio took over */
    CAUSE_RC_STOP = 5, /* the radio's mode switch was put to stop */
    CAUSE_NEW_SESSION = 6, /* a host said hello anew */
    CAUSE_SHOCK = 7, /* the accelerometer measured a blow */
    CAUSE_TILT = 8, /* the car leaned by more than 60° */
};

/* answer to hello */
enum welcome_result {
    WELCOME_RESULT_ACCEPTED = 0, /* a session is open */
    WELCOME_RESULT_WRONG_VERSION = 1, /* host and board speak different versions: no session */
};

/* answer to arm */
enum arm_result {
    ARM_RESULT_ARMED = 0, /* drive frames are followed from now on */
    ARM_RESULT_NO_SESSION = 1, /* the frame's session is not the open one: say hello first */
    ARM_RESULT_STALE_LINK = 2, /* no valid drive frame within the last 200 ms */
    ARM_RESULT_NOT_NEUTRAL = 3, /* the last drive frame's throttle was not 0 */
    ARM_RESULT_NEUTRAL_TOO_SHORT = 4, /* neutral drive frames for less than 300 ms */
    ARM_RESULT_RC_LOST = 5, /* the radio is required, or was received in this session, and is not received */
    ARM_RESULT_RC_NOT_AUTO = 6, /* the radio's mode switch is not at automatic */
    ARM_RESULT_TILTED = 7, /* the car leans by more than 60° */
};

/* answer to configure */
enum configure_result {
    CONFIGURE_RESULT_APPLIED = 0, /* in force until the next session */
    CONFIGURE_RESULT_NO_SESSION = 1, /* the frame's session is not the open one: say hello first */
    CONFIGURE_RESULT_NOT_DISARMED = 2, /* only a disarmed board takes a configuration: disarm first */
    CONFIGURE_RESULT_OUT_OF_LIMITS = 3, /* a pulse, their order or a slew rate is not allowed */
};

/* which board answers */
enum board {
    BOARD_HOST = 0, /* the test build on a computer */
    BOARD_ATMEGA328P = 1, /* ATmega328P, 16 MHz */
    BOARD_RP2040 = 2, /* RP2040 */
};

/* why the board started last */
#define RESET_POWER_ON 0x01u /* power came up */
#define RESET_EXTERNAL 0x02u /* reset pin or debugger */
#define RESET_BROWN_OUT 0x04u /* supply voltage fell too low */
#define RESET_WATCHDOG 0x08u /* the firmware hung */

/* switches of the configuration */
#define CONFIG_STEERING_REVERSED 0x01u /* positive steering gives shorter pulses */
#define CONFIG_THROTTLE_REVERSED 0x02u /* positive throttle gives shorter pulses */
#define CONFIG_HOLD_STEERING 0x04u /* failsafe leaves the steering where it is; otherwise it goes to the centre */
#define CONFIG_RC_REQUIRED 0x08u /* no driving without a valid radio */

/* which readings of a telemetry frame mean something */
#define SENSOR_GYRO 0x01u /* yawRate and yawAngle are measured */
#define SENSOR_BATTERY 0x02u /* battery is measured */
#define SENSOR_RC 0x04u /* all three radio channels are valid and fresh */
#define SENSOR_SESSION 0x08u /* a session is open */
#define SENSOR_ACCELEROMETER 0x10u /* accelerations are measured */
#define SENSOR_STANDING 0x20u /* gyroMean and gyroSpread are measured */

/* which sensor cannot be believed; each is kept for a second after it was seen last */
#define HEALTH_GYRO_SATURATED 0x01u /* the yaw rate is at the end of its range */
#define HEALTH_GYRO_FROZEN 0x02u /* the yaw rate is the same to the last bit, for 100 samples */
#define HEALTH_GYRO_ASLEEP 0x04u /* the chip sleeps, or reads as zeros: it lost its power */
#define HEALTH_GYRO_SELF_TEST 0x08u /* the chip did not answer its self-test; it is asked again */
#define HEALTH_ENCODER_FAST 0x10u /* ticks come faster than from any encoder */
#define HEALTH_ENCODER_UNASKED 0x20u /* ticks go on while the throttle is long neutral */
#define HEALTH_ENCODER_BACKWARDS 0x40u /* ticks go backwards while the throttle goes forwards */
#define HEALTH_BATTERY_LOST 0x80u /* the battery was measured, and is not any more */

enum frame_type {
    FRAME_HELLO = 0x01,
    FRAME_ARM = 0x02,
    FRAME_DISARM = 0x03,
    FRAME_DRIVE = 0x04,
    FRAME_CONFIGURE = 0x05,
    FRAME_PING = 0x06,
    FRAME_WELCOME = 0x81,
    FRAME_ARM_ANSWER = 0x82,
    FRAME_CONFIGURE_ANSWER = 0x83,
    FRAME_TELEMETRY = 0x84,
    FRAME_PONG = 0x85,
};

#define FRAME_UNKNOWN 0xffu

/* Payload size of a frame from the host; FRAME_UNKNOWN for any other type. */
static inline uint8_t frame_payload_size(uint8_t type) {
    switch (type) {
    case FRAME_HELLO:
        return 5u;
    case FRAME_ARM:
        return 2u;
    case FRAME_DISARM:
        return 0u;
    case FRAME_DRIVE:
        return 10u;
    case FRAME_CONFIGURE:
        return 19u;
    case FRAME_PING:
        return 4u;
    default:
        return FRAME_UNKNOWN;
    }
}

/* Everything on the wire is little-endian. */
static inline uint8_t wire_get_u8(const uint8_t *from) {
    return from[0];
}

static inline uint16_t wire_get_u16(const uint8_t *from) {
    return (uint16_t)(from[0] | (uint16_t)from[1] << 8);
}

static inline uint32_t wire_get_u32(const uint8_t *from) {
    return wire_get_u16(from) | (uint32_t)wire_get_u16(from + 2) << 16;
}

static inline void wire_put_u8(uint8_t *to, uint8_t value) {
    to[0] = value;
}

static inline void wire_put_u16(uint8_t *to, uint16_t value) {
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static inline void wire_put_u32(uint8_t *to, uint32_t value) {
    wire_put_u16(to, (uint16_t)value);
    wire_put_u16(to + 2, (uint16_t)(value >> 16));
}

/* opens a session; a new nonce disarms and restores the default configuration, a repeated one only asks again */
#define HELLO_FRAME_SIZE 5u
struct hello_frame {
    uint8_t version; /* protocol version of the host */
    uint32_t nonce; /* random, made once when the host starts */
};

/* False if a value is out of range. */
static inline bool hello_frame_read(const uint8_t *from, struct hello_frame *to) {
    to->version = wire_get_u8(from + 0);
    to->nonce = wire_get_u32(from + 1);
    return true;
}

static inline void hello_frame_write(uint8_t *to, const struct hello_frame *from) {
    wire_put_u8(to + 0, from->version);
    wire_put_u32(to + 1, from->nonce);
}

/* asks to follow drive frames */
#define ARM_FRAME_SIZE 2u
struct arm_frame {
    uint16_t session; /* as given in welcome */
};

/* False if a value is out of range. */
static inline bool arm_frame_read(const uint8_t *from, struct arm_frame *to) {
    to->session = wire_get_u16(from + 0);
    return true;
}

static inline void arm_frame_write(uint8_t *to, const struct arm_frame *from) {
    wire_put_u16(to + 0, from->session);
}

/* the command, and the only frame that keeps the car driving */
#define DRIVE_FRAME_SIZE 10u
struct drive_frame {
    uint16_t session; /* as given in welcome */
    uint32_t time; /* host's clock, echoed in telemetry [ms] */
    int16_t throttle; /* -1 (reverse or brake) to 1 × 0.0001 */
    int16_t steering; /* -1 to 1 × 0.0001 */
};

/* False if a value is out of range. */
static inline bool drive_frame_read(const uint8_t *from, struct drive_frame *to) {
    to->session = wire_get_u16(from + 0);
    to->time = wire_get_u32(from + 2);
    to->throttle = (int16_t)wire_get_u16(from + 6);
    to->steering = (int16_t)wire_get_u16(from + 8);
    return to->throttle >= -10000 && to->throttle <= 10000 && to->steering >= -10000 && to->steering <= 10000;
}

static inline void drive_frame_write(uint8_t *to, const struct drive_frame *from) {
    wire_put_u16(to + 0, from->session);
    wire_put_u32(to + 2, from->time);
    wire_put_u16(to + 6, (uint16_t)from->throttle);
    wire_put_u16(to + 8, (uint16_t)from->steering);
}

/* trim, direction and limits for this session, while disarmed */
#define CONFIGURE_FRAME_SIZE 19u
struct configure_frame {
    uint16_t session; /* as given in welcome */
    uint16_t steering_min; /* pulse at full steering to one side [µs] */
    uint16_t steering_centre; /* trim: pulse at steering 0 [µs] */
    uint16_t steering_max; /* pulse at full steering to the other side [µs] */
    uint16_t throttle_min; /* shortest throttle pulse [µs] */
    uint16_t throttle_neutral; /* trim: pulse at throttle 0 [µs] */
    uint16_t throttle_max; /* longest throttle pulse [µs] */
    uint16_t steering_slew; /* fastest change of the steering pulse; at least 100 [µs/s] */
    uint16_t throttle_slew; /* fastest change of the throttle pulse away from neutral; at least 100 [µs/s] */
    uint8_t flags; /* switches */
};

/* False if a value is out of range. */
static inline bool configure_frame_read(const uint8_t *from, struct configure_frame *to) {
    to->session = wire_get_u16(from + 0);
    to->steering_min = wire_get_u16(from + 2);
    to->steering_centre = wire_get_u16(from + 4);
    to->steering_max = wire_get_u16(from + 6);
    to->throttle_min = wire_get_u16(from + 8);
    to->throttle_neutral = wire_get_u16(from + 10);
    to->throttle_max = wire_get_u16(from + 12);
    to->steering_slew = wire_get_u16(from + 14);
    to->throttle_slew = wire_get_u16(from + 16);
    to->flags = wire_get_u8(from + 18);
    return true;
}

static inline void configure_frame_write(uint8_t *to, const struct configure_frame *from) {
    wire_put_u16(to + 0, from->session);
    wire_put_u16(to + 2, from->steering_min);
    wire_put_u16(to + 4, from->steering_centre);
    wire_put_u16(to + 6, from->steering_max);
    wire_put_u16(to + 8, from->throttle_min);
    wire_put_u16(to + 10, from->throttle_neutral);
    wire_put_u16(to + 12, from->throttle_max);
    wire_put_u16(to + 14, from->steering_slew);
    wire_put_u16(to + 16, from->throttle_slew);
    wire_put_u8(to + 18, from->flags);
}

/* asks for a pong; keeps nothing alive */
#define PING_FRAME_SIZE 4u
struct ping_frame {
    uint32_t time; /* host's clock, echoed [ms] */
};

/* False if a value is out of range. */
static inline bool ping_frame_read(const uint8_t *from, struct ping_frame *to) {
    to->time = wire_get_u32(from + 0);
    return true;
}

static inline void ping_frame_write(uint8_t *to, const struct ping_frame *from) {
    wire_put_u32(to + 0, from->time);
}

/* answer to hello */
#define WELCOME_FRAME_SIZE 10u
struct welcome_frame {
    uint8_t result; /* whether a session is open */
    uint8_t version; /* protocol version of the board */
    uint32_t nonce; /* the host's, echoed */
    uint16_t session; /* number of this session, different after every start of host or board */
    uint8_t board; /* kind of board */
    uint8_t reset_cause; /* why the board started last */
};

/* False if a value is out of range. */
static inline bool welcome_frame_read(const uint8_t *from, struct welcome_frame *to) {
    to->result = wire_get_u8(from + 0);
    to->version = wire_get_u8(from + 1);
    to->nonce = wire_get_u32(from + 2);
    to->session = wire_get_u16(from + 6);
    to->board = wire_get_u8(from + 8);
    to->reset_cause = wire_get_u8(from + 9);
    return true;
}

static inline void welcome_frame_write(uint8_t *to, const struct welcome_frame *from) {
    wire_put_u8(to + 0, from->result);
    wire_put_u8(to + 1, from->version);
    wire_put_u32(to + 2, from->nonce);
    wire_put_u16(to + 6, from->session);
    wire_put_u8(to + 8, from->board);
    wire_put_u8(to + 9, from->reset_cause);
}

/* answer to arm */
#define ARM_ANSWER_FRAME_SIZE 2u
struct arm_answer_frame {
    uint8_t sequence; /* of the arm frame */
    uint8_t result; /* armed, or why not */
};

/* False if a value is out of range. */
static inline bool arm_answer_frame_read(const uint8_t *from, struct arm_answer_frame *to) {
    to->sequence = wire_get_u8(from + 0);
    to->result = wire_get_u8(from + 1);
    return true;
}

static inline void arm_answer_frame_write(uint8_t *to, const struct arm_answer_frame *from) {
    wire_put_u8(to + 0, from->sequence);
    wire_put_u8(to + 1, from->result);
}

/* answer to configure: what is in force now */
#define CONFIGURE_ANSWER_FRAME_SIZE 19u
struct configure_answer_frame {
    uint8_t sequence; /* of the configure frame */
    uint8_t result; /* applied, or why not */
    uint16_t steering_min; /* as in configure [µs] */
    uint16_t steering_centre; /* as in configure [µs] */
    uint16_t steering_max; /* as in configure [µs] */
    uint16_t throttle_min; /* as in configure [µs] */
    uint16_t throttle_neutral; /* as in configure [µs] */
    uint16_t throttle_max; /* as in configure [µs] */
    uint16_t steering_slew; /* as in configure [µs/s] */
    uint16_t throttle_slew; /* as in configure [µs/s] */
    uint8_t flags; /* as in configure */
};

/* False if a value is out of range. */
static inline bool configure_answer_frame_read(const uint8_t *from, struct configure_answer_frame *to) {
    to->sequence = wire_get_u8(from + 0);
    to->result = wire_get_u8(from + 1);
    to->steering_min = wire_get_u16(from + 2);
    to->steering_centre = wire_get_u16(from + 4);
    to->steering_max = wire_get_u16(from + 6);
    to->throttle_min = wire_get_u16(from + 8);
    to->throttle_neutral = wire_get_u16(from + 10);
    to->throttle_max = wire_get_u16(from + 12);
    to->steering_slew = wire_get_u16(from + 14);
    to->throttle_slew = wire_get_u16(from + 16);
    to->flags = wire_get_u8(from + 18);
    return true;
}

static inline void configure_answer_frame_write(uint8_t *to, const struct configure_answer_frame *from) {
    wire_put_u8(to + 0, from->sequence);
    wire_put_u8(to + 1, from->result);
    wire_put_u16(to + 2, from->steering_min);
    wire_put_u16(to + 4, from->steering_centre);
    wire_put_u16(to + 6, from->steering_max);
    wire_put_u16(to + 8, from->throttle_min);
    wire_put_u16(to + 10, from->throttle_neutral);
    wire_put_u16(to + 12, from->throttle_max);
    wire_put_u16(to + 14, from->steering_slew);
    wire_put_u16(to + 16, from->throttle_slew);
    wire_put_u8(to + 18, from->flags);
}

/* state, sensors and counters, after every accepted drive frame and at least every 50 ms; counters wrap at 65536 */
#define TELEMETRY_FRAME_SIZE 72u
struct telemetry_frame {
    uint16_t session; /* number of the open session */
    uint32_t time; /* board's clock, wraps after 71.6 minutes [µs] */
    uint8_t state; /* what the outputs follow */
    uint8_t cause; /* why it last stopped following drive frames */
    uint8_t reset_cause; /* why the board started last */
    uint8_t sensors; /* which readings mean something */
    uint8_t echo_sequence; /* of the last accepted drive frame */
    uint32_t echo_time; /* of the last accepted drive frame: the host's clock [ms] */
    uint16_t echo_age; /* time since that frame, at most 65535 [ms] */
    uint16_t steering_pulse; /* applied, after clamp and slew [µs] */
    uint16_t throttle_pulse; /* applied, after clamp and slew [µs] */
    int32_t wheel_ticks; /* odometry since boot, wraps [ticks] */
    int32_t wheel_speed; /* from the time between the last ticks [ticks/s] × 0.001 */
    int16_t yaw_rate; /* about the upward axis [rad/s] × 0.001 */
    int32_t yaw_angle; /* integral of the yaw rate since boot, wraps [rad] × 0.000001 */
    int16_t accel_forward; /* along the chip's x axis [m/s²] × 0.01 */
    int16_t accel_left; /* along the chip's y axis [m/s²] × 0.01 */
    int16_t accel_up; /* along the chip's z axis: 9.81 while it stands [m/s²] × 0.01 */
    int16_t gyro_mean; /* yaw rate, mean of 64 samples, 0.3 s: nearly 0 while it stands [rad/s] × 0.0001 */
    uint16_t gyro_spread; /* yaw rate, highest less lowest of those: its noise while it stands [rad/s] × 0.0001 */
    uint8_t health; /* which sensor cannot be believed */
    uint16_t battery; /* supply of the car [V] × 0.001 */
    uint16_t rc_steering; /* radio channel, 0 if invalid or old [µs] */
    uint16_t rc_throttle; /* radio channel, 0 if invalid or old [µs] */
    uint16_t rc_mode; /* radio channel, 0 if invalid or old [µs] */
    uint16_t frames_accepted; /* frames that were valid and carried out or answered */
    uint16_t checksum_errors; /* frames with a wrong checksum */
    uint16_t framing_errors; /* frames too short, too long, cut off, or not COBS */
    uint16_t sequence_errors; /* frames repeated or out of order */
    uint16_t session_errors; /* frames of another session, or before hello */
    uint16_t payload_errors; /* frames of an unknown type, a wrong size or with a value out of range */
    uint16_t uart_errors; /* bytes lost or damaged in the UART */
    uint16_t failsafes; /* how often the failsafe stopped the car */
    uint16_t frames_dropped; /* frames not sent because the last was still in the way */
};

/* False if a value is out of range. */
static inline bool telemetry_frame_read(const uint8_t *from, struct telemetry_frame *to) {
    to->session = wire_get_u16(from + 0);
    to->time = wire_get_u32(from + 2);
    to->state = wire_get_u8(from + 6);
    to->cause = wire_get_u8(from + 7);
    to->reset_cause = wire_get_u8(from + 8);
    to->sensors = wire_get_u8(from + 9);
    to->echo_sequence = wire_get_u8(from + 10);
    to->echo_time = wire_get_u32(from + 11);
    to->echo_age = wire_get_u16(from + 15);
    to->steering_pulse = wire_get_u16(from + 17);
    to->throttle_pulse = wire_get_u16(from + 19);
    to->wheel_ticks = (int32_t)wire_get_u32(from + 21);
    to->wheel_speed = (int32_t)wire_get_u32(from + 25);
    to->yaw_rate = (int16_t)wire_get_u16(from + 29);
    to->yaw_angle = (int32_t)wire_get_u32(from + 31);
    to->accel_forward = (int16_t)wire_get_u16(from + 35);
    to->accel_left = (int16_t)wire_get_u16(from + 37);
    to->accel_up = (int16_t)wire_get_u16(from + 39);
    to->gyro_mean = (int16_t)wire_get_u16(from + 41);
    to->gyro_spread = wire_get_u16(from + 43);
    to->health = wire_get_u8(from + 45);
    to->battery = wire_get_u16(from + 46);
    to->rc_steering = wire_get_u16(from + 48);
    to->rc_throttle = wire_get_u16(from + 50);
    to->rc_mode = wire_get_u16(from + 52);
    to->frames_accepted = wire_get_u16(from + 54);
    to->checksum_errors = wire_get_u16(from + 56);
    to->framing_errors = wire_get_u16(from + 58);
    to->sequence_errors = wire_get_u16(from + 60);
    to->session_errors = wire_get_u16(from + 62);
    to->payload_errors = wire_get_u16(from + 64);
    to->uart_errors = wire_get_u16(from + 66);
    to->failsafes = wire_get_u16(from + 68);
    to->frames_dropped = wire_get_u16(from + 70);
    return true;
}

static inline void telemetry_frame_write(uint8_t *to, const struct telemetry_frame *from) {
    wire_put_u16(to + 0, from->session);
    wire_put_u32(to + 2, from->time);
    wire_put_u8(to + 6, from->state);
    wire_put_u8(to + 7, from->cause);
    wire_put_u8(to + 8, from->reset_cause);
    wire_put_u8(to + 9, from->sensors);
    wire_put_u8(to + 10, from->echo_sequence);
    wire_put_u32(to + 11, from->echo_time);
    wire_put_u16(to + 15, from->echo_age);
    wire_put_u16(to + 17, from->steering_pulse);
    wire_put_u16(to + 19, from->throttle_pulse);
    wire_put_u32(to + 21, (uint32_t)from->wheel_ticks);
    wire_put_u32(to + 25, (uint32_t)from->wheel_speed);
    wire_put_u16(to + 29, (uint16_t)from->yaw_rate);
    wire_put_u32(to + 31, (uint32_t)from->yaw_angle);
    wire_put_u16(to + 35, (uint16_t)from->accel_forward);
    wire_put_u16(to + 37, (uint16_t)from->accel_left);
    wire_put_u16(to + 39, (uint16_t)from->accel_up);
    wire_put_u16(to + 41, (uint16_t)from->gyro_mean);
    wire_put_u16(to + 43, from->gyro_spread);
    wire_put_u8(to + 45, from->health);
    wire_put_u16(to + 46, from->battery);
    wire_put_u16(to + 48, from->rc_steering);
    wire_put_u16(to + 50, from->rc_throttle);
    wire_put_u16(to + 52, from->rc_mode);
    wire_put_u16(to + 54, from->frames_accepted);
    wire_put_u16(to + 56, from->checksum_errors);
    wire_put_u16(to + 58, from->framing_errors);
    wire_put_u16(to + 60, from->sequence_errors);
    wire_put_u16(to + 62, from->session_errors);
    wire_put_u16(to + 64, from->payload_errors);
    wire_put_u16(to + 66, from->uart_errors);
    wire_put_u16(to + 68, from->failsafes);
    wire_put_u16(to + 70, from->frames_dropped);
}

/* answer to ping */
#define PONG_FRAME_SIZE 8u
struct pong_frame {
    uint32_t time; /* the host's clock, echoed [ms] */
    uint32_t board_time; /* board's clock [µs] */
};

/* False if a value is out of range. */
static inline bool pong_frame_read(const uint8_t *from, struct pong_frame *to) {
    to->time = wire_get_u32(from + 0);
    to->board_time = wire_get_u32(from + 4);
    return true;
}

static inline void pong_frame_write(uint8_t *to, const struct pong_frame *from) {
    wire_put_u32(to + 0, from->time);
    wire_put_u32(to + 4, from->board_time);
}

#endif
