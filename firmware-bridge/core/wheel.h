/* Wheel speed from the times of encoder ticks, which is finer than counting ticks at low speed. */
#ifndef WHEEL_H
#define WHEEL_H

#include <stdbool.h>
#include <stdint.h>

struct wheel {
    int32_t ticks;
    int32_t speed; /* [ticks/s / 1000] */
    uint32_t last_us; /* of the last tick that was used */
    uint8_t pause_ms; /* since the speed was last computed */
    bool moving;
};

void wheel_reset(struct wheel *wheel);

/* Every tick of the state machine. */
void wheel_tick(struct wheel *wheel, uint32_t now_us, uint8_t elapsed_ms);

#endif
