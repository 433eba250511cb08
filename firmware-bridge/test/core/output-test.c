#include "check.h"

static struct output output;
static struct safety safety;
static struct rc rc;
static config_t config;

static void follow(int16_t throttle, int16_t steering, unsigned ms) {
    safety.state = STATE_ARMED;
    safety.throttle = throttle;
    safety.steering = steering;
    for (unsigned i = 0; i < ms; i++)
        output_tick(&output, &safety, &rc, &config, 1);
}

static void start(void) {
    config = CONFIG_DEFAULT;
    config.steering_min = 1100;
    config.steering_centre = 1480;
    config.steering_max = 1900;
    config.throttle_min = 1200;
    config.throttle_neutral = 1510;
    config.throttle_max = 1700;
    output_reset(&output, &config);
}

static void commands_become_pulses(void) {
    static const int16_t STEERING[][2] = {
        {-10000, 1100}, {-5000, 1290}, {-1, 1480}, {0, 1480}, {5000, 1690}, {10000, 1900},
    };
    static const int16_t THROTTLE[][2] = {
        {-10000, 1200}, {-100, 1507}, {0, 1510}, {25, 1510}, {27, 1511}, {10000, 1700},
    };
    for (unsigned i = 0; i < 6; i++) {
        start();
        follow(THROTTLE[i][0], STEERING[i][0], 1000);
        EQUAL(output_steering_us(&output), STEERING[i][1]);
        EQUAL(output_throttle_us(&output), THROTTLE[i][1]);
    }
}

static void directions_can_be_reversed(void) {
    start();
    config.flags = CONFIG_STEERING_REVERSED | CONFIG_THROTTLE_REVERSED;
    follow(10000, 10000, 1000);
    EQUAL(output_steering_us(&output), 1100);
    EQUAL(output_throttle_us(&output), 1200);
}

static void slew_limits_the_change(void) {
    start();
    config.steering_slew = 2000;
    config.throttle_slew = 1500;
    follow(10000, 10000, 10);
    EQUAL(output_steering_us(&output), 1500);
    EQUAL(output_throttle_us(&output), 1525);
    /* slower than one µs per tick: nothing is lost to rounding */
    config.throttle_slew = 100;
    follow(10000, 10000, 100);
    EQUAL(output_throttle_us(&output), 1535);
}

static void throttle_comes_back_at_once(void) {
    start();
    follow(10000, 0, 1000);
    config.throttle_slew = 1000;
    follow(5000, 0, 1);
    EQUAL(output_throttle_us(&output), 1605);
    follow(-10000, 0, 1);
    EQUAL(output_throttle_us(&output), 1509);
    follow(-10000, 0, 9);
    EQUAL(output_throttle_us(&output), 1500);
    follow(0, 0, 1);
    EQUAL(output_throttle_us(&output), 1510);
}

static void new_limits_hold_from_the_next_tick(void) {
    start();
    follow(10000, 10000, 1000);
    config.steering_max = 1500;
    config.throttle_max = 1550;
    follow(10000, 10000, 1);
    EQUAL(output_steering_us(&output), 1500);
    EQUAL(output_throttle_us(&output), 1550);
}

static void bad(config_t changed) {
    EQUAL(config_valid(&changed), false);
}

#define BAD(field, value) \
    do { \
        config_t changed = CONFIG_DEFAULT; \
        changed.field = (value); \
        bad(changed); \
    } while (0)

static void configurations_are_checked(void) {
    EQUAL(config_valid(&CONFIG_DEFAULT), true);
    BAD(steering_min, 899);
    BAD(steering_min, 1501);
    BAD(steering_max, 2101);
    BAD(steering_max, 1499);
    BAD(throttle_min, 899);
    BAD(throttle_max, 2101);
    BAD(throttle_max, 1499);
    BAD(throttle_neutral, 1449);
    BAD(throttle_neutral, 1551);
    BAD(steering_slew, 99);
    BAD(throttle_slew, 0);
    BAD(flags, 0x10);
}

const struct test OUTPUT_TESTS[] = {
    {"commands become pulses around the trim", commands_become_pulses},
    {"directions can be reversed", directions_can_be_reversed},
    {"slew limits the change, also below 1 µs per tick", slew_limits_the_change},
    {"throttle comes back to neutral at once", throttle_comes_back_at_once},
    {"new limits hold from the next tick", new_limits_hold_from_the_next_tick},
    {"configurations out of limits are refused", configurations_are_checked},
    {0},
};
