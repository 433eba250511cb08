/* Yaw rate from an InvenSense MPU-6050 or one of its register-compatible successors (6500, 9250) on the sensor bus. */
#ifndef GYRO_H
#define GYRO_H

#include <stdbool.h>
#include <stdint.h>

struct gyro {
    uint8_t step; /* of the set-up; then reading */
    uint8_t busy_ms; /* of the running transfer */
    uint16_t wait_ms; /* until the next transfer may begin */
    bool busy;
    uint8_t raw[2];

    uint8_t samples; /* of the bias so far; complete at 255 */
    int32_t sum;
    int16_t bias;

    bool valid;
    int16_t rate; /* [rad/s / 1000], about the upward axis */
    uint32_t angle; /* [rad / 1e6], wraps */
};

void gyro_reset(struct gyro *gyro);

/* Every tick of the state machine. */
void gyro_tick(struct gyro *gyro, uint8_t elapsed_ms);

#endif
