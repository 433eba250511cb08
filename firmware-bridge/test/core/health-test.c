/* Sensors that cannot be believed, blows, and cars on their side. */
#include "check.h"

static struct telemetry_frame telemetry(void) {
    struct telemetry_frame frame = {0};
    forget_sent();
    pass_ms(60);
    telemetry_frame_read(last_sent(FRAME_TELEMETRY), &frame);
    return frame;
}

/* A car whose gyro knows its bias. */
static void with_gyro(void) {
    begin(0);
    host.sensor = true;
    pass_ms(3000);
    EQUAL(bridge.gyro.valid, true);
    EQUAL(telemetry().health, 0);
}

static void armed_with_gyro(void) {
    with_gyro();
    get_armed();
}

static void accelerate(int16_t forward, int16_t left, int16_t up) {
    host.chip.acceleration[0] = forward;
    host.chip.acceleration[1] = left;
    host.chip.acceleration[2] = up;
}

static void end_of_range(void) {
    with_gyro();
    host.chip.rate = 32000; /* 976 °/s */
    pass_ms(500);
    EQUAL(telemetry().health, 0);
    for (int sign = -1; sign <= 1; sign += 2) {
        host.chip.rate = sign < 0 ? INT16_MIN : INT16_MAX;
        pass_ms(50);
        EQUAL(telemetry().health, HEALTH_GYRO_SATURATED);
        host.chip.rate = 0;
        pass_ms(900); /* kept, so that no telemetry can miss it */
        EQUAL(telemetry().health & HEALTH_GYRO_SATURATED, HEALTH_GYRO_SATURATED);
        pass_ms(200);
        EQUAL(telemetry().health, 0);
    }
}

static void same_to_the_last_bit(void) {
    with_gyro();
    pass_ms(20000); /* a standing chip has noise */
    EQUAL(telemetry().health, 0);
    host.chip.frozen = true;
    pass_ms(300);
    EQUAL(telemetry().health, 0);
    pass_ms(400);
    EQUAL(telemetry().health, HEALTH_GYRO_FROZEN);
    EQUAL(bridge.gyro.valid, true);
}

static void power_lost_for_a_moment(void) {
    with_gyro();
    chip_sleep(&host.chip);
    pass_ms(250);
    EQUAL(telemetry().health, HEALTH_GYRO_ASLEEP);
    EQUAL(telemetry().sensors & (SENSOR_GYRO | SENSOR_ACCELEROMETER | SENSOR_STANDING), 0);
    int ms = 0;
    for (; !bridge.gyro.valid && ms < 5000; ms++) {
        EQUAL(bridge.health.flags, HEALTH_GYRO_ASLEEP); /* woken, but without a bias: it is not forgotten */
        pass_ms(1);
    }
    EQUAL(ms > 1500 && ms < 2500, true);
    pass_ms(1100);
    EQUAL(telemetry().health, 0);
}

static void cannot_be_woken(void) {
    begin(0);
    host.sensor = true;
    host.chip.sleeper = true;
    pass_ms(5000);
    EQUAL(telemetry().health, HEALTH_GYRO_ASLEEP);
    EQUAL(bridge.gyro.valid, false);
}

/* The power register lies, the samples do not. */
static void zeros_are_sleep(void) {
    with_gyro();
    host.chip.frozen = true;
    host.chip.held = 0;
    accelerate(0, 0, 0);
    pass_ms(60);
    EQUAL(telemetry().health, HEALTH_GYRO_ASLEEP);
}

static void self_test(void) {
    begin(0);
    host.sensor = true;
    host.chip.faulty = true;
    pass_ms(5000);
    EQUAL(telemetry().health, HEALTH_GYRO_SELF_TEST);
    EQUAL(telemetry().sensors & SENSOR_GYRO, 0);
    host.chip.faulty = false;
    pass_ms(5000);
    EQUAL(telemetry().health, 0);
    EQUAL(telemetry().sensors & SENSOR_GYRO, SENSOR_GYRO);
}

static void noise_and_mean_while_standing(void) {
    with_gyro();
    pass_ms(1000);
    struct telemetry_frame frame = telemetry();
    EQUAL(frame.sensors & SENSOR_STANDING, SENSOR_STANDING);
    EQUAL(frame.gyro_spread, 5); /* one unit of the chip */
    EQUAL(frame.gyro_mean >= -5 && frame.gyro_mean <= 5, true);
    host.chip.rate = -328; /* 10 °/s */
    pass_ms(1000);
    frame = telemetry();
    EQUAL(frame.gyro_mean >= -1750 && frame.gyro_mean <= -1735, true);
    host.chip.rate = INT16_MIN;
    pass_ms(1000);
    EQUAL(telemetry().gyro_mean, -31925); /* as far as 16 bits go */
}

/* However long it was moved before: whoever waits for a yaw rate need not wait for these too. */
static void noise_and_mean_come_with_the_bias(void) {
    for (uint32_t moved_ms = 400; moved_ms < 700; moved_ms += 37) {
        begin(0);
        host.sensor = true;
        host.chip.rate = 300;
        pass_ms(moved_ms);
        host.chip.rate = 0;
        for (int ms = 0; !bridge.gyro.valid && ms < 5000; ms++)
            pass_ms(1);
        pass_ms(10);
        EQUAL(bridge.gyro.valid && bridge.gyro.described, true);
    }
}

/* Turns the wheel for `ms`, with drive frames. */
static void turn(uint32_t ms, int32_t ticks_per_ms, int16_t throttle) {
    for (uint32_t i = 0; i < ms; i++) {
        host.wheel.ticks += ticks_per_ms;
        host.wheel.last_us = host.time_us;
        if (i % 20 == 0)
            drive(throttle, 0);
        pass_ms(1);
    }
}

static void ticks_that_cannot_be(void) {
    begin(0);
    get_armed();
    turn(500, 10, 5000);
    EQUAL(telemetry().health, 0);
    turn(200, 16, 5000);
    EQUAL(telemetry().health, HEALTH_ENCODER_FAST);
    begin(0);
    get_armed();
    turn(200, -16, 0);
    EQUAL(telemetry().health, HEALTH_ENCODER_FAST);
}

static void ticks_that_nobody_asked_for(void) {
    begin(0);
    turn(10000, 1, 0); /* somebody carries it */
    EQUAL(telemetry().health, 0);
    get_armed();
    turn(3000, 1, 0); /* it rolls to rest */
    EQUAL(telemetry().health, 0);
    get_armed();
    turn(5000, 1, 0);
    EQUAL(telemetry().health, HEALTH_ENCODER_UNASKED);
}

static void ticks_against_the_throttle(void) {
    begin(0);
    get_armed();
    turn(2000, 1, 5000);
    turn(2000, 1, -5000); /* it brakes */
    EQUAL(telemetry().health, 0);
    get_armed();
    turn(900, -1, 5000);
    EQUAL(telemetry().health, 0);
    get_armed();
    turn(1200, -1, 5000);
    EQUAL(telemetry().health, HEALTH_ENCODER_BACKWARDS);
}

static void battery_that_was_there(void) {
    begin(0);
    pass_ms(5000);
    EQUAL(telemetry().health, 0);
    host.battery_mv = 7400;
    pass_ms(600);
    host.battery_mv = 0;
    pass_ms(100);
    host.battery_mv = 7400; /* a loose contact */
    pass_ms(100);
    EQUAL(telemetry().health, 0);
    host.battery_mv = 0;
    pass_ms(200);
    EQUAL(telemetry().health, HEALTH_BATTERY_LOST);
    pass_ms(20000);
    EQUAL(telemetry().health, HEALTH_BATTERY_LOST);
}

static void accelerations_reach_telemetry(void) {
    begin(0);
    EQUAL(telemetry().sensors & SENSOR_ACCELEROMETER, 0);
    with_gyro();
    accelerate(1024, -2048, 2048);
    struct telemetry_frame frame = telemetry();
    EQUAL(frame.sensors & SENSOR_ACCELEROMETER, SENSOR_ACCELEROMETER);
    EQUAL(frame.accel_forward, 490);
    EQUAL(frame.accel_left, -980);
    EQUAL(frame.accel_up, 980);
    accelerate(INT16_MIN, INT16_MIN, INT16_MIN);
    EQUAL(telemetry().accel_forward, -15690);
    host.sensor = false;
    pass_ms(100);
    EQUAL(telemetry().sensors & SENSOR_ACCELEROMETER, 0);
    EQUAL(telemetry().accel_forward, 0);
}

static void a_blow_stops_the_car(void) {
    armed_with_gyro();
    drive_for_ms(100, 5000, 0);
    accelerate(0, 6 * 2048 - 300, 2048); /* 5.9 g */
    drive_for_ms(100, 5000, 0);
    EQUAL(host.throttle_us, 1750);
    EQUAL(bridge.safety.state, STATE_ARMED);
    accelerate(-6 * 2048, 0, 2048);
    drive(5000, 0);
    pass_ms(10); /* one sample */
    accelerate(0, 0, 2048);
    EQUAL(host.throttle_us, 1500);
    EQUAL(bridge.safety.state, STATE_FAILSAFE);
    EQUAL(bridge.safety.cause, CAUSE_SHOCK);
    drive_for_ms(1000, 5000, 0);
    EQUAL(host.throttle_us, 1500);
    get_armed();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
}

static void a_blow_to_a_disarmed_car_is_nothing(void) {
    with_gyro();
    accelerate(INT16_MAX, 0, 2048);
    pass_ms(100);
    accelerate(0, 0, 2048);
    get_armed();
    EQUAL(arm_result(), ARM_RESULT_ARMED);
}

static void a_car_on_its_side_stops(void) {
    static const int16_t SIDES[][3] = {{0, 2048, 0}, {0, -1780, 1020}, {2048, 0, 0}, {0, 0, -2048}, {0, 0, INT16_MIN}};
    for (unsigned i = 0; i < sizeof SIDES / sizeof SIDES[0]; i++) {
        bool blow = SIDES[i][2] == INT16_MIN;
        armed_with_gyro();
        drive_for_ms(100, 5000, 0);
        accelerate(SIDES[i][0], SIDES[i][1], SIDES[i][2]);
        drive_for_ms(200, 5000, 0);
        EQUAL(bridge.safety.state, blow ? STATE_FAILSAFE : STATE_ARMED);
        drive_for_ms(140, 5000, 0);
        EQUAL(host.throttle_us, 1500);
        EQUAL(bridge.safety.cause, blow ? CAUSE_SHOCK : CAUSE_TILT);
        drive_for_ms(400, 0, 0);
        arm();
        EQUAL(arm_result(), ARM_RESULT_TILTED);
        accelerate(0, 0, 2048);
        drive_for_ms(40, 0, 0);
        arm();
        EQUAL(arm_result(), ARM_RESULT_ARMED);
    }
}

/* 1.5 g to the side lean by 56°. */
static void a_car_in_a_bend_drives_on(void) {
    armed_with_gyro();
    accelerate(0, 3072, 2048);
    drive_for_ms(2000, 5000, 0);
    EQUAL(bridge.safety.state, STATE_ARMED);
    for (int i = 0; i < 10; i++) { /* bumps */
        accelerate(0, 0, -100);
        drive_for_ms(200, 5000, 0);
        accelerate(0, 0, 2048);
        drive_for_ms(40, 5000, 0);
    }
    EQUAL(bridge.safety.state, STATE_ARMED);
}

const struct test HEALTH_TESTS[] = {
    {"a yaw rate at the end of its range is told", end_of_range},
    {"a yaw rate without noise is told, one with noise is not", same_to_the_last_bit},
    {"a chip that lost its power is told until it measures again", power_lost_for_a_moment},
    {"a chip that cannot be woken measures nothing", cannot_be_woken},
    {"a chip that reads as zeros sleeps", zeros_are_sleep},
    {"a chip that fails its self-test measures nothing, and is asked again", self_test},
    {"noise and mean of the yaw rate reach telemetry", noise_and_mean_while_standing},
    {"noise and mean of the yaw rate are known as soon as its bias is", noise_and_mean_come_with_the_bias},
    {"an encoder that is too fast is told", ticks_that_cannot_be},
    {"an encoder that ticks at neutral is told", ticks_that_nobody_asked_for},
    {"an encoder against the throttle is told", ticks_against_the_throttle},
    {"a battery that is lost is told", battery_that_was_there},
    {"accelerations reach telemetry", accelerations_reach_telemetry},
    {"a blow stops the car, latched", a_blow_stops_the_car},
    {"a blow to a disarmed car is nothing", a_blow_to_a_disarmed_car_is_nothing},
    {"a car on its side stops after 300 ms, and cannot be armed", a_car_on_its_side_stops},
    {"a car in a bend, or on bumps, drives on", a_car_in_a_bend_drives_on},
    {0},
};
