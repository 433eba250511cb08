#include "safety.h"

void safety_reset(struct safety *safety) {
    safety->state = STATE_DISARMED;
    safety->cause = CAUSE_BOOT;
    safety->failsafes = 0;
    safety_forget(safety);
}

void safety_forget(struct safety *safety) {
    safety->throttle = 0;
    safety->steering = 0;
    safety->drive_us = 0;
    safety->fresh = false;
    safety->radio_known = false;
    safety->neutral_ms = 0;
}

void safety_drive(struct safety *safety, int16_t throttle, int16_t steering, uint32_t now_us) {
    safety->throttle = throttle;
    safety->steering = steering;
    safety->drive_us = now_us;
    safety->fresh = true;
    if (throttle != 0)
        safety->neutral_ms = 0;
}

static bool lacks_radio(const struct safety *safety, const struct rc *rc, const config_t *config) {
    return rc->mode == RC_ABSENT && (safety->radio_known || (config->flags & CONFIG_RC_REQUIRED));
}

enum arm_result safety_arm(struct safety *safety, const struct rc *rc, const struct accelerometer *accelerometer,
                           const config_t *config) {
    if (safety->state == STATE_ARMED)
        return ARM_RESULT_ARMED;
    if (lacks_radio(safety, rc, config))
        return ARM_RESULT_RC_LOST;
    if (safety->state == STATE_MANUAL || (rc->mode != RC_ABSENT && rc->mode != RC_AUTO))
        return ARM_RESULT_RC_NOT_AUTO;
    if (accelerometer->tilted)
        return ARM_RESULT_TILTED;
    if (!safety->fresh)
        return ARM_RESULT_STALE_LINK;
    if (safety->throttle != 0)
        return ARM_RESULT_NOT_NEUTRAL;
    if (safety->neutral_ms < PROTOCOL_NEUTRAL_BEFORE_ARM_MS)
        return ARM_RESULT_NEUTRAL_TOO_SHORT;
    safety->state = STATE_ARMED;
    return ARM_RESULT_ARMED;
}

static void stop(struct safety *safety, enum state state, enum cause cause) {
    safety->state = state;
    safety->cause = cause;
    safety->neutral_ms = 0; /* arming again takes its time again */
}

void safety_disarm(struct safety *safety, enum cause cause) {
    if (safety->state != STATE_MANUAL)
        stop(safety, STATE_DISARMED, cause);
}

static void fail(struct safety *safety, enum cause cause) {
    stop(safety, STATE_FAILSAFE, cause);
    safety->failsafes++;
}

void safety_tick(struct safety *safety, const struct rc *rc, const struct accelerometer *accelerometer,
                 const config_t *config, uint32_t now_us, uint8_t elapsed_ms) {
    if (rc->mode != RC_ABSENT)
        safety->radio_known = true;
    if (safety->fresh && (uint32_t)(now_us - safety->drive_us) >= PROTOCOL_COMMAND_TIMEOUT_US)
        safety->fresh = false;
    if (!safety->fresh)
        safety->neutral_ms = 0;
    else if (safety->throttle == 0) {
        safety->neutral_ms = (uint16_t)(safety->neutral_ms + elapsed_ms);
        if (safety->neutral_ms > PROTOCOL_NEUTRAL_BEFORE_ARM_MS)
            safety->neutral_ms = PROTOCOL_NEUTRAL_BEFORE_ARM_MS;
    }

    switch (safety->state) {
    case STATE_MANUAL:
        if (rc->mode == RC_ABSENT)
            fail(safety, CAUSE_RC_LOST);
        else if (rc->mode == RC_AUTO)
            stop(safety, STATE_DISARMED, CAUSE_RC_MANUAL);
        else if (rc->mode == RC_STOP)
            stop(safety, STATE_DISARMED, CAUSE_RC_STOP);
        return;
    case STATE_ARMED:
        if (!safety->fresh)
            fail(safety, CAUSE_COMMAND_TIMEOUT);
        else if (lacks_radio(safety, rc, config))
            fail(safety, CAUSE_RC_LOST);
        else if (accelerometer->shock)
            fail(safety, CAUSE_SHOCK);
        else if (accelerometer->tilted)
            fail(safety, CAUSE_TILT);
        else if (rc->mode == RC_STOP)
            stop(safety, STATE_DISARMED, CAUSE_RC_STOP);
        break;
    case STATE_DISARMED:
    case STATE_FAILSAFE:
        break;
    }
    if (rc->mode == RC_MANUAL)
        stop(safety, STATE_MANUAL, CAUSE_RC_MANUAL);
}
