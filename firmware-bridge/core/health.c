#include "health.h"

#define KEPT_MS 1000u
#define FAST_MS 50u
#define FORWARD 1000 /* command, of 10000 */
#define CREEP 2000 /* [ticks/s / 1000] */
#define BATTERY_MS 500u
#define ABSENT_MS 200u

void health_reset(struct health *health) {
    *health = (struct health){.quiet_ms = KEPT_MS};
}

/* For how long something has been seen, at most `most_ms`. */
static uint16_t lasting(bool seen, uint16_t before_ms, uint8_t elapsed_ms, uint16_t most_ms) {
    if (!seen)
        return 0;
    uint16_t now_ms = (uint16_t)(before_ms + elapsed_ms);
    return now_ms < most_ms ? now_ms : most_ms;
}

static uint8_t encoder(struct health *health, const struct wheel *wheel, const struct safety *safety, bool neutral,
                       uint8_t elapsed_ms) {
    bool armed = safety->state == STATE_ARMED;
    bool moves = wheel->speed > CREEP || wheel->speed < -CREEP;
    int32_t rate = wheel->speed / 1000;
    bool fast = rate > (int32_t)PROTOCOL_ENCODER_MOST || rate < -(int32_t)PROTOCOL_ENCODER_MOST;
    health->fast_ms = lasting(fast, health->fast_ms, elapsed_ms, FAST_MS);
    health->unasked_ms = lasting(armed && neutral && moves, health->unasked_ms, elapsed_ms, PROTOCOL_ROLLING_MOST_MS);
    health->backwards_ms = lasting(armed && safety->throttle > FORWARD && wheel->speed < -CREEP, health->backwards_ms,
                                   elapsed_ms, PROTOCOL_ENCODER_AFTER_MS);
    uint8_t flags = 0;
    if (health->fast_ms == FAST_MS)
        flags |= HEALTH_ENCODER_FAST;
    if (health->unasked_ms == PROTOCOL_ROLLING_MOST_MS)
        flags |= HEALTH_ENCODER_UNASKED;
    if (health->backwards_ms == PROTOCOL_ENCODER_AFTER_MS)
        flags |= HEALTH_ENCODER_BACKWARDS;
    return flags;
}

static uint8_t battery(struct health *health, uint16_t battery_mv, uint8_t elapsed_ms) {
    if (battery_mv != 0)
        health->battery_ms = lasting(true, health->battery_ms, elapsed_ms, BATTERY_MS);
    else if (health->battery_ms < BATTERY_MS)
        health->battery_ms = 0;
    bool lost = battery_mv == 0 && health->battery_ms == BATTERY_MS;
    health->absent_ms = lasting(lost, health->absent_ms, elapsed_ms, ABSENT_MS);
    return health->absent_ms == ABSENT_MS ? HEALTH_BATTERY_LOST : 0;
}

void health_tick(struct health *health, const struct gyro *gyro, const struct wheel *wheel,
                 const struct safety *safety, const struct output *output, const config_t *config,
                 uint16_t battery_mv, uint8_t elapsed_ms) {
    bool neutral = output_throttle_us(output) == config->throttle_neutral;
    uint8_t now = (uint8_t)(gyro->health | encoder(health, wheel, safety, neutral, elapsed_ms) |
                            battery(health, battery_mv, elapsed_ms));
    health->quiet_ms = lasting(now == 0, health->quiet_ms, elapsed_ms, KEPT_MS);
    if (health->quiet_ms == KEPT_MS)
        health->flags = 0;
    health->flags |= now;
}
