/* What each frame from the host does. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "bridge.h"

/* Carries out and answers the frame in the reader. */
void dispatch(struct bridge *bridge, uint32_t now_us);

#endif
