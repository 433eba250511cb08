/*
 * Who may drive the car. Neutral unless a host armed it and keeps sending valid drive frames, or a person drives by
 * radio.
 *
 *              arm                    no drive frame for 200 ms, required radio lost, shock, tilt
 *   DISARMED ───────▶ ARMED ─────────────────────────▶ FAILSAFE ──── arm ───▶ ARMED
 *      ▲                │ ▲                                │
 *      └─ disarm, hello, radio at stop ────────────────────┘
 *   any ── radio at manual ──▶ MANUAL ── radio at auto or stop ──▶ DISARMED;  MANUAL ── radio lost ──▶ FAILSAFE
 */
#ifndef SAFETY_H
#define SAFETY_H

#include <stdbool.h>
#include <stdint.h>

#include "accelerometer.h"
#include "config.h"
#include "rc.h"

struct safety {
    enum state state;
    enum cause cause;
    uint16_t failsafes;

    /* the last valid drive frame of this session */
    int16_t throttle;
    int16_t steering;
    uint32_t drive_us;
    bool fresh; /* that frame is younger than the timeout; cleared once, since an age wraps after 71 minutes */
    bool radio_known; /* it was received in this session: required from then on */
    uint16_t neutral_ms; /* for how long drive frames have been neutral, at most PROTOCOL_NEUTRAL_BEFORE_ARM_MS */
};

void safety_reset(struct safety *safety);

/* A valid drive frame in sequence: the only thing that keeps ARMED alive. */
void safety_drive(struct safety *safety, int16_t throttle, int16_t steering, uint32_t now_us);

enum arm_result safety_arm(struct safety *safety, const struct rc *rc, const struct accelerometer *accelerometer,
                           const config_t *config);

/* To neutral by order; the radio keeps what it drives. */
void safety_disarm(struct safety *safety, enum cause cause);

/* Forgets the last session: what it sent, and that it had a radio. */
void safety_forget(struct safety *safety);

/* Every tick; `elapsed_ms` since the last. */
void safety_tick(struct safety *safety, const struct rc *rc, const struct accelerometer *accelerometer,
                 const config_t *config, uint32_t now_us, uint8_t elapsed_ms);

#endif
