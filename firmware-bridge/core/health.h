/* Which sensor cannot be believed: HEALTH_* flags for the host. */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "gyro.h"
#include "output.h"
#include "safety.h"
#include "wheel.h"

struct health {
    uint8_t flags; /* seen within the last second */
    uint16_t quiet_ms; /* since one was seen */
    uint16_t fast_ms, unasked_ms, backwards_ms; /* how long the encoder has been implausible */
    uint16_t battery_ms; /* how long the battery has been there, as far as that matters */
    uint16_t absent_ms; /* and is not since then */
};

void health_reset(struct health *health);

/* Every tick. */
void health_tick(struct health *health, const struct gyro *gyro, const struct wheel *wheel,
                 const struct safety *safety, const struct output *output, const config_t *config,
                 uint16_t battery_mv, uint8_t elapsed_ms);

#endif
