/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff, no reflection; of "123456789" it is 0x29b1. */
#ifndef CRC16_H
#define CRC16_H

#include <stdint.h>

#define CRC16_START 0xffffu

uint16_t crc16(uint16_t crc, const uint8_t *bytes, uint8_t count);

#endif
