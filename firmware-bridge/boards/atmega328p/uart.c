/* USART0, 8N1, both ways through rings that interrupts empty and fill. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "../../core/board.h"
#include "parts.h"

#define RING 128u /* a power of 2; 5 ms of line */
#define NEXT(at) (uint8_t)(((at) + 1u) & (RING - 1u))

static uint8_t received[RING];
static volatile uint8_t received_in, received_out;
static uint8_t sending[RING];
static volatile uint8_t sending_in, sending_out;
static volatile uint16_t errors;

void uart_start(void) {
    /* speed doubled: 250000 baud is exact at 16 MHz. Simulators want mode and format before the divider. */
    UCSR0A = _BV(U2X0);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UBRR0 = F_CPU / 8u / PROTOCOL_BAUD - 1u;
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

ISR(USART_RX_vect) {
    uint8_t status = UCSR0A;
    uint8_t byte = UDR0;
    uint8_t next = NEXT(received_in);
    if (status & (_BV(FE0) | _BV(DOR0)))
        errors++;
    if (status & _BV(FE0))
        return;
    if (next == received_out) {
        errors++;
        return;
    }
    received[received_in] = byte;
    received_in = next;
}

ISR(USART_UDRE_vect) {
    UDR0 = sending[sending_out];
    sending_out = NEXT(sending_out);
    if (sending_out == sending_in)
        UCSR0B = (uint8_t)(UCSR0B & ~_BV(UDRIE0));
}

int16_t board_uart_read(void) {
    if (received_out == received_in)
        return -1;
    uint8_t byte = received[received_out];
    received_out = NEXT(received_out);
    return byte;
}

bool board_uart_write(const uint8_t *bytes, uint8_t count) {
    uint8_t free = (uint8_t)(sending_out - sending_in - 1) & (RING - 1u);
    if (count > free)
        return false;
    uint8_t in = sending_in;
    for (uint8_t i = 0; i < count; i++) {
        sending[in] = bytes[i];
        in = NEXT(in);
    }
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        sending_in = in;
        UCSR0B |= _BV(UDRIE0);
    }
    return true;
}

uint16_t board_uart_errors(void) {
    uint16_t copy;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        copy = errors;
    }
    return copy;
}
