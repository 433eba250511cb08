/* Frames to the host. */
#ifndef REPLY_H
#define REPLY_H

#include "bridge.h"

void reply_welcome(struct bridge *bridge, enum welcome_result result, uint32_t nonce);
void reply_arm(struct bridge *bridge, enum arm_result result);
void reply_configure(struct bridge *bridge, enum configure_result result);
void reply_pong(struct bridge *bridge, uint32_t time, uint32_t now_us);
void reply_telemetry(struct bridge *bridge, uint32_t now_us);

#endif
