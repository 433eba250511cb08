/* The parts of this port, started by board_start. */
#ifndef PARTS_H
#define PARTS_H

#include <stdint.h>

void clock_start(void);
void uart_start(void);
void pulses_start(void);
void inputs_start(void);
void battery_start(void);
void bus_start(void);

/* board_time_us for interrupt routines: interrupts are off. */
uint32_t clock_us_in_interrupt(void);

/* Called once per pass of the main loop. */
void battery_poll(void);
void bus_poll(void);

#endif
