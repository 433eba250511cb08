/*
 * From reset to main: neutral pulses first, then the cause of the reset and a number for this start, both before the C
 * runtime clears the memory they are taken from.
 */
#include <avr/io.h>
#include <avr/wdt.h>

#include "pins.h"
#include "../../core/board.h"

/* Not cleared at start: survives every reset that keeps the power. */
static uint16_t start_number __attribute__((section(".noinit")));
static uint8_t start_cause __attribute__((section(".noinit")));

#define NEUTRAL_US ((PROTOCOL_NEUTRAL_LOW_US + PROTOCOL_NEUTRAL_HIGH_US) / 2u)

static uint16_t hash_of_memory(void) {
    uint16_t hash = 0xffff;
    for (const uint8_t *byte = (const uint8_t *)RAMSTART; byte <= (const uint8_t *)RAMEND; byte++)
        hash = (uint16_t)((uint16_t)(hash << 5 | hash >> 11) ^ *byte);
    return hash;
}

/*
 * Runs in section .init3: the stack is set, variables are not. Not called by anyone, and never returns: it falls
 * through.
 */
void start_first(void) __attribute__((naked, used, section(".init3")));
void start_first(void) {
    uint8_t from_loader;
    __asm__ volatile("mov %0, r2" : "=r"(from_loader)); /* Optiboot clears MCUSR and leaves it in r2 */

    /*
     * pins low, then a 50 Hz timer with steps of 0.5 µs: mode 14, top in ICR1. A loader may have left the timer
     * running.
     */
    PORTB = 0;
    DDRB = _BV(PIN_STEERING) | _BV(PIN_THROTTLE) | _BV(PIN_LED);
    TCCR1B = 0;
    TCCR1A = 0;
    /* in the normal mode compare registers are not buffered: neutral holds before the first pulse */
    OCR1A = NEUTRAL_US * 2u - 1u;
    OCR1B = NEUTRAL_US * 2u - 1u;
    /* ICR1 takes a value only in a mode that uses it */
    TCCR1A = _BV(WGM11);
    TCCR1B = _BV(WGM13) | _BV(WGM12);
    ICR1 = PROTOCOL_PULSE_PERIOD_US * 2u - 1u;
    TCNT1 = PROTOCOL_PULSE_PERIOD_US * 2u - 2u; /* the first pulse begins at once and is whole */
    TCCR1A = _BV(COM1A1) | _BV(COM1B1) | _BV(WGM11);
    TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);

    start_cause = MCUSR != 0 ? MCUSR : from_loader;
    MCUSR = 0; /* the watchdog cannot be switched off while its flag is set */
    wdt_disable();
    /* without power the memory is as good as random; with power the last number is still there */
    if (start_cause & (_BV(PORF) | _BV(BORF)))
        start_number = hash_of_memory();
    else
        start_number++;
}

uint16_t board_start_number(void) {
    return start_number;
}

/* MCUSR has the flags in the order of the protocol. */
uint8_t board_reset_cause(void) {
    return start_cause & (RESET_POWER_ON | RESET_EXTERNAL | RESET_BROWN_OUT | RESET_WATCHDOG);
}
