/* The accelerometer of the gyro's chip: blows, and a car that lies on its side. */
#ifndef ACCELEROMETER_H
#define ACCELEROMETER_H

#include <stdbool.h>
#include <stdint.h>

struct accelerometer {
    bool valid; /* a sample came lately */
    uint8_t age_ms;
    int16_t forward, left, up; /* [m/s² / 100] */

    bool shock; /* in a sample since the last tick */
    bool leaning; /* by more than 60°, in the last sample */
    uint16_t leaning_ms;
    bool tilted; /* leaning for PROTOCOL_TILT_AFTER_MS */
};

void accelerometer_reset(struct accelerometer *accelerometer);

/* Every tick; `sample` as the gyro reads it, or 0 if there is no new one. */
void accelerometer_tick(struct accelerometer *accelerometer, const uint8_t *sample, uint8_t elapsed_ms);

#endif
