/* The firmware without its board: takes bytes and readings from board.h, answers frames, and sets the pulses. */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "accelerometer.h"
#include "config.h"
#include "frame.h"
#include "gyro.h"
#include "health.h"
#include "output.h"
#include "rc.h"
#include "safety.h"
#include "wheel.h"

struct session {
    bool open;
    uint16_t number; /* different after every start of host or board */
    uint32_t nonce; /* of the host that opened it */
    uint8_t sequence; /* of the last frame taken */
};

struct counters {
    uint16_t accepted;
    uint16_t checksum;
    uint16_t framing;
    uint16_t sequence;
    uint16_t session;
    uint16_t payload;
    uint16_t dropped;
};

struct bridge {
    struct frame_reader reader;
    struct session session;
    struct counters counters;
    config_t config;
    struct rc rc;
    struct safety safety;
    struct output output;
    struct wheel wheel;
    struct gyro gyro;
    struct accelerometer accelerometer;
    struct health health;

    uint32_t tick_us; /* of the last tick */
    uint16_t led_ms;
    uint8_t idle_ms; /* since the last telemetry */
    uint8_t send_sequence;
    uint8_t echo_sequence;
    uint32_t echo_time;
    uint16_t echo_age_ms;

    uint8_t progress; /* which paths have run since the watchdog was fed */
    uint8_t pulse_periods;
};

/* Sets neutral pulses first. */
void bridge_start(struct bridge *bridge);

/* One pass of the main loop; never waits. */
void bridge_step(struct bridge *bridge);

#endif
