/* From what is wanted to the pulses that come out: direction, trim, clamp and slew limit. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdint.h>

#include "config.h"
#include "rc.h"
#include "safety.h"

/* [us / 1000]: at 1 µs/s of slew and 1 ms of tick one unit is one step. */
struct output {
    int32_t steering;
    int32_t throttle;
};

/* Neutral at once, without slew. */
void output_reset(struct output *output, const config_t *config);

/* Every tick. */
void output_tick(struct output *output, const struct safety *safety, const struct rc *rc, const config_t *config,
                 uint8_t elapsed_ms);

/* The pulses [us]. */
uint16_t output_steering_us(const struct output *output);
uint16_t output_throttle_us(const struct output *output);

#endif
