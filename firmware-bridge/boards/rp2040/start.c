/* From reset to main: pins low, then the crystal, then neutral pulses, then memory. */
#include <stdint.h>

#include "../../core/protocol.h"
#include "pins.h"
#include "registers.h"

extern uint32_t stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
int main(void);
void reset(void);
void on_pins(void);

/* Any fault, or an interrupt that nobody asked for: stand still; the watchdog restarts the board. */
static void halt(void) {
    for (;;)
        ;
}

typedef void (*vector)(void);
static const vector VECTORS[16 + IRQ_IO_BANK0 + 1] __attribute__((section(".vectors"), used)) = {
    [0] = (vector)(uintptr_t)stack_top,
    [1] = reset,
    [2] = halt,
    [3] = halt,
    [11] = halt,
    [14] = halt,
    [15] = halt,
    [16 + IRQ_IO_BANK0] = on_pins,
};

#define NEUTRAL_US ((PROTOCOL_NEUTRAL_LOW_US + PROTOCOL_NEUTRAL_HIGH_US) / 2u)
#define OUTPUTS (1u << PIN_STEERING | 1u << PIN_THROTTLE)

static void pins_low(void) {
    CLEAR(RESETS_RESET) = RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PWM | RESET_TIMER;
    while (~RESETS_DONE & (RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PWM | RESET_TIMER))
        ;
    SIO_GPIO_OUT_CLR = OUTPUTS;
    SIO_GPIO_OE_SET = OUTPUTS;
    IO_CTRL(PIN_STEERING) = FUNCTION_SIO;
    IO_CTRL(PIN_THROTTLE) = FUNCTION_SIO;
}

/*
 * 12 MHz from the crystal for everything: no PLL has to lock before the outputs are right. Without a crystal the pins
 * stay low.
 */
static void crystal(void) {
    XOSC_STARTUP = 47; /* 1 ms, in steps of 256 cycles */
    XOSC_CTRL = 0x00fabaa0u;
    while (!(XOSC_STATUS & 1u << 31))
        ;
    CLK_REF_CTRL = 2;
    while (!(CLK_REF_SELECTED & 1u << 2))
        ;
    CLK_SYS_CTRL = 0;
    while (!(CLK_SYS_SELECTED & 1u))
        ;
    CLK_PERI_CTRL = CLOCK_ENABLE;
    WATCHDOG_TICK = 1u << 9 | 12u; /* 1 µs for timer and watchdog */
}

static void neutral_pulses(void) {
    PWM1_CSR = 0;
    PWM1_DIV = 12u << 4; /* 1 µs */
    PWM1_TOP = PROTOCOL_PULSE_PERIOD_US - 1u;
    PWM1_CC = NEUTRAL_US << 16 | NEUTRAL_US;
    PWM1_CTR = PROTOCOL_PULSE_PERIOD_US - 2u; /* the first pulse begins at once and is whole */
    PWM1_CSR = 1;
    IO_CTRL(PIN_STEERING) = FUNCTION_PWM;
    IO_CTRL(PIN_THROTTLE) = FUNCTION_PWM;
}

void reset(void) {
    pins_low();
    crystal();
    neutral_pulses();
    for (uint32_t *to = data_start, *from = data_load; to < data_end;)
        *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    main();
}
