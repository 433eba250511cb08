/*
 * What must hold whatever the core is fed with, checked against what a test knows by itself: what was sent, and when.
 */
#ifndef LAWS_H
#define LAWS_H

#include "bridge.h"
#include "../../boards/host/host.h"

/* What may still move the car. */
struct known {
    bool raw; /* raw bytes were sent: any frame may have been among them */
    bool arm_sent; /* since the last silence */
    bool drive_sent;
    uint16_t drive_end; /* where in the received bytes the last drive frame, or raw byte, ends */
    uint32_t drive_us; /* when that was read at the latest */
    bool radio_seen;
    uint32_t radio_us; /* of the last radio pulse */
};
extern struct known known;

extern struct bridge bridge;
/* Sent so far. */
extern uint64_t frames;

/* Lets so much time pass, runs the main loop once, and checks. */
void pass(uint32_t us);

/* What was just received may be a drive frame that counts. */
void may_drive(void);

void check(void);
void broken(const char *law);
/* To standard error: what was reached. */
void report(void);

#endif
