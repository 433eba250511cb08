/* I²C master at 100 kHz, moved on by polling: no interrupt can get stuck in it, and a dead sensor costs nothing. */
#include <avr/io.h>
#include <util/delay.h>
#include <util/twi.h>

#include "../../core/board.h"
#include "parts.h"
#include "pins.h"

#define GO (_BV(TWINT) | _BV(TWEN))

static struct {
    uint8_t address;
    uint8_t reg;
    uint8_t value;
    uint8_t *bytes; /* 0: a write of `value` */
    uint8_t count;
    uint8_t done;
    uint8_t sent; /* bytes after the address */
    enum board_bus state; /* busy while a transfer runs */
} transfer = {.state = BUS_DONE};

void bus_start(void) {
    PORTC |= _BV(PIN_SDA) | _BV(PIN_SCL); /* weak pull-ups; the sensor's board has the real ones */
    TWBR = (uint8_t)((F_CPU / 100000u - 16u) / 2u);
    TWCR = _BV(TWEN);
}

static bool begin(uint8_t address, uint8_t reg) {
    if (transfer.state == BUS_BUSY)
        return false;
    transfer.address = (uint8_t)(address << 1);
    transfer.reg = reg;
    transfer.done = 0;
    transfer.sent = 0;
    transfer.state = BUS_BUSY;
    TWCR = GO | _BV(TWSTA);
    return true;
}

bool board_bus_write(uint8_t address, uint8_t reg, uint8_t value) {
    if (!begin(address, reg))
        return false;
    transfer.value = value;
    transfer.bytes = 0;
    return true;
}

bool board_bus_read(uint8_t address, uint8_t reg, uint8_t *bytes, uint8_t count) {
    if (!begin(address, reg))
        return false;
    transfer.bytes = bytes;
    transfer.count = count;
    return true;
}

static void finish(enum board_bus result) {
    TWCR = GO | _BV(TWSTO);
    transfer.state = result;
}

static void send(uint8_t byte) {
    TWDR = byte;
    TWCR = GO;
}

/* The register, then the value or the turn to reading. */
static void send_next(void) {
    uint8_t sent = transfer.sent++;
    if (sent == 0)
        send(transfer.reg);
    else if (sent == 1 && transfer.bytes)
        TWCR = GO | _BV(TWSTA);
    else if (sent == 1)
        send(transfer.value);
    else
        finish(BUS_DONE);
}

/* Acknowledges every byte but the last, which ends the sensor's turn. */
static void receive_next(void) {
    TWCR = transfer.done + 1u < transfer.count ? GO | _BV(TWEA) : GO;
}

void bus_poll(void) {
    if (transfer.state != BUS_BUSY || !(TWCR & _BV(TWINT)))
        return;
    switch (TW_STATUS) {
    case TW_START:
        send(transfer.address | TW_WRITE);
        break;
    case TW_REP_START:
        send(transfer.address | TW_READ);
        break;
    case TW_MT_SLA_ACK:
    case TW_MT_DATA_ACK: /* simavr answers an address with this too, so the bytes are counted */
        send_next();
        break;
    case TW_MR_SLA_ACK:
        receive_next();
        break;
    case TW_MR_DATA_ACK:
        transfer.bytes[transfer.done++] = TWDR;
        receive_next();
        break;
    case TW_MR_DATA_NACK:
        transfer.bytes[transfer.done] = TWDR;
        finish(BUS_DONE);
        break;
    default:
        finish(BUS_FAILED);
        break;
    }
}

enum board_bus board_bus_poll(void) {
    return transfer.state;
}

/* A sensor that was cut off in the middle of a byte holds the data line: nine clocks free it. 90 µs. */
void board_bus_reset(void) {
    transfer.state = BUS_FAILED;
    TWCR = 0;
    PORTC = (uint8_t)(PORTC & ~_BV(PIN_SCL));
    for (uint8_t i = 0; i < 9; i++) {
        DDRC |= _BV(PIN_SCL);
        _delay_us(5);
        DDRC = (uint8_t)(DDRC & ~_BV(PIN_SCL));
        _delay_us(5);
    }
    bus_start();
}
