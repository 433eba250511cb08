/* The radio: which channels can be believed, and what the mode switch says. */
#ifndef RC_H
#define RC_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"

enum rc_mode {
    RC_ABSENT, /* not all channels are valid and fresh */
    RC_AUTO,
    RC_STOP,
    RC_MANUAL,
};

struct rc {
    struct {
        uint16_t width_us; /* 0: invalid or old */
        uint8_t count;
        uint32_t last_us;
    } channels[CHANNELS];
    enum rc_mode mode; /* settled */
    enum rc_mode candidate;
    uint32_t candidate_us;
    /* throttle was seen at neutral since the radio came, so that a stuck stick cannot start the car */
    bool throttle_released;
};

void rc_reset(struct rc *rc);

/* Every tick. */
void rc_update(struct rc *rc, uint16_t throttle_neutral_us, uint32_t now_us);

#endif
