#include "bridge.h"

#include "board.h"
#include "dispatch.h"
#include "reply.h"

#define BYTES_PER_STEP 32u /* so that a flood of bytes cannot starve the ticks */

#define RECEIVED 0x01u
#define TICKED 0x02u
#define PULSED 0x04u
#define ALL (RECEIVED | TICKED | PULSED)

static void apply(struct bridge *bridge) {
    board_set_pulses(output_steering_us(&bridge->output), output_throttle_us(&bridge->output));
}

void bridge_start(struct bridge *bridge) {
    bridge->config = CONFIG_DEFAULT;
    output_reset(&bridge->output, &bridge->config);
    apply(bridge);

    safety_reset(&bridge->safety);
    rc_reset(&bridge->rc);
    wheel_reset(&bridge->wheel);
    gyro_reset(&bridge->gyro);
    accelerometer_reset(&bridge->accelerometer);
    health_reset(&bridge->health);
    frame_reader_reset(&bridge->reader);
    /* every start has 251 session numbers of its own */
    bridge->session = (struct session){.open = false, .number = (uint16_t)(board_start_number() * 251u)};
    bridge->counters = (struct counters){0};
    bridge->tick_us = board_time_us();
    bridge->led_ms = 0;
    bridge->idle_ms = 0;
    bridge->send_sequence = 0;
    bridge->echo_sequence = 0;
    bridge->echo_time = 0;
    bridge->echo_age_ms = UINT16_MAX;
    bridge->progress = 0;
    bridge->pulse_periods = board_pulse_periods();
}

static void receive(struct bridge *bridge) {
    uint32_t now_us = board_time_us();
    for (uint8_t i = 0; i < BYTES_PER_STEP; i++) {
        int16_t byte = board_uart_read();
        if (byte < 0)
            break;
        switch (frame_read(&bridge->reader, (uint8_t)byte, now_us)) {
        case FRAME_COMPLETE:
            dispatch(bridge, now_us);
            break;
        case FRAME_BAD_FRAMING:
            bridge->counters.framing++;
            break;
        case FRAME_BAD_CHECKSUM:
            bridge->counters.checksum++;
            break;
        case FRAME_NONE:
            break;
        }
    }
    if (frame_timed_out(&bridge->reader, now_us))
        bridge->counters.framing++;
    bridge->progress |= RECEIVED;
}

/*
 * Fed only if all of receive, tick and output went on: a loop that runs but does nothing must not keep the board alive.
 */
static void feed(struct bridge *bridge) {
    uint8_t periods = board_pulse_periods();
    if (periods != bridge->pulse_periods) {
        bridge->pulse_periods = periods;
        bridge->progress |= PULSED;
    }
    if (bridge->progress == ALL) {
        bridge->progress = 0;
        board_watchdog_feed();
    }
}

/* Disarmed: a flash every 2 s. Armed: on. Manual: on and off, 1 s each. Failsafe: five times a second. */
static void blink(struct bridge *bridge, uint8_t elapsed_ms) {
    bridge->led_ms = (uint16_t)((bridge->led_ms + elapsed_ms) % 2000u);
    switch (bridge->safety.state) {
    case STATE_DISARMED:
        board_led(bridge->led_ms < 100u);
        break;
    case STATE_ARMED:
        board_led(true);
        break;
    case STATE_MANUAL:
        board_led(bridge->led_ms < 1000u);
        break;
    case STATE_FAILSAFE:
        board_led(bridge->led_ms % 200u < 100u);
        break;
    }
}

static void tick(struct bridge *bridge, uint32_t now_us, uint8_t elapsed_ms) {
    rc_update(&bridge->rc, bridge->config.throttle_neutral, now_us);
    bool sampled = gyro_tick(&bridge->gyro, elapsed_ms);
    accelerometer_tick(&bridge->accelerometer, sampled ? bridge->gyro.sample : 0, elapsed_ms);
    safety_tick(&bridge->safety, &bridge->rc, &bridge->accelerometer, &bridge->config, now_us, elapsed_ms);
    output_tick(&bridge->output, &bridge->safety, &bridge->rc, &bridge->config, elapsed_ms);
    apply(bridge);
    wheel_tick(&bridge->wheel, now_us, elapsed_ms);
    health_tick(&bridge->health, &bridge->gyro, &bridge->wheel, &bridge->safety, &bridge->output, &bridge->config,
                board_battery_mv(), elapsed_ms);
    blink(bridge, elapsed_ms);

    bridge->echo_age_ms =
        (uint16_t)(bridge->echo_age_ms > UINT16_MAX - elapsed_ms ? UINT16_MAX : bridge->echo_age_ms + elapsed_ms);
    bridge->idle_ms = (uint8_t)(bridge->idle_ms > UINT8_MAX - elapsed_ms ? UINT8_MAX : bridge->idle_ms + elapsed_ms);
    if (bridge->idle_ms >= PROTOCOL_TELEMETRY_IDLE_MS)
        reply_telemetry(bridge, now_us);
    bridge->progress |= TICKED;
}

void bridge_step(struct bridge *bridge) {
    board_poll();
    receive(bridge);
    uint32_t now_us = board_time_us();
    uint32_t elapsed_us = now_us - bridge->tick_us;
    if (elapsed_us >= PROTOCOL_TICK_US) {
        /* whole milliseconds, so that no time is lost; after a long stall time is dropped rather than made up for */
        uint32_t ticks = elapsed_us / PROTOCOL_TICK_US;
        uint8_t elapsed_ms = (uint8_t)(ticks < 100u ? ticks : 100u);
        bridge->tick_us += ticks * PROTOCOL_TICK_US;
        tick(bridge, now_us, elapsed_ms);
    }
    feed(bridge);
}
