/* The parts of this port. */
#ifndef PARTS_H
#define PARTS_H

#include <stdint.h>

/* Called once by board_start. */
void uart_start(void);
void inputs_start(void);
void battery_start(void);
void bus_start(void);

/* Called once per pass of the main loop. */
void uart_poll(void);
void pulses_poll(void);
void battery_poll(void);

void pin_function(uint32_t pin, uint32_t function, uint32_t pad);

#endif
