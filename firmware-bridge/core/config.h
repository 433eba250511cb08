/* Trim, direction and limits of the outputs: defaults, and what a host may set for its session. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>

#include "protocol.h"

/* The fields of a configure frame; `session` is not used. */
typedef struct configure_frame config_t;

extern const config_t CONFIG_DEFAULT;

/* Whether the pulses lie in order and within limits, so that no host can make neutral mean driving. */
bool config_valid(const config_t *config);

#endif
