/*
 * An MPU-6050 as far as the firmware uses it: power, ranges, self-test, and samples with noise. For the host board, and
 * for the simulated microcontroller.
 */
#ifndef CHIP_H
#define CHIP_H

#include <stdbool.h>
#include <stdint.h>

struct chip {
    int16_t rate; /* about z, raw as at ±1000 °/s */
    int16_t acceleration[3]; /* raw as at ±16 g: 2048 is 1 g */
    bool frozen; /* the rate stays what it was, to the last bit */
    bool saturated; /* the rate is at the end of its range */
    bool faulty; /* does not answer its self-test */
    bool sleeper; /* cannot be woken */

    uint8_t power, gyro_range;
    int32_t held; /* rate of the last sample */
    uint32_t noise;
    uint8_t sample[14];
};

/* As at power on: asleep, upright, at rest. */
void chip_reset(struct chip *chip);

/* It lost its power for a moment. */
void chip_sleep(struct chip *chip);

uint8_t chip_read(struct chip *chip, uint8_t reg);
void chip_write(struct chip *chip, uint8_t reg, uint8_t value);

#endif
