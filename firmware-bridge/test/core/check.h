/* The smallest test driver that names what failed, and a host that talks to the core. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bridge.h"
#include "../../boards/host/host.h"

struct test {
    const char *name;
    void (*run)(void);
};

/* Fails the test that runs, unless `got` is `want`. */
#define EQUAL(got, want) check_equal(#got, (long)(got), (long)(want), __FILE__, __LINE__)
void check_equal(const char *what, long got, long want, const char *file, int line);

extern const struct test FRAME_TESTS[], SAFETY_TESTS[], RADIO_TESTS[], OUTPUT_TESTS[], SENSOR_TESTS[], HEALTH_TESTS[],
    LINK_TESTS[];

/* The firmware under test, started by `begin` at this time. */
extern struct bridge bridge;
void begin(uint32_t time_us);

/* Lets time pass, in steps of 250 µs, with servo periods and radio pulses as set. */
void pass_ms(uint32_t ms);
void radio(uint16_t steering_us, uint16_t throttle_us, uint16_t mode_us);

/* Frames from the host; `at` counts up by itself. */
extern uint8_t at;
void send_raw(uint8_t type, uint8_t sequence, const uint8_t *payload, uint8_t size);
void hello(uint32_t nonce);
void drive(int16_t throttle, int16_t steering);
void arm(void);
void disarm(void);
void configure(config_t config);

/* Drives neutral for 400 ms and arms. */
void get_armed(void);
/* Drives the same every 20 ms. */
void drive_for_ms(uint32_t ms, int16_t throttle, int16_t steering);

/* The last frame of this type among those sent since `forget_sent`; 0 if there is none. */
const uint8_t *last_sent(uint8_t type);
void forget_sent(void);
uint8_t arm_result(void);

#endif
