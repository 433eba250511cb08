#include "check.h"

#define NEUTRAL 1500

static void neutral_at_boot(void) {
    begin(0);
    EQUAL(host.throttle_us, NEUTRAL);
    EQUAL(host.steering_us, NEUTRAL);
    EQUAL(bridge.safety.state, STATE_DISARMED);
    EQUAL(bridge.safety.cause, CAUSE_BOOT);
}

static void commands_without_arming_do_nothing(void) {
    begin(0);
    hello(1);
    drive_for_ms(1000, 10000, 10000);
    EQUAL(host.throttle_us, NEUTRAL);
    EQUAL(host.steering_us, NEUTRAL);
    EQUAL(bridge.counters.accepted, 51);
}

static void arming_takes_300_ms_of_neutral(void) {
    begin(0);
    hello(1);
    arm();
    EQUAL(arm_result(), ARM_RESULT_STALE_LINK);
    drive_for_ms(280, 0, 0);
    drive(0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_NEUTRAL_TOO_SHORT);
    drive_for_ms(40, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
    drive_for_ms(100, 10000, 0);
    EQUAL(host.throttle_us, 2000);
}

static void throttle_or_a_gap_starts_the_300_ms_anew(void) {
    begin(0);
    hello(1);
    drive_for_ms(400, 0, 0);
    drive(1, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_NOT_NEUTRAL);
    drive_for_ms(200, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_NEUTRAL_TOO_SHORT);
    pass_ms(250);
    arm();
    EQUAL(arm_result(), ARM_RESULT_STALE_LINK);
    drive_for_ms(200, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_NEUTRAL_TOO_SHORT);
    drive_for_ms(120, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
}

/* The time at which throttle goes neutral after the last drive frame [ms]. */
static uint32_t silence_until_neutral(void) {
    drive(5000, 0);
    for (uint32_t ms = 0; ms < 1000; ms++) {
        if (host.throttle_us == NEUTRAL)
            return ms;
        pass_ms(1);
    }
    return 1000;
}

static void silence_stops_within_201_ms(void) {
    begin(0);
    get_armed();
    drive_for_ms(200, 5000, 0);
    EQUAL(host.throttle_us, 1750);
    uint32_t ms = silence_until_neutral();
    EQUAL(ms >= 200 && ms <= 201, true);
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(bridge.safety.cause, CAUSE_COMMAND_TIMEOUT);
    EQUAL(bridge.safety.failsafes, 1);
}

static void failsafe_does_not_end_by_itself(void) {
    begin(0);
    get_armed();
    drive_for_ms(200, 5000, 0);
    pass_ms(300);
    drive_for_ms(1000, 5000, 0);
    EQUAL(host.throttle_us, NEUTRAL);
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    arm();
    EQUAL(arm_result(), ARM_RESULT_NOT_NEUTRAL);
    drive_for_ms(320, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
}

/* The age of the last frame wraps with the clock after 71.6 minutes: it must not look young again. */
static void failsafe_holds_when_the_age_wraps(void) {
    begin(0);
    get_armed();
    drive_for_ms(200, 5000, 0);
    uint32_t last = bridge.safety.drive_us;
    pass_ms(300);
    host.time_us = last - 2000; /* 71.6 minutes later, less 2 ms */
    bridge.tick_us = host.time_us;
    for (int i = 0; i < 20; i++) {
        pass_ms(1);
        EQUAL(host.throttle_us, NEUTRAL);
        EQUAL(bridge.safety.state, STATE_FAILSAFE);
        EQUAL(bridge.safety.fresh, false);
    }
}

static void everything_works_across_the_wrap_of_the_clock(void) {
    for (uint32_t before_ms = 0; before_ms <= 1000; before_ms += 50) {
        begin((uint32_t)0 - before_ms * 1000u);
        get_armed();
        drive_for_ms(300, 5000, 0);
        EQUAL(host.throttle_us, 1750);
        uint32_t ms = silence_until_neutral();
        EQUAL(ms >= 200 && ms <= 201, true);
    }
}

static void only_drive_frames_keep_it_driving(void) {
    begin(0);
    get_armed();
    drive_for_ms(100, 5000, 0);
    for (int i = 0; i < 25; i++) {
        send_raw(FRAME_PING, at++, (const uint8_t[]){1, 2, 3, 4}, PING_FRAME_SIZE);
        hello(0x600d);
        arm();
        pass_ms(10);
    }
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(host.throttle_us, NEUTRAL);
}

static void repeated_and_late_frames_do_not_keep_it_driving(void) {
    begin(0);
    get_armed();
    drive_for_ms(100, 5000, 0);
    uint8_t payload[DRIVE_FRAME_SIZE];
    drive_frame_write(payload, &(struct drive_frame){bridge.session.number, 0, 9000, 0});
    for (uint8_t i = 0; i < 25; i++) {
        send_raw(FRAME_DRIVE, (uint8_t)(at - 1 - i % 3), payload, sizeof payload);
        pass_ms(10);
    }
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(bridge.counters.sequence, 25);
}

static void a_value_out_of_range_does_not_count(void) {
    begin(0);
    get_armed();
    uint8_t payload[DRIVE_FRAME_SIZE];
    drive_frame_write(payload, &(struct drive_frame){bridge.session.number, 0, 10001, 0});
    for (int i = 0; i < 25; i++) {
        send_raw(FRAME_DRIVE, at++, payload, sizeof payload);
        EQUAL(host.throttle_us, NEUTRAL);
        pass_ms(10);
    }
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(bridge.counters.payload, 25);
}

static void disarm_works_always(void) {
    begin(0);
    get_armed();
    drive_for_ms(100, 5000, 0);
    send_raw(FRAME_DISARM, (uint8_t)(at - 100), NULL, 0);
    pass_ms(1);
    EQUAL(host.throttle_us, NEUTRAL);
    EQUAL(bridge.safety.state, STATE_DISARMED);
    EQUAL(bridge.safety.cause, CAUSE_DISARM_FRAME);
    drive_for_ms(100, 5000, 0);
    EQUAL(host.throttle_us, NEUTRAL);
}

static void failsafe_centres_or_holds_the_steering(void) {
    for (uint8_t hold = 0; hold < 2; hold++) {
        begin(0);
        hello(0x600d);
        config_t config = CONFIG_DEFAULT;
        config.flags = hold ? CONFIG_HOLD_STEERING : 0;
        configure(config);
        get_armed();
        drive_for_ms(200, 0, -10000);
        EQUAL(host.steering_us, 1000);
        pass_ms(400);
        EQUAL(bridge.safety.state, STATE_FAILSAFE);
        EQUAL(host.steering_us, hold ? 1000 : NEUTRAL);
    }
}

const struct test SAFETY_TESTS[] = {
    {"outputs are neutral at boot", neutral_at_boot},
    {"commands without arming do nothing", commands_without_arming_do_nothing},
    {"arming takes 300 ms of neutral commands", arming_takes_300_ms_of_neutral},
    {"throttle or a gap starts the 300 ms anew", throttle_or_a_gap_starts_the_300_ms_anew},
    {"silence stops the car within 201 ms", silence_stops_within_201_ms},
    {"failsafe does not end by itself", failsafe_does_not_end_by_itself},
    {"failsafe holds when the age of the last frame wraps", failsafe_holds_when_the_age_wraps},
    {"arming, driving and failsafe work across the wrap of the clock", everything_works_across_the_wrap_of_the_clock},
    {"only drive frames keep the car driving", only_drive_frames_keep_it_driving},
    {"repeated and late frames do not keep it driving", repeated_and_late_frames_do_not_keep_it_driving},
    {"a command out of range does not count", a_value_out_of_range_does_not_count},
    {"disarm works at any sequence number", disarm_works_always},
    {"failsafe centres the steering, or holds it if configured", failsafe_centres_or_holds_the_steering},
    {0},
};
