#include "check.h"

static struct telemetry_frame telemetry(void) {
    struct telemetry_frame frame = {0};
    forget_sent();
    pass_ms(60);
    const uint8_t *payload = last_sent(FRAME_TELEMETRY);
    EQUAL(payload != 0, true);
    telemetry_frame_read(payload, &frame);
    return frame;
}

/* Turns the wheel: a tick every `period_us`, for `ms`. */
static void turn(uint32_t period_us, int32_t step, uint32_t ms) {
    uint32_t next = host.time_us + period_us;
    for (uint32_t i = 0; i < ms; i++) {
        for (; (int32_t)(next - host.time_us) <= 1000; next += period_us) {
            host.wheel.ticks += step;
            host.wheel.last_us = next;
        }
        pass_ms(1);
    }
}

static bool near(int32_t got, int32_t want, int32_t most) {
    return got - want <= most && want - got <= most;
}

static void speed_is_measured_from_tick_times(void) {
    begin((uint32_t)0 - 100000u); /* the clock wraps in between */
    turn(7000, 1, 300);
    EQUAL(near(bridge.wheel.speed, 142857, 10), true);
    turn(333, 1, 100);
    EQUAL(near(bridge.wheel.speed, 3003003, 10000), true);
    turn(5000, -1, 200);
    EQUAL(near(bridge.wheel.speed, -200000, 10), true);
    EQUAL(telemetry().wheel_ticks, bridge.wheel.ticks);
}

static void speed_falls_when_ticks_stay_away(void) {
    begin(0);
    turn(5000, 1, 200);
    EQUAL(near(bridge.wheel.speed, 200000, 10), true);
    pass_ms(100);
    EQUAL(bridge.wheel.speed <= 11000 && bridge.wheel.speed > 8000, true);
    pass_ms(500);
    EQUAL(bridge.wheel.speed, 0);
    /* the first tick after a standstill gives no speed yet */
    turn(5000, 1, 12);
    EQUAL(bridge.wheel.speed <= 200010, true);
}

static void odometry_wraps(void) {
    begin(0);
    host.wheel.ticks = INT32_MAX;
    wheel_reset(&bridge.wheel);
    host.wheel.ticks = INT32_MIN + 9; /* 10 ticks on */
    host.wheel.last_us = host.time_us;
    pass_ms(20);
    host.wheel.ticks += 10;
    host.wheel.last_us += 20000;
    pass_ms(10);
    EQUAL(bridge.wheel.speed, 500000);
}

static void gyro_measures_after_its_bias(void) {
    begin(0);
    host.sensor = true;
    host.chip.rate = 20;
    pass_ms(1000);
    EQUAL(host.bus_writes, 6);
    EQUAL(telemetry().sensors & SENSOR_GYRO, 0);
    pass_ms(2000);
    EQUAL(telemetry().sensors & SENSOR_GYRO, SENSOR_GYRO);
    EQUAL(bridge.gyro.rate, 0);
    host.chip.rate = 20 + 3280; /* 100 °/s */
    pass_ms(20);
    EQUAL(bridge.gyro.rate, 1745);
    uint32_t before = bridge.gyro.angle;
    pass_ms(1000);
    EQUAL(near((int32_t)(bridge.gyro.angle - before), 1745000, 2000), true);
    host.chip.rate = INT16_MIN;
    pass_ms(20);
    EQUAL(bridge.gyro.rate, -17436);
}

static void a_turning_car_has_no_bias(void) {
    begin(0);
    host.sensor = true;
    host.chip.rate = 300;
    pass_ms(5000);
    EQUAL(bridge.gyro.valid, false);
}

static void a_car_that_comes_to_rest_has_no_bias_yet(void) {
    begin(0);
    host.sensor = true;
    for (int16_t rate = 150; rate > 0; rate--) { /* 4.6 °/s, within 2.4 s */
        host.chip.rate = rate;
        pass_ms(16);
    }
    host.chip.rate = 0;
    pass_ms(3000);
    EQUAL(bridge.gyro.valid, true);
    EQUAL(bridge.gyro.bias <= 33, true); /* 1 °/s */
}

static void gyro_lost_and_found(void) {
    begin(0);
    host.sensor = true;
    pass_ms(3000);
    EQUAL(bridge.gyro.valid, true);
    host.bus_stuck = true;
    pass_ms(50);
    EQUAL(bridge.gyro.valid, false);
    EQUAL(bridge.gyro.rate, 0);
    EQUAL(host.bus_resets > 0, true);
    host.bus_stuck = false;
    pass_ms(4000);
    EQUAL(bridge.gyro.valid, true);
}

static void readings_reach_telemetry(void) {
    begin(0);
    host.battery_mv = 11100;
    host.reset_cause = RESET_BROWN_OUT;
    host.uart_errors = 7;
    radio(1111, 1500, 1000);
    pass_ms(200);
    struct telemetry_frame frame = telemetry();
    EQUAL(frame.battery, 11100);
    EQUAL(frame.sensors, SENSOR_BATTERY | SENSOR_RC);
    EQUAL(frame.reset_cause, RESET_BROWN_OUT);
    EQUAL(frame.uart_errors, 7);
    EQUAL(frame.rc_steering, 1111);
    EQUAL(frame.rc_mode, 1000);
    EQUAL(frame.steering_pulse, 1500);
    EQUAL(frame.throttle_pulse, 1500);
    EQUAL(frame.echo_age, UINT16_MAX);
}

const struct test SENSOR_TESTS[] = {
    {"wheel speed comes from the times of ticks", speed_is_measured_from_tick_times},
    {"wheel speed falls when ticks stay away", speed_falls_when_ticks_stay_away},
    {"odometry wraps", odometry_wraps},
    {"the gyro measures after it knows its bias", gyro_measures_after_its_bias},
    {"a turning car gives the gyro no bias", a_turning_car_has_no_bias},
    {"a car that comes to rest gives the gyro no bias before it stands", a_car_that_comes_to_rest_has_no_bias_yet},
    {"a gyro that is lost comes back", gyro_lost_and_found},
    {"readings reach telemetry", readings_reach_telemetry},
    {0},
};
