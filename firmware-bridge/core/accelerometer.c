#include "accelerometer.h"

#include "protocol.h"

#define PER_G 2048ul /* raw, at ±16 g */
#define SHOCK_SQUARE (PROTOCOL_SHOCK * PER_G * PROTOCOL_SHOCK * PER_G)
#define LOST_MS 50u

void accelerometer_reset(struct accelerometer *accelerometer) {
    *accelerometer = (struct accelerometer){.age_ms = LOST_MS};
}

static int16_t axis(const uint8_t *bytes) {
    return (int16_t)((uint16_t)bytes[0] << 8 | bytes[1]);
}

/* To m/s² / 100: 980.665 / 2048 = 31381 / 2^16. */
static int16_t centimetres(int16_t raw) {
    return (int16_t)((int32_t)raw * 31381 / 65536);
}

static uint32_t square(int16_t raw) {
    uint32_t size = raw < 0 ? (uint32_t)0 - (uint32_t)(int32_t)raw : (uint32_t)raw;
    return size * size;
}

static void take(struct accelerometer *accelerometer, const uint8_t *sample) {
    int16_t forward = axis(sample), left = axis(sample + 2), up = axis(sample + 4);
    uint32_t size = square(forward) + square(left) + square(up);
    accelerometer->valid = true;
    accelerometer->age_ms = 0;
    accelerometer->forward = centimetres(forward);
    accelerometer->left = centimetres(left);
    accelerometer->up = centimetres(up);
    accelerometer->shock = size > SHOCK_SQUARE;
    /* cos 60° = 1/2; four times the square fits, as `up` is positive */
    accelerometer->leaning = up <= 0 || 4u * square(up) < size;
}

void accelerometer_tick(struct accelerometer *accelerometer, const uint8_t *sample, uint8_t elapsed_ms) {
    accelerometer->shock = false;
    uint16_t age = (uint16_t)(accelerometer->age_ms + elapsed_ms);
    accelerometer->age_ms = (uint8_t)(age < LOST_MS ? age : LOST_MS);
    if (sample)
        take(accelerometer, sample);
    else if (accelerometer->age_ms == LOST_MS)
        accelerometer_reset(accelerometer);
    if (!accelerometer->leaning)
        accelerometer->leaning_ms = 0;
    else if (accelerometer->leaning_ms < PROTOCOL_TILT_AFTER_MS)
        accelerometer->leaning_ms = (uint16_t)(accelerometer->leaning_ms + elapsed_ms);
    accelerometer->tilted = accelerometer->leaning_ms >= PROTOCOL_TILT_AFTER_MS;
}
