#include <string.h>

#include "check.h"

static struct welcome_frame welcome(void) {
    struct welcome_frame frame = {.result = 0xff};
    const uint8_t *payload = last_sent(FRAME_WELCOME);
    if (payload)
        welcome_frame_read(payload, &frame);
    return frame;
}

static void hello_opens_a_session(void) {
    begin(0);
    hello(0xdeadbeef);
    struct welcome_frame frame = welcome();
    EQUAL(frame.result, WELCOME_RESULT_ACCEPTED);
    EQUAL(frame.nonce, 0xdeadbeef);
    EQUAL(frame.version, PROTOCOL_VERSION);
    EQUAL(frame.session, bridge.session.number);
    EQUAL(frame.board, BOARD_HOST);
}

static void repeated_hello_changes_nothing(void) {
    begin(0);
    get_armed();
    uint16_t session = bridge.session.number;
    hello(0x600d);
    EQUAL(welcome().session, session);
    EQUAL(bridge.safety.state, STATE_ARMED);
}

static void new_hello_disarms_and_restores_the_configuration(void) {
    begin(0);
    hello(1);
    config_t config = CONFIG_DEFAULT;
    config.throttle_max = 1600;
    configure(config);
    get_armed();
    uint16_t session = bridge.session.number;
    drive_for_ms(100, 10000, 0);
    hello(2);
    pass_ms(1);
    EQUAL(host.throttle_us, 1500);
    EQUAL(bridge.safety.state, STATE_DISARMED);
    EQUAL(bridge.safety.cause, CAUSE_NEW_SESSION);
    EQUAL(bridge.session.number != session, true);
    EQUAL(bridge.config.throttle_max, 2000);
    arm();
    EQUAL(arm_result(), ARM_RESULT_STALE_LINK);
}

static void frames_of_an_old_session_are_refused(void) {
    begin(0);
    hello(1);
    uint8_t payload[DRIVE_FRAME_SIZE];
    drive_frame_write(payload, &(struct drive_frame){bridge.session.number, 0, 0, 0});
    hello(2);
    send_raw(FRAME_DRIVE, at++, payload, sizeof payload);
    EQUAL(bridge.counters.session, 1);
    EQUAL(bridge.safety.fresh, false);
}

static void a_board_that_restarts_has_other_sessions(void) {
    begin(0);
    for (uint32_t i = 1; i <= 251; i++)
        hello(i);
    uint16_t last = bridge.session.number;
    host.start_number = 2;
    bridge_start(&bridge);
    EQUAL(bridge.session.open, false);
    hello(1);
    EQUAL(bridge.session.number, (uint16_t)(last + 1));
}

static void wrong_version_gets_no_session(void) {
    begin(0);
    get_armed();
    uint8_t payload[HELLO_FRAME_SIZE];
    hello_frame_write(payload, &(struct hello_frame){.version = PROTOCOL_VERSION + 1, .nonce = 0x600d});
    forget_sent();
    send_raw(FRAME_HELLO, at++, payload, sizeof payload);
    EQUAL(welcome().result, WELCOME_RESULT_WRONG_VERSION);
    EQUAL(welcome().version, PROTOCOL_VERSION);
    EQUAL(bridge.safety.state, STATE_DISARMED);
    arm();
    EQUAL(arm_result(), ARM_RESULT_NO_SESSION);
}

static void sequence_numbers_wrap_and_leave_gaps(void) {
    begin(0);
    hello(1);
    for (int i = 0; i < 40; i++) {
        drive(0, 0);
        at = (uint8_t)(at + 100);
    }
    EQUAL(bridge.counters.sequence, 0);
    EQUAL(bridge.counters.accepted, 41);
    at = (uint8_t)(at + 127 - 100);
    drive(0, 0); /* 128 ahead is 128 behind */
    EQUAL(bridge.counters.sequence, 1);
}

static void drive_is_answered_with_its_sequence_and_time(void) {
    begin(0);
    hello(1);
    pass_ms(20);
    forget_sent();
    drive(0, 0);
    struct telemetry_frame frame = {0};
    telemetry_frame_read(last_sent(FRAME_TELEMETRY), &frame);
    EQUAL(frame.echo_sequence, (uint8_t)(at - 1));
    EQUAL(frame.echo_time, 20);
    EQUAL(frame.echo_age, 0);
    forget_sent();
    pass_ms(49);
    EQUAL(host.sent_count, 0);
    pass_ms(2);
    telemetry_frame_read(last_sent(FRAME_TELEMETRY), &frame);
    EQUAL(frame.echo_age, 50);
}

static void configuration_is_checked_and_only_taken_while_disarmed(void) {
    begin(0);
    hello(0x600d);
    config_t config = CONFIG_DEFAULT;
    config.steering_centre = 1550;
    configure(config);
    struct configure_answer_frame frame = {0};
    configure_answer_frame_read(last_sent(FRAME_CONFIGURE_ANSWER), &frame);
    EQUAL(frame.result, CONFIGURE_RESULT_APPLIED);
    EQUAL(frame.steering_centre, 1550);
    pass_ms(10);
    EQUAL(host.steering_us, 1550);
    config.throttle_neutral = 2000;
    configure(config);
    configure_answer_frame_read(last_sent(FRAME_CONFIGURE_ANSWER), &frame);
    EQUAL(frame.result, CONFIGURE_RESULT_OUT_OF_LIMITS);
    EQUAL(frame.throttle_neutral, 1500);
    get_armed();
    configure(CONFIG_DEFAULT);
    configure_answer_frame_read(last_sent(FRAME_CONFIGURE_ANSWER), &frame);
    EQUAL(frame.result, CONFIGURE_RESULT_NOT_DISARMED);
    EQUAL(frame.steering_centre, 1550);
}

static void unknown_types_and_sizes_are_counted(void) {
    begin(0);
    hello(1);
    for (unsigned type = 0; type < 256; type++)
        if (frame_payload_size((uint8_t)type) == FRAME_UNKNOWN)
            send_raw((uint8_t)type, at++, NULL, 0);
    EQUAL(bridge.counters.payload, 250);
    send_raw(FRAME_ARM, at++, (const uint8_t[]){1, 2, 3}, 3);
    EQUAL(bridge.counters.payload, 251);
}

static void a_full_line_drops_telemetry_and_stops_nothing(void) {
    begin(0);
    get_armed();
    host.line_full = true;
    drive_for_ms(200, 5000, 0);
    EQUAL(host.throttle_us, 1750);
    EQUAL(bridge.counters.dropped >= 10, true);
}

/* All three paths must go on. */
static void watchdog_is_fed_only_by_progress(void) {
    begin(0);
    pass_ms(200);
    EQUAL(host.feeds >= 9 && host.feeds <= 11, true);
    uint32_t fed = host.feeds;
    for (int i = 0; i < 1000; i++)
        bridge_step(&bridge); /* time stands still: no tick */
    EQUAL(host.feeds - fed <= 1, true);
    fed = host.feeds;
    for (int i = 0; i < 1000; i++) { /* pulses stand still */
        host.time_us += 1000;
        bridge_step(&bridge);
    }
    EQUAL(host.feeds - fed <= 1, true);
}

static void led_shows_the_state(void) {
    begin(0);
    pass_ms(50);
    EQUAL(host.led, true);
    pass_ms(500);
    EQUAL(host.led, false);
    get_armed();
    pass_ms(1);
    EQUAL(host.led, true);
}

const struct test LINK_TESTS[] = {
    {"hello opens a session", hello_opens_a_session},
    {"a repeated hello changes nothing", repeated_hello_changes_nothing},
    {"a new hello disarms and restores the configuration", new_hello_disarms_and_restores_the_configuration},
    {"frames of an old session are refused", frames_of_an_old_session_are_refused},
    {"a board that restarts has other sessions", a_board_that_restarts_has_other_sessions},
    {"a wrong version gets no session", wrong_version_gets_no_session},
    {"sequence numbers wrap and may leave gaps", sequence_numbers_wrap_and_leave_gaps},
    {"drive is answered with its sequence and time", drive_is_answered_with_its_sequence_and_time},
    {"a configuration is checked, and taken only while disarmed",
     configuration_is_checked_and_only_taken_while_disarmed},
    {"unknown types and sizes are counted", unknown_types_and_sizes_are_counted},
    {"a full line drops telemetry and stops nothing", a_full_line_drops_telemetry_and_stops_nothing},
    {"the watchdog is fed only by progress", watchdog_is_fed_only_by_progress},
    {"the LED shows the state", led_shows_the_state},
    {0},
};
