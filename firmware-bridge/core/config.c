#include "config.h"

/*
 * Full steering within 30 ms and full throttle within 50 ms: faster than servos and motors are, so that training does
 * not feel it.
 */
const config_t CONFIG_DEFAULT = {
    .session = 0,
    .steering_min = 1000,
    .steering_centre = 1500,
    .steering_max = 2000,
    .throttle_min = 1000,
    .throttle_neutral = 1500,
    .throttle_max = 2000,
    .steering_slew = 16000,
    .throttle_slew = 10000,
    .flags = 0,
};

#define SLEW_MIN 100u
#define KNOWN_FLAGS (CONFIG_STEERING_REVERSED | CONFIG_THROTTLE_REVERSED | CONFIG_HOLD_STEERING | CONFIG_RC_REQUIRED)

static bool ordered(uint16_t low, uint16_t middle, uint16_t high) {
    return PROTOCOL_PULSE_LOW_US <= low && low <= middle && middle <= high && high <= PROTOCOL_PULSE_HIGH_US;
}

bool config_valid(const config_t *config) {
    return ordered(config->steering_min, config->steering_centre, config->steering_max) &&
           ordered(config->throttle_min, config->throttle_neutral, config->throttle_max) &&
           config->throttle_neutral >= PROTOCOL_NEUTRAL_LOW_US &&
           config->throttle_neutral <= PROTOCOL_NEUTRAL_HIGH_US && config->steering_slew >= SLEW_MIN &&
           config->throttle_slew >= SLEW_MIN && (config->flags & ~KNOWN_FLAGS) == 0;
}
