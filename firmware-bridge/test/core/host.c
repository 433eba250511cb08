/* A host that talks to the core, for the tests. */
#include <string.h>

#include "check.h"

struct bridge bridge;
uint8_t at;

static struct {
    bool on;
    uint16_t width_us[CHANNELS];
} transmitter;

void begin(uint32_t time_us) {
    host_reset();
    memset(&transmitter, 0, sizeof transmitter);
    host.time_us = time_us;
    at = 0;
    bridge_start(&bridge);
}

void radio(uint16_t steering_us, uint16_t throttle_us, uint16_t mode_us) {
    transmitter.on = mode_us != 0;
    transmitter.width_us[CHANNEL_STEERING] = steering_us;
    transmitter.width_us[CHANNEL_THROTTLE] = throttle_us;
    transmitter.width_us[CHANNEL_MODE] = mode_us;
}

static void pulse_period(void) {
    host.pulse_periods++;
    if (!transmitter.on)
        return;
    for (unsigned i = 0; i < CHANNELS; i++) {
        host.rc[i].width_us = transmitter.width_us[i];
        host.rc[i].count++;
    }
}

void pass_ms(uint32_t ms) {
    static uint32_t quarter;
    for (uint32_t i = 0; i < 4 * ms; i++) {
        host.time_us += 250;
        if (++quarter % 80 == 0)
            pulse_period();
        bridge_step(&bridge);
    }
}

void send_raw(uint8_t type, uint8_t sequence, const uint8_t *payload, uint8_t size) {
    uint8_t wire[FRAME_WIRE_MAX];
    if (size > 0)
        memcpy(wire + FRAME_PAYLOAD_AT, payload, size);
    host_receive(wire, frame_write(wire, type, sequence, size));
    bridge_step(&bridge);
    bridge_step(&bridge);
}

void hello(uint32_t nonce) {
    uint8_t payload[HELLO_FRAME_SIZE];
    hello_frame_write(payload, &(struct hello_frame){.version = PROTOCOL_VERSION, .nonce = nonce});
    send_raw(FRAME_HELLO, at++, payload, sizeof payload);
}

void drive(int16_t throttle, int16_t steering) {
    uint8_t payload[DRIVE_FRAME_SIZE];
    drive_frame_write(payload, &(struct drive_frame){bridge.session.number, host.time_us / 1000, throttle, steering});
    send_raw(FRAME_DRIVE, at++, payload, sizeof payload);
}

void arm(void) {
    uint8_t payload[ARM_FRAME_SIZE];
    arm_frame_write(payload, &(struct arm_frame){bridge.session.number});
    forget_sent();
    send_raw(FRAME_ARM, at++, payload, sizeof payload);
}

void disarm(void) {
    send_raw(FRAME_DISARM, at++, NULL, 0);
}

void configure(config_t config) {
    uint8_t payload[CONFIGURE_FRAME_SIZE];
    config.session = bridge.session.number;
    configure_frame_write(payload, &config);
    forget_sent();
    send_raw(FRAME_CONFIGURE, at++, payload, sizeof payload);
}

void drive_for_ms(uint32_t ms, int16_t throttle, int16_t steering) {
    for (uint32_t passed = 0; passed < ms; passed += 20) {
        drive(throttle, steering);
        pass_ms(20);
    }
}

void get_armed(void) {
    hello(0x600d);
    drive_for_ms(400, 0, 0);
    arm();
    EQUAL(bridge.safety.state, STATE_ARMED);
}

void forget_sent(void) {
    host.sent_count = 0;
}

const uint8_t *last_sent(uint8_t type) {
    static struct frame_reader reader;
    static uint8_t payload[PROTOCOL_MAX_PAYLOAD];
    const uint8_t *found = NULL;
    frame_reader_reset(&reader);
    for (uint16_t i = 0; i < host.sent_count; i++) {
        if (frame_read(&reader, host.sent[i], 0) != FRAME_COMPLETE || reader.type != type)
            continue;
        memcpy(payload, reader.payload, reader.size);
        found = payload;
    }
    return found;
}

uint8_t arm_result(void) {
    const uint8_t *payload = last_sent(FRAME_ARM_ANSWER);
    struct arm_answer_frame frame = {.result = 0xff};
    if (payload)
        arm_answer_frame_read(payload, &frame);
    return frame.result;
}
