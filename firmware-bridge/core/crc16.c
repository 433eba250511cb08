#include "crc16.h"

/* Half a byte at a time: 32 bytes of table instead of 512, which matters on the smallest board. */
static const uint16_t TABLE[16] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
    0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
};

uint16_t crc16(uint16_t crc, const uint8_t *bytes, uint8_t count) {
    for (uint8_t i = 0; i < count; i++) {
        crc = (uint16_t)((uint16_t)(crc << 4) ^ TABLE[(crc >> 12) ^ (bytes[i] >> 4)]);
        crc = (uint16_t)((uint16_t)(crc << 4) ^ TABLE[(crc >> 12) ^ (bytes[i] & 0x0f)]);
    }
    return crc;
}
