#include "rc.h"

void rc_reset(struct rc *rc) {
    for (uint8_t i = 0; i < CHANNELS; i++) {
        rc->channels[i].width_us = 0;
        rc->channels[i].count = board_read_rc((enum board_channel)i).count;
        rc->channels[i].last_us = 0;
    }
    rc->mode = RC_ABSENT;
    rc->candidate = RC_ABSENT;
    rc->candidate_us = 0;
    rc->throttle_released = false;
}

static void read_channel(struct rc *rc, uint8_t i, uint32_t now_us) {
    struct board_pulse pulse = board_read_rc((enum board_channel)i);
    if (pulse.count != rc->channels[i].count) {
        rc->channels[i].count = pulse.count;
        /* an invalid pulse says nothing about the channel: the last valid one grows old instead */
        if (pulse.width_us >= PROTOCOL_RC_PULSE_LOW_US && pulse.width_us <= PROTOCOL_RC_PULSE_HIGH_US) {
            rc->channels[i].width_us = pulse.width_us;
            rc->channels[i].last_us = now_us;
        }
    }
    /* cleared, not computed from the age when asked: an age wraps after 71 minutes */
    if ((uint32_t)(now_us - rc->channels[i].last_us) >= PROTOCOL_RC_TIMEOUT_US)
        rc->channels[i].width_us = 0;
}

static enum rc_mode mode_now(const struct rc *rc) {
    for (uint8_t i = 0; i < CHANNELS; i++)
        if (rc->channels[i].width_us == 0)
            return RC_ABSENT;
    uint16_t width = rc->channels[CHANNEL_MODE].width_us;
    if (width < PROTOCOL_RC_AUTO_BELOW_US)
        return RC_AUTO;
    return width > PROTOCOL_RC_MANUAL_ABOVE_US ? RC_MANUAL : RC_STOP;
}

void rc_update(struct rc *rc, uint16_t throttle_neutral_us, uint32_t now_us) {
    for (uint8_t i = 0; i < CHANNELS; i++)
        read_channel(rc, i, now_us);

    enum rc_mode mode = mode_now(rc);
    if (mode != rc->candidate) {
        rc->candidate = mode;
        rc->candidate_us = now_us;
    }
    /* a lost radio and a stop count at once; all else must rest for a while, so that one odd pulse changes nothing */
    if (mode == RC_ABSENT || mode == RC_STOP || (uint32_t)(now_us - rc->candidate_us) >= PROTOCOL_RC_SETTLE_US)
        rc->mode = mode;

    if (mode == RC_ABSENT) {
        rc->throttle_released = false;
        return;
    }
    int16_t away = (int16_t)((int16_t)rc->channels[CHANNEL_THROTTLE].width_us - (int16_t)throttle_neutral_us);
    if (rc->mode != RC_ABSENT && away <= (int16_t)PROTOCOL_RC_NEUTRAL_BAND_US &&
        away >= -(int16_t)PROTOCOL_RC_NEUTRAL_BAND_US)
        rc->throttle_released = true;
}
