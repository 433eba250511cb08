#include "check.h"

#define AUTO 1000
#define STOP 1500
#define MANUAL 2000

static void configured(uint8_t flags) {
    begin(0);
    hello(0x600d);
    config_t config = CONFIG_DEFAULT;
    config.flags = flags;
    configure(config);
}

static void manual_follows_the_radio_without_a_host(void) {
    begin(0);
    radio(1200, 1500, MANUAL);
    pass_ms(200);
    EQUAL(bridge.safety.state, STATE_MANUAL);
    EQUAL(host.steering_us, 1200);
    EQUAL(host.throttle_us, 1500);
    radio(1200, 1650, MANUAL);
    pass_ms(100);
    EQUAL(host.throttle_us, 1650);
}

static void stick_that_is_not_at_neutral_does_not_start_the_car(void) {
    begin(0);
    radio(1500, 1800, MANUAL);
    pass_ms(500);
    EQUAL(bridge.safety.state, STATE_MANUAL);
    EQUAL(host.throttle_us, 1500);
    radio(1500, 1500, MANUAL);
    pass_ms(100);
    radio(1500, 1800, MANUAL);
    pass_ms(100);
    EQUAL(host.throttle_us, 1800);
}

static void radio_takes_over_and_does_not_give_back(void) {
    configured(0);
    radio(1500, 1500, AUTO);
    get_armed();
    drive_for_ms(200, 5000, 5000);
    EQUAL(host.throttle_us, 1750);
    radio(1300, 1500, MANUAL);
    drive_for_ms(120, 5000, 5000);
    EQUAL(bridge.safety.state, STATE_MANUAL);
    EQUAL(host.throttle_us, 1500);
    EQUAL(host.steering_us, 1300);
    radio(1300, 1500, AUTO);
    drive_for_ms(200, 5000, 5000);
    EQUAL(bridge.safety.state, STATE_DISARMED);
    EQUAL(bridge.safety.cause, CAUSE_RC_MANUAL);
    EQUAL(host.throttle_us, 1500);
}

static void stop_position_stops_within_two_periods(void) {
    configured(0);
    radio(1500, 1500, AUTO);
    get_armed();
    drive_for_ms(200, 5000, 0);
    radio(1500, 1500, STOP);
    drive_for_ms(40, 5000, 0);
    EQUAL(host.throttle_us, 1500);
    EQUAL(bridge.safety.state, STATE_DISARMED);
    EQUAL(bridge.safety.cause, CAUSE_RC_STOP);
    drive_for_ms(400, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_RC_NOT_AUTO);
}

static void required_radio_must_be_there(void) {
    configured(CONFIG_RC_REQUIRED);
    drive_for_ms(400, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_RC_LOST);
    radio(1500, 1500, AUTO);
    drive_for_ms(100, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
    drive_for_ms(100, 5000, 0);
    radio(0, 0, 0);
    drive_for_ms(80, 5000, 0);
    EQUAL(bridge.safety.state, STATE_ARMED);
    drive_for_ms(60, 5000, 0);
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(bridge.safety.cause, CAUSE_RC_LOST);
    EQUAL(host.throttle_us, 1500);
}

static void a_radio_that_was_received_is_required(void) {
    begin(0);
    get_armed();
    drive_for_ms(100, 5000, 0);
    EQUAL(bridge.safety.state, STATE_ARMED); /* never received: the host alone decides */
    radio(1500, 1500, AUTO);
    drive_for_ms(300, 5000, 0);
    EQUAL(bridge.safety.state, STATE_ARMED);
    radio(0, 0, 0);
    drive_for_ms(80, 5000, 0);
    EQUAL(bridge.safety.state, STATE_ARMED);
    drive_for_ms(60, 5000, 0);
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(bridge.safety.cause, CAUSE_RC_LOST);
    EQUAL(host.throttle_us, 1500);
    drive_for_ms(400, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_RC_LOST);
    hello(0xbad); /* another program may do without */
    drive_for_ms(400, 0, 0);
    arm();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
}

static void radio_lost_while_it_drives_stops(void) {
    begin(0);
    radio(1500, 1500, MANUAL);
    pass_ms(200);
    radio(1500, 1700, MANUAL);
    pass_ms(100);
    EQUAL(host.throttle_us, 1700);
    radio(0, 0, 0);
    pass_ms(125);
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(host.throttle_us, 1500);
    /* it comes back with the stick still pushed */
    radio(1500, 1700, MANUAL);
    pass_ms(300);
    EQUAL(host.throttle_us, 1500);
}

static void pulses_out_of_range_are_no_radio(void) {
    static const uint16_t WIDTHS[][2] = {{799, 0}, {800, 1}, {2200, 1}, {2201, 0}, {60000, 0}};
    for (unsigned i = 0; i < 5; i++) {
        begin(0);
        radio(WIDTHS[i][0], 1500, AUTO);
        pass_ms(200);
        EQUAL(bridge.rc.mode, WIDTHS[i][1] ? RC_AUTO : RC_ABSENT);
        EQUAL(bridge.rc.channels[CHANNEL_STEERING].width_us, WIDTHS[i][1] ? WIDTHS[i][0] : 0);
    }
}

static void one_odd_pulse_of_the_mode_switch_changes_nothing(void) {
    configured(0);
    radio(1500, 1500, AUTO);
    get_armed();
    radio(1500, 1500, MANUAL);
    drive_for_ms(20, 5000, 0);
    radio(1500, 1500, AUTO);
    drive_for_ms(200, 5000, 0);
    EQUAL(bridge.safety.state, STATE_ARMED);
    EQUAL(host.throttle_us, 1750);
}

static void limits_hold_for_the_radio_too(void) {
    configured(0);
    config_t config = CONFIG_DEFAULT;
    config.throttle_min = 1400;
    config.throttle_max = 1600;
    config.steering_min = 1300;
    config.steering_max = 1700;
    configure(config);
    radio(1500, 1500, MANUAL);
    pass_ms(200);
    radio(2200, 2200, MANUAL);
    pass_ms(200);
    EQUAL(host.throttle_us, 1600);
    EQUAL(host.steering_us, 1700);
    radio(800, 800, MANUAL);
    pass_ms(200);
    EQUAL(host.throttle_us, 1400);
    EQUAL(host.steering_us, 1300);
}

const struct test RADIO_TESTS[] = {
    {"manual follows the radio, without any host", manual_follows_the_radio_without_a_host},
    {"a pushed stick does not start the car", stick_that_is_not_at_neutral_does_not_start_the_car},
    {"the radio takes over, and giving back needs arming", radio_takes_over_and_does_not_give_back},
    {"the stop position stops within two radio periods", stop_position_stops_within_two_periods},
    {"a required radio must be there, and stay", required_radio_must_be_there},
    {"a radio that was received once is required until the session ends", a_radio_that_was_received_is_required},
    {"a radio lost while it drives stops the car", radio_lost_while_it_drives_stops},
    {"radio pulses outside 800 to 2200 µs are none", pulses_out_of_range_are_no_radio},
    {"one odd pulse of the mode switch changes nothing", one_odd_pulse_of_the_mode_switch_changes_nothing},
    {"limits hold for the radio too", limits_hold_for_the_radio_too},
    {0},
};
