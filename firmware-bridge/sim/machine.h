/* The simulated board behind lockstep.c. Same licence: GPL, version 3 or later. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct machine_pulse {
    int pin;
    double rise_us;
    double width_us;
};

bool machine_load(const char *elf);
double machine_now_us(void);

/* Lets time pass; false if the processor crashed. Afterwards the bytes sent and pulses ended in that time. */
bool machine_run(uint64_t us);
const uint8_t *machine_sent(unsigned *count);
const struct machine_pulse *machine_pulses(unsigned *count);

/* Bytes towards the firmware, one after the other at the speed of the line. */
void machine_feed(const uint8_t *bytes, unsigned count);
void machine_byte_cycles(unsigned cycles);

bool machine_poke(const char *symbol, uint32_t value);
/* The main loop goes into an endless loop, with or without interrupts. */
bool machine_hang(bool interrupts);

/* Inputs; they act while time passes. */
bool machine_radio(unsigned channel, unsigned width_us);
void machine_wheel(long tick_us);
void machine_battery(unsigned mv);
void machine_gyro(bool present, int16_t raw);
void machine_acceleration(int16_t forward, int16_t left, int16_t up);
bool machine_chip(const char *lie);

/* Between machine.c and inputs.c. */
struct avr_t;
void inputs_load(struct avr_t *avr);
/* Sets the pins for the present cycle; returns the cycle of the next change. */
uint64_t inputs_update(struct avr_t *avr);

#endif
