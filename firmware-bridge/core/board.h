/* What the core needs of a board. A port implements all of it and nothing else; none of it waits for anything. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

/*
 * Everything but the servo outputs, the watchdog last. The outputs are a port's first act after reset: neutral pulses
 * must come out before this is called.
 */
void board_start(void);

/* Which board this is. */
enum board board_kind(void);

/* RESET_* flags of the last start. */
uint8_t board_reset_cause(void);

/* A number that differs between starts as far as the board can make it: the first session is derived from it. */
uint16_t board_start_number(void);

/* Microseconds since the start, wrapping at 2^32. */
uint32_t board_time_us(void);

/* Called once per pass of the main loop, for ports that must move bytes by hand. */
void board_poll(void);

/* The next received byte, or -1. */
int16_t board_uart_read(void);

/* Queues all bytes, or none and returns false. */
bool board_uart_write(const uint8_t *bytes, uint8_t count);

/* Bytes lost or damaged since the start, wrapping. */
uint16_t board_uart_errors(void);

/* Widths of the next servo pulses [us]. */
void board_set_pulses(uint16_t steering_us, uint16_t throttle_us);

/* Counts the periods of the pulse generator, wrapping: the proof that pulses still come out. */
uint8_t board_pulse_periods(void);

/* Quadrature count since the start, and when it last changed. */
struct board_wheel {
    int32_t ticks;
    uint32_t last_us;
};
struct board_wheel board_read_wheel(void);

/* The last complete pulse of a radio channel. `count` changes with every pulse. */
enum board_channel { CHANNEL_STEERING, CHANNEL_THROTTLE, CHANNEL_MODE, CHANNELS };
struct board_pulse {
    uint16_t width_us;
    uint8_t count;
};
struct board_pulse board_read_rc(enum board_channel channel);

/* Supply of the car [mV]; 0 where it is not measured. */
uint16_t board_battery_mv(void);

/*
 * One transfer on the sensor bus at a time: `count` bytes to or from consecutive registers. False if the bus is not
 * free.
 */
enum board_bus { BUS_BUSY, BUS_DONE, BUS_FAILED };
bool board_bus_write(uint8_t address, uint8_t reg, uint8_t value);
bool board_bus_read(uint8_t address, uint8_t reg, uint8_t *bytes, uint8_t count);
enum board_bus board_bus_poll(void); /* how the last transfer went */
/* Gives a transfer up and makes the bus usable again. */
void board_bus_reset(void);

/* Restarts the countdown to a reset, PROTOCOL_WATCHDOG_MS long. */
void board_watchdog_feed(void);

void board_led(bool on);

#endif
