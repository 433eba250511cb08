#include "reply.h"

#include "board.h"

/*
 * Sends a frame whose payload lies in `wire`, or counts it as dropped: waiting for the line could stop the car's ticks.
 */
static void send(struct bridge *bridge, uint8_t *wire, enum frame_type type, uint8_t size) {
    uint8_t count = frame_write(wire, (uint8_t)type, bridge->send_sequence, size);
    if (board_uart_write(wire, count))
        bridge->send_sequence++;
    else
        bridge->counters.dropped++;
}

void reply_welcome(struct bridge *bridge, enum welcome_result result, uint32_t nonce) {
    uint8_t wire[FRAME_WIRE_MAX];
    struct welcome_frame frame = {
        .result = (uint8_t)result,
        .version = PROTOCOL_VERSION,
        .nonce = nonce,
        .session = bridge->session.number,
        .board = (uint8_t)board_kind(),
        .reset_cause = board_reset_cause(),
    };
    welcome_frame_write(wire + FRAME_PAYLOAD_AT, &frame);
    send(bridge, wire, FRAME_WELCOME, WELCOME_FRAME_SIZE);
}

void reply_arm(struct bridge *bridge, enum arm_result result) {
    uint8_t wire[FRAME_WIRE_MAX];
    struct arm_answer_frame frame = {.sequence = bridge->reader.sequence, .result = (uint8_t)result};
    arm_answer_frame_write(wire + FRAME_PAYLOAD_AT, &frame);
    send(bridge, wire, FRAME_ARM_ANSWER, ARM_ANSWER_FRAME_SIZE);
}

void reply_configure(struct bridge *bridge, enum configure_result result) {
    uint8_t wire[FRAME_WIRE_MAX];
    const config_t *config = &bridge->config;
    struct configure_answer_frame frame = {
        .sequence = bridge->reader.sequence,
        .result = (uint8_t)result,
        .steering_min = config->steering_min,
        .steering_centre = config->steering_centre,
        .steering_max = config->steering_max,
        .throttle_min = config->throttle_min,
        .throttle_neutral = config->throttle_neutral,
        .throttle_max = config->throttle_max,
        .steering_slew = config->steering_slew,
        .throttle_slew = config->throttle_slew,
        .flags = config->flags,
    };
    configure_answer_frame_write(wire + FRAME_PAYLOAD_AT, &frame);
    send(bridge, wire, FRAME_CONFIGURE_ANSWER, CONFIGURE_ANSWER_FRAME_SIZE);
}

void reply_pong(struct bridge *bridge, uint32_t time, uint32_t now_us) {
    uint8_t wire[FRAME_WIRE_MAX];
    struct pong_frame frame = {.time = time, .board_time = now_us};
    pong_frame_write(wire + FRAME_PAYLOAD_AT, &frame);
    send(bridge, wire, FRAME_PONG, PONG_FRAME_SIZE);
}

static uint8_t sensors(const struct bridge *bridge, uint16_t battery_mv) {
    uint8_t flags = bridge->gyro.valid ? SENSOR_GYRO : 0;
    if (battery_mv != 0)
        flags |= SENSOR_BATTERY;
    if (bridge->rc.mode != RC_ABSENT)
        flags |= SENSOR_RC;
    if (bridge->session.open)
        flags |= SENSOR_SESSION;
    if (bridge->accelerometer.valid)
        flags |= SENSOR_ACCELEROMETER;
    if (bridge->gyro.described)
        flags |= SENSOR_STANDING;
    return flags;
}

void reply_telemetry(struct bridge *bridge, uint32_t now_us) {
    uint8_t wire[FRAME_WIRE_MAX];
    const struct counters *counters = &bridge->counters;
    uint16_t battery_mv = board_battery_mv();
    struct telemetry_frame frame = {
        .session = bridge->session.number,
        .time = now_us,
        .state = (uint8_t)bridge->safety.state,
        .cause = (uint8_t)bridge->safety.cause,
        .reset_cause = board_reset_cause(),
        .sensors = sensors(bridge, battery_mv),
        .echo_sequence = bridge->echo_sequence,
        .echo_time = bridge->echo_time,
        .echo_age = bridge->echo_age_ms,
        .steering_pulse = output_steering_us(&bridge->output),
        .throttle_pulse = output_throttle_us(&bridge->output),
        .wheel_ticks = bridge->wheel.ticks,
        .wheel_speed = bridge->wheel.speed,
        .yaw_rate = bridge->gyro.rate,
        .yaw_angle = (int32_t)bridge->gyro.angle,
        .accel_forward = bridge->accelerometer.forward,
        .accel_left = bridge->accelerometer.left,
        .accel_up = bridge->accelerometer.up,
        .gyro_mean = bridge->gyro.mean,
        .gyro_spread = bridge->gyro.spread,
        .health = bridge->health.flags,
        .battery = battery_mv,
        .rc_steering = bridge->rc.channels[CHANNEL_STEERING].width_us,
        .rc_throttle = bridge->rc.channels[CHANNEL_THROTTLE].width_us,
        .rc_mode = bridge->rc.channels[CHANNEL_MODE].width_us,
        .frames_accepted = counters->accepted,
        .checksum_errors = counters->checksum,
        .framing_errors = counters->framing,
        .sequence_errors = counters->sequence,
        .session_errors = counters->session,
        .payload_errors = counters->payload,
        .uart_errors = board_uart_errors(),
        .failsafes = bridge->safety.failsafes,
        .frames_dropped = counters->dropped,
    };
    telemetry_frame_write(wire + FRAME_PAYLOAD_AT, &frame);
    send(bridge, wire, FRAME_TELEMETRY, TELEMETRY_FRAME_SIZE);
    bridge->idle_ms = 0;
}
