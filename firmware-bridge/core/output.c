#include "output.h"

#define FULL 10000
#define FINE 1000

void output_reset(struct output *output, const config_t *config) {
    output->steering = (int32_t)config->steering_centre * FINE;
    output->throttle = (int32_t)config->throttle_neutral * FINE;
}

static int32_t clamp(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

/* A command of -10000 to 10000 as a pulse [us]: two straight lines that meet at the trim. */
static int32_t pulse(int16_t command, bool reversed, uint16_t low, uint16_t middle, uint16_t high) {
    int32_t signed_command = reversed ? -(int32_t)command : command;
    int32_t span = signed_command >= 0 ? high - middle : middle - low;
    int32_t half = signed_command >= 0 ? FULL / 2 : -FULL / 2;
    return clamp(middle + (signed_command * span + half) / FULL, low, high);
}

static int32_t approach(int32_t now, int32_t target, int32_t most) {
    return now + clamp(target - now, -most, most);
}

/* Away from neutral with the slew limit; towards it at once, since stopping must not wait. */
static int32_t approach_throttle(int32_t now, int32_t target, int32_t neutral, int32_t most) {
    if (now > neutral)
        now = clamp(target, neutral, now);
    else
        now = clamp(target, now, neutral);
    return approach(now, target, most);
}

void output_tick(struct output *output, const struct safety *safety, const struct rc *rc, const config_t *config,
                 uint8_t elapsed_ms) {
    int32_t steering = config->steering_centre;
    int32_t throttle = config->throttle_neutral;
    switch (safety->state) {
    case STATE_ARMED:
        steering = pulse(safety->steering, (config->flags & CONFIG_STEERING_REVERSED) != 0, config->steering_min,
                         config->steering_centre, config->steering_max);
        throttle = pulse(safety->throttle, (config->flags & CONFIG_THROTTLE_REVERSED) != 0, config->throttle_min,
                         config->throttle_neutral, config->throttle_max);
        break;
    case STATE_MANUAL:
        /* the transmitter has its own trims and directions; the limits stay ours */
        steering = clamp(rc->channels[CHANNEL_STEERING].width_us, config->steering_min, config->steering_max);
        if (rc->throttle_released)
            throttle = clamp(rc->channels[CHANNEL_THROTTLE].width_us, config->throttle_min, config->throttle_max);
        break;
    case STATE_FAILSAFE:
        if (config->flags & CONFIG_HOLD_STEERING)
            steering = output_steering_us(output);
        break;
    case STATE_DISARMED:
        break;
    }
    output->steering = approach(output->steering, steering * FINE, (int32_t)config->steering_slew * elapsed_ms);
    output->throttle = approach_throttle(output->throttle, throttle * FINE, (int32_t)config->throttle_neutral * FINE,
                                         (int32_t)config->throttle_slew * elapsed_ms);
    /* the last gate before the pins: whatever happened above, and whichever limits held before */
    output->steering =
        clamp(output->steering, (int32_t)config->steering_min * FINE, (int32_t)config->steering_max * FINE);
    output->throttle =
        clamp(output->throttle, (int32_t)config->throttle_min * FINE, (int32_t)config->throttle_max * FINE);
}

uint16_t output_steering_us(const struct output *output) {
    return (uint16_t)(output->steering / FINE);
}

uint16_t output_throttle_us(const struct output *output) {
    return (uint16_t)(output->throttle / FINE);
}
