/*
 * Yaw rate from an InvenSense MPU-6050 or one of its register-compatible successors (6500, 9250) on the sensor bus, and
 * what tells that it cannot be believed. Its accelerometer comes with the same samples: accelerometer.h.
 */
#ifndef GYRO_H
#define GYRO_H

#include <stdbool.h>
#include <stdint.h>

/* Accelerations x, y, z, temperature, rates x, y, z; each 16 bits, high byte first. */
#define GYRO_SAMPLE_SIZE 14u

struct gyro {
    uint8_t step; /* of the set-up; then reading */
    uint8_t busy_ms; /* of the running transfer */
    uint16_t wait_ms; /* until the next transfer may begin */
    bool busy;
    uint8_t sample[GYRO_SAMPLE_SIZE];
    uint8_t power; /* register, as it was read */
    uint8_t until_power; /* samples until it is read again */
    int16_t untested; /* rate before the self-test */

    uint8_t samples; /* of the bias so far; complete at 255 */
    int32_t sum;
    int16_t lowest, highest; /* among them [raw] */
    int16_t bias;

    /* mean and spread over windows of samples, complete ones and the one that grows [raw] */
    struct {
        uint8_t count;
        int32_t sum;
        int16_t low, high;
    } window;
    bool described;
    int16_t mean; /* [rad/s / 10000], without the bias */
    uint16_t spread; /* [rad/s / 10000] */

    int16_t last; /* raw */
    uint8_t same, full, zeros; /* samples in a row */
    uint8_t health; /* HEALTH_GYRO_* of now */

    bool valid;
    int16_t rate; /* [rad/s / 1000], about the upward axis */
    uint32_t angle; /* [rad / 1e6], wraps */
};

void gyro_reset(struct gyro *gyro);

/* Every tick of the state machine; true if there is a new sample. */
bool gyro_tick(struct gyro *gyro, uint8_t elapsed_ms);

#endif
