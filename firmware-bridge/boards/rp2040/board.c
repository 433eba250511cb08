/* Clock, pulses, LED, watchdog, and the start of everything else. */
#include "../../core/board.h"
#include "parts.h"
#include "pins.h"
#include "registers.h"

/* Erratum RP2040-E1: the watchdog counts down twice per microsecond. */
#define WATCHDOG_COUNT (2u * PROTOCOL_WATCHDOG_US)
#define WATCHDOG_ENABLE (1u << 30)
#define SLICE 1u

static uint8_t pulse_periods;
static uint16_t start_number;

void pin_function(uint32_t pin, uint32_t function, uint32_t pad) {
    PAD(pin) = PAD_INPUT | PAD_SCHMITT | pad;
    IO_CTRL(pin) = function;
}

/*
 * Bits of the ring oscillator's phase, taken apart in time; and a count that survives the watchdog, in case they are
 * all alike.
 */
static uint16_t draw_start_number(void) {
    uint16_t number = 0;
    for (unsigned i = 0; i < 64; i++) {
        uint32_t since = TIMER_TIMERAWL;
        while (TIMER_TIMERAWL - since < 3)
            ;
        number = (uint16_t)((uint16_t)(number << 1 | number >> 15) ^ (ROSC_RANDOMBIT & 1u));
    }
    WATCHDOG_SCRATCH0 = WATCHDOG_SCRATCH0 + 1u;
    return (uint16_t)(number + WATCHDOG_SCRATCH0);
}

void board_start(void) {
    start_number = draw_start_number();
    SIO_GPIO_OE_SET = 1u << PIN_LED;
    pin_function(PIN_LED, FUNCTION_SIO, 0);
    uart_start();
    inputs_start();
    battery_start();
    bus_start();
    WATCHDOG_CTRL = 0;
    PSM_WDSEL = PSM_ALL;
    WATCHDOG_SCRATCH4 = 0; /* the boot ROM starts normally after a watchdog reset */
    WATCHDOG_LOAD = WATCHDOG_COUNT;
    WATCHDOG_CTRL = WATCHDOG_ENABLE;
}

enum board board_kind(void) {
    return BOARD_RP2040;
}

/* The chip cannot tell power-on from brown-out: both are reported as power-on. */
uint8_t board_reset_cause(void) {
    if (WATCHDOG_REASON & 3u)
        return RESET_WATCHDOG;
    return CHIP_RESET & 1u << 16 ? RESET_EXTERNAL : RESET_POWER_ON;
}

uint16_t board_start_number(void) {
    return start_number;
}

uint32_t board_time_us(void) {
    return TIMER_TIMERAWL;
}

void board_poll(void) {
    uart_poll();
    pulses_poll();
    battery_poll();
}

/* Both widths in one register that takes effect with the next pulse. */
void board_set_pulses(uint16_t steering_us, uint16_t throttle_us) {
    PWM1_CC = (uint32_t)throttle_us << 16 | steering_us;
}

void pulses_poll(void) {
    if (!(PWM_INTR & 1u << SLICE))
        return;
    PWM_INTR = 1u << SLICE;
    pulse_periods++;
}

uint8_t board_pulse_periods(void) {
    return pulse_periods;
}

void board_watchdog_feed(void) {
    WATCHDOG_LOAD = WATCHDOG_COUNT;
}

void board_led(bool on) {
    if (on)
        SIO_GPIO_OUT_SET = 1u << PIN_LED;
    else
        SIO_GPIO_OUT_CLR = 1u << PIN_LED;
}
