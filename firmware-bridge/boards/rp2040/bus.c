/* I²C master at 100 kHz: a whole transfer fits its FIFOs, so it runs by itself once they are filled. */
#include "../../core/board.h"
#include "parts.h"
#include "pins.h"
#include "registers.h"

#define COMMAND_READ (1u << 8)
#define COMMAND_STOP (1u << 9)
#define COMMAND_RESTART (1u << 10)
#define RAW_ABORTED (1u << 6)
#define RAW_STOPPED (1u << 9)
#define LONGEST 15u /* the FIFOs hold 16 */

static uint8_t *wanted;
static uint8_t wanted_count;
static enum board_bus state = BUS_DONE;

void bus_start(void) {
    CLEAR(RESETS_RESET) = RESET_I2C0;
    while (!(RESETS_DONE & RESET_I2C0))
        ;
    I2C0_ENABLE = 0;
    I2C0_CON = 1u << 6 | 1u << 5 | 1u << 1 | 1u; /* master only, restarts, standard speed */
    I2C0_SS_SCL_HCNT = 52;
    I2C0_SS_SCL_LCNT = 60;
    pin_function(PIN_SDA, FUNCTION_I2C, PAD_PULL_UP);
    pin_function(PIN_SCL, FUNCTION_I2C, PAD_PULL_UP);
}

static bool begin(uint8_t address, uint8_t reg) {
    if (state == BUS_BUSY)
        return false;
    I2C0_ENABLE = 0;
    I2C0_TAR = address;
    I2C0_ENABLE = 1;
    (void)I2C0_CLR_INTR;
    I2C0_DATA_CMD = reg;
    state = BUS_BUSY;
    return true;
}

bool board_bus_write(uint8_t address, uint8_t reg, uint8_t value) {
    if (!begin(address, reg))
        return false;
    wanted_count = 0;
    I2C0_DATA_CMD = COMMAND_STOP | value;
    return true;
}

bool board_bus_read(uint8_t address, uint8_t reg, uint8_t *bytes, uint8_t count) {
    if (count == 0 || count > LONGEST || !begin(address, reg))
        return false;
    wanted = bytes;
    wanted_count = count;
    for (uint8_t i = 0; i < count; i++)
        I2C0_DATA_CMD = COMMAND_READ | (i == 0 ? COMMAND_RESTART : 0) | (i + 1 == count ? COMMAND_STOP : 0);
    return true;
}

enum board_bus board_bus_poll(void) {
    if (state != BUS_BUSY)
        return state;
    uint32_t raw = I2C0_RAW_INTR_STAT;
    if (raw & RAW_ABORTED) {
        state = BUS_FAILED;
    } else if (raw & RAW_STOPPED && I2C0_RXFLR >= wanted_count) {
        for (uint8_t i = 0; i < wanted_count; i++)
            wanted[i] = (uint8_t)I2C0_DATA_CMD;
        state = BUS_DONE;
    }
    return state;
}

static void wait_us(uint32_t us) {
    for (uint32_t since = TIMER_TIMERAWL; TIMER_TIMERAWL - since <= us;)
        ;
}

/* A sensor that was cut off in the middle of a byte holds the data line: nine clocks free it. 110 µs. */
void board_bus_reset(void) {
    SET(RESETS_RESET) = RESET_I2C0;
    SIO_GPIO_OUT_CLR = 1u << PIN_SCL;
    pin_function(PIN_SCL, FUNCTION_SIO, PAD_PULL_UP);
    for (unsigned i = 0; i < 9; i++) {
        SIO_GPIO_OE_SET = 1u << PIN_SCL;
        wait_us(5);
        SIO_GPIO_OE_CLR = 1u << PIN_SCL;
        wait_us(5);
    }
    state = BUS_FAILED;
    bus_start();
}
