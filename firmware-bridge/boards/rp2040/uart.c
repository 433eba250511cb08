/* UART0, 8N1. The hardware holds 32 bytes, 1.3 ms of line, which the main loop empties in every pass. */
#include "../../core/board.h"
#include "parts.h"
#include "pins.h"
#include "registers.h"

#define RING 256u
#define DR_FRAMING 0x100u
#define DR_BREAK 0x400u
#define DR_OVERRUN 0x800u
#define FR_RECEIVE_EMPTY 0x10u
#define FR_SEND_FULL 0x20u

static uint8_t sending[RING];
static uint8_t sending_in, sending_out; /* wrap with the ring */
static uint16_t errors;

void uart_start(void) {
    CLEAR(RESETS_RESET) = RESET_UART0;
    while (!(RESETS_DONE & RESET_UART0))
        ;
    UART0_IBRD = 12000000u / (16u * PROTOCOL_BAUD); /* 250000 baud is exact at 12 MHz */
    UART0_FBRD = 0;
    UART0_LCR_H = 3u << 5 | 1u << 4; /* 8 bits, FIFOs */
    UART0_CR = 1u << 9 | 1u << 8 | 1u;
    pin_function(PIN_TX, FUNCTION_UART, 0);
    pin_function(PIN_RX, FUNCTION_UART, PAD_PULL_UP);
}

int16_t board_uart_read(void) {
    while (!(UART0_FR & FR_RECEIVE_EMPTY)) {
        uint32_t data = UART0_DR;
        if (data & (DR_FRAMING | DR_BREAK | DR_OVERRUN))
            errors++;
        if (!(data & (DR_FRAMING | DR_BREAK)))
            return (int16_t)(data & 0xffu);
    }
    return -1;
}

bool board_uart_write(const uint8_t *bytes, uint8_t count) {
    uint8_t free = (uint8_t)(sending_out - sending_in - 1u);
    if (count > free)
        return false;
    for (uint8_t i = 0; i < count; i++)
        sending[sending_in++] = bytes[i];
    return true;
}

void uart_poll(void) {
    while (sending_in != sending_out && !(UART0_FR & FR_SEND_FULL))
        UART0_DR = sending[sending_out++];
}

uint16_t board_uart_errors(void) {
    return errors;
}
