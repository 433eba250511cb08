/* A board without hardware: a test sets what the firmware reads and looks at what it did. */
#ifndef HOST_H
#define HOST_H

#include "../../core/board.h"
#include "chip.h"

struct host_board {
    uint32_t time_us;
    uint8_t received[4096];
    uint16_t received_in, received_out;
    uint8_t sent[4096];
    uint16_t sent_count;
    bool line_full; /* writes are refused */
    uint16_t uart_errors;
    uint16_t steering_us, throttle_us; /* last pulses set */
    uint8_t pulse_periods;
    struct board_wheel wheel;
    struct board_pulse rc[CHANNELS];
    uint16_t battery_mv;
    uint8_t reset_cause;
    uint16_t start_number;
    uint32_t feeds; /* of the watchdog */
    bool led;
    /* sensor on the bus */
    bool sensor; /* answers */
    bool bus_stuck; /* transfers never end */
    struct chip chip;
    uint8_t bus_writes; /* set-up registers written */
    uint8_t bus_resets;
};

extern struct host_board host;

void host_reset(void);

/* Lets the line bring these bytes; what does not fit is lost. */
void host_receive(const uint8_t *bytes, uint16_t count);

#endif
