/*
 * Random orders to the whole core: bytes, frames, time, radio, faults of the board. After every pass of the main loop
 * the outputs are held against the laws of laws.c.
 *
 * The first byte chooses: bit 0: only well-formed frames, so that it is known exactly which drive frames count;
 * otherwise raw bytes too. Bit 6: begin armed. Bit 7: begin shortly before the clock wraps.
 */
#include <stdlib.h>
#include <string.h>

#include "laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *next_byte;
static size_t left;

static uint8_t take(void) {
    if (left == 0)
        return 0;
    left--;
    return *next_byte++;
}

static uint16_t take_u16(void) {
    uint8_t low = take();
    return (uint16_t)(low | (uint16_t)take() << 8);
}

static void frame(uint8_t type, uint8_t sequence, const uint8_t *payload, uint8_t size) {
    uint8_t wire[FRAME_WIRE_MAX];
    if (size > 0)
        memcpy(wire + FRAME_PAYLOAD_AT, payload, size);
    host_receive(wire, frame_write(wire, type, sequence, size));
    frames++;
}

/* Mostly the next number; else the same again, or 1 to 56 back. */
static uint8_t sequence(bool *stale) {
    uint8_t step = take();
    *stale = step >= 200;
    return (uint8_t)(bridge.session.sequence + (*stale ? step + 1 : 1));
}

static void drive(void) {
    uint8_t payload[DRIVE_FRAME_SIZE];
    uint8_t kind = take();
    struct drive_frame it = {bridge.session.number, take(), (int16_t)take_u16(), (int16_t)take_u16()};
    if (kind < 240) { /* the rest may lie out of range */
        it.throttle = kind < 80 ? 0 : (int16_t)(it.throttle % 10001);
        it.steering = (int16_t)(it.steering % 10001);
    }
    if (kind == 255)
        it.session++;
    drive_frame_write(payload, &it);
    bool stale;
    frame(FRAME_DRIVE, sequence(&stale), payload, sizeof payload);
    if (kind != 255 && !stale)
        may_drive();
}

static void configure(void) {
    uint8_t payload[CONFIGURE_FRAME_SIZE];
    config_t it = CONFIG_DEFAULT;
    it.session = bridge.session.number;
    uint16_t *const FIELDS[] = {&it.steering_min,     &it.steering_centre, &it.steering_max,  &it.throttle_min,
                                &it.throttle_neutral, &it.throttle_max,    &it.steering_slew, &it.throttle_slew};
    uint8_t which = take();
    *FIELDS[which % 8] = take_u16();
    it.throttle_neutral = (uint16_t)(it.throttle_neutral + which % 3);
    it.flags = take();
    configure_frame_write(payload, &it);
    bool stale;
    frame(FRAME_CONFIGURE, sequence(&stale), payload, sizeof payload);
}

static void radio(void) {
    uint8_t kind = take();
    for (uint8_t i = 0; i < CHANNELS; i++) {
        host.rc[i].width_us = kind & 1            ? take_u16() % 2600
                              : i == CHANNEL_MODE ? (uint16_t)(1000 + 500 * (kind >> 1 & 3))
                                                  : (uint16_t)(900 + 5 * take());
        if (!(kind & (16u << i)))
            host.rc[i].count++;
    }
    known.radio_seen = true;
    known.radio_us = host.time_us;
}

static void hello(uint8_t version, uint32_t nonce) {
    uint8_t payload[HELLO_FRAME_SIZE];
    hello_frame_write(payload, &(struct hello_frame){version, nonce});
    frame(FRAME_HELLO, take(), payload, sizeof payload);
}

static void arm(void) {
    uint8_t payload[ARM_FRAME_SIZE];
    arm_frame_write(payload, &(struct arm_frame){bridge.session.number});
    bool stale;
    frame(FRAME_ARM, sequence(&stale), payload, sizeof payload);
    known.arm_sent |= !stale;
}

/* Neutral for long enough, then arm: else the fuzzer hardly ever gets there. */
static void get_armed(void) {
    uint8_t payload[DRIVE_FRAME_SIZE];
    for (int i = 0; i < 17; i++) {
        drive_frame_write(payload, &(struct drive_frame){.session = bridge.session.number});
        frame(FRAME_DRIVE, (uint8_t)(bridge.session.sequence + 1), payload, sizeof payload);
        may_drive();
        pass(20000);
    }
    known.arm_sent = true;
    arm_frame_write(payload, &(struct arm_frame){bridge.session.number});
    frame(FRAME_ARM, (uint8_t)(bridge.session.sequence + 1), payload, ARM_FRAME_SIZE);
    pass(1000);
}

static void order(bool raw_allowed) {
    uint8_t payload[PROTOCOL_MAX_PAYLOAD] = {0};
    switch (take() % 16) {
    case 0:
    case 1:
    case 2:
        for (uint8_t count = take() % 8; count > 0; count--) {
            drive();
            pass(10000);
        }
        break;
    case 3:
        get_armed();
        break;
    case 4:
        arm();
        break;
    case 5:
        frame(FRAME_DISARM, take(), payload, 0);
        break;
    case 6:
        hello(take() == 255 ? PROTOCOL_VERSION + 1 : PROTOCOL_VERSION, take());
        break;
    case 7:
        configure();
        break;
    case 8:
        frame(FRAME_PING, take(), payload, PING_FRAME_SIZE);
        break;
    case 9:
        radio();
        break;
    case 10: { /* any type, any size */
        uint8_t type = take(), count = take() % (PROTOCOL_MAX_PAYLOAD + 1);
        for (uint8_t i = 0; i < count; i++)
            payload[i] = take();
        bool stale;
        frame(type, sequence(&stale), payload, count);
        known.arm_sent |= type == FRAME_ARM && !stale;
        if (type == FRAME_DRIVE && !stale)
            may_drive();
        break;
    }
    case 11:
        pass(take_u16());
        break;
    case 12:
        for (uint8_t count = take(); count > 0; count--)
            pass(1000);
        break;
    case 13:
        host.line_full = take() & 1;
        host.sent_count = 0;
        host.sensor = take() & 1;
        host.chip.rate = (int16_t)take_u16();
        host.chip.frozen = take() & 1;
        host.chip.acceleration[take() % 3] = (int16_t)take_u16();
        host.bus_stuck = take() & 1;
        break;
    case 14:
        host.wheel.ticks = (int32_t)((uint32_t)host.wheel.ticks + (uint32_t)(int8_t)take() * take_u16());
        host.wheel.last_us = host.time_us - take_u16();
        break;
    default:
        if (!raw_allowed)
            break;
        for (uint8_t count = take(); count > 0; count--) {
            uint8_t byte = take();
            host_receive(&byte, 1);
        }
        known.raw = true;
        may_drive();
        break;
    }
    pass(1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool first = true;
    if (first)
        atexit(report);
    first = false;
    next_byte = data;
    left = size;
    uint8_t mode = take();
    host_reset();
    memset(&known, 0, sizeof known);
    host.time_us = (uint32_t)(mode >> 1) << 25; /* the clock wraps in some */
    if (mode & 0x80)
        host.time_us = (uint32_t)0 - (uint32_t)take() * 4096u;
    bridge_start(&bridge);
    check();
    if (mode & 0x40) {
        hello(PROTOCOL_VERSION, 0);
        pass(1000);
        get_armed();
    }
    while (left > 0)
        order((mode & 1) == 0);
    /* then silence: whatever happened, the car stands */
    for (int i = 0; i < 110; i++)
        pass(2000);
    if (host.throttle_us != bridge.config.throttle_neutral)
        broken("silence ends at neutral");
    return 0;
}
