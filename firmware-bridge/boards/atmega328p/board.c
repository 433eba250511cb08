/* Clock, pulses, LED, watchdog, and the start of everything else. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#include "../../core/board.h"
#include "parts.h"
#include "pins.h"

static volatile uint32_t clock_overflows; /* of timer 0: 256 steps of 4 µs */
static volatile uint8_t pulse_periods;

void board_start(void) {
    clock_start();
    pulses_start();
    uart_start();
    inputs_start();
    battery_start();
    bus_start();
    sei();
    wdt_enable(WDTO_120MS);
}

void clock_start(void) {
    TCCR0B = _BV(CS01) | _BV(CS00);
    TIMSK0 = _BV(TOIE0);
}

ISR(TIMER0_OVF_vect) {
    clock_overflows++;
}

uint32_t clock_us_in_interrupt(void) {
    uint32_t overflows = clock_overflows;
    uint8_t count = TCNT0;
    /* it overflowed, and its interrupt has not run yet */
    if ((TIFR0 & _BV(TOV0)) && count < 255)
        overflows++;
    return (overflows << 8 | count) << 2;
}

uint32_t board_time_us(void) {
    uint32_t now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        now = clock_us_in_interrupt();
    }
    return now;
}

/* The timer itself runs since start.c. */
void pulses_start(void) {
    TIMSK1 = _BV(TOIE1);
}

ISR(TIMER1_OVF_vect) {
    pulse_periods++;
}

/* The compare registers are double-buffered: a pulse that has begun keeps its width. */
void board_set_pulses(uint16_t steering_us, uint16_t throttle_us) {
    OCR1A = (uint16_t)(steering_us * 2u - 1u);
    OCR1B = (uint16_t)(throttle_us * 2u - 1u);
}

uint8_t board_pulse_periods(void) {
    return pulse_periods;
}

void board_watchdog_feed(void) {
    wdt_reset();
}

void board_led(bool on) {
    if (on)
        PORTB |= _BV(PIN_LED);
    else
        PORTB = (uint8_t)(PORTB & ~_BV(PIN_LED));
}

enum board board_kind(void) {
    return BOARD_ATMEGA328P;
}

void board_poll(void) {
    battery_poll();
    bus_poll();
}
