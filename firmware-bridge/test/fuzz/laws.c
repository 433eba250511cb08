#include "laws.h"

#include <stdio.h>
#include <stdlib.h>

struct known known;
struct bridge bridge;
uint64_t frames;
static uint64_t passes, armed_passes, throttle_passes;

void report(void) {
    fprintf(stderr, "core-fuzz: %llu frames sent, %llu passes of the main loop, %llu armed, %llu with throttle\n",
            (unsigned long long)frames, (unsigned long long)passes, (unsigned long long)armed_passes,
            (unsigned long long)throttle_passes);
}

void broken(const char *law) {
    fprintf(stderr, "law broken: %s; state %d, pulses %u %u\n", law, bridge.safety.state, host.steering_us,
            host.throttle_us);
    abort();
}

static bool younger(bool any, uint32_t since_us, uint32_t most_us) {
    return any && (uint32_t)(host.time_us - since_us) <= most_us;
}

/* A drive frame that counts is young enough; within two ticks. */
static bool fresh(void) {
    return younger(known.drive_sent, known.drive_us, PROTOCOL_COMMAND_TIMEOUT_US + 2000u);
}

void check(void) {
    const config_t *config = &bridge.config;
    passes++;
    armed_passes += bridge.safety.state == STATE_ARMED;
    if (!config_valid(config))
        broken("the configuration is within limits");
    if (host.steering_us < PROTOCOL_PULSE_LOW_US || host.steering_us > PROTOCOL_PULSE_HIGH_US ||
        host.throttle_us < PROTOCOL_PULSE_LOW_US || host.throttle_us > PROTOCOL_PULSE_HIGH_US)
        broken("pulses are within the limits of the protocol");
    if (bridge.safety.state == STATE_ARMED && (bridge.accelerometer.tilted || bridge.accelerometer.shock))
        broken("a car that leans, or got a blow, is not armed");
    if (bridge.safety.state == STATE_ARMED && bridge.safety.radio_known && bridge.rc.mode == RC_ABSENT)
        broken("a car whose radio was lost is not armed");
    if (host.steering_us != output_steering_us(&bridge.output) ||
        host.throttle_us != output_throttle_us(&bridge.output))
        return; /* the new configuration of this pass comes out with the next tick */
    if (host.throttle_us == config->throttle_neutral)
        return;
    throttle_passes++;
    if (host.throttle_us < config->throttle_min || host.throttle_us > config->throttle_max)
        broken("throttle is within its configured limits");
    bool by_host = bridge.safety.state == STATE_ARMED && (known.arm_sent || known.raw) &&
                   fresh();
    bool by_radio = bridge.safety.state == STATE_MANUAL &&
                    younger(known.radio_seen, known.radio_us, PROTOCOL_RC_TIMEOUT_US + 2000u);
    if (!by_host && !by_radio)
        broken("throttle only while armed with a fresh command, or by radio");
}

void pass(uint32_t us) {
    static uint8_t count;
    host.time_us += us;
    /* a frame counts from when the firmware reads it, a few passes later behind a flood of bytes */
    if ((int16_t)(known.drive_end - host.received_out) > 0)
        known.drive_us = host.time_us;
    /* whatever was armed before a silence must be armed again after it */
    if (!fresh())
        known.arm_sent = false;
    if (++count % 16 == 0)
        host.pulse_periods++;
    bridge_step(&bridge);
    if (us >= PROTOCOL_TICK_US)
        check();
}

void may_drive(void) {
    known.drive_sent = true;
    known.drive_end = host.received_in;
}
