/*
 * Frames on the wire: type, sequence, payload, CRC-16 of all before (little-endian), COBS-encoded, and a 0 behind.
 * COBS: Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999. A
 * frame is shorter than 254 bytes, so the encoding is exactly one byte longer.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

#define FRAME_HEAD 2u
#define FRAME_TAIL 2u
#define FRAME_MAX (FRAME_HEAD + PROTOCOL_MAX_PAYLOAD + FRAME_TAIL)
/* With COBS and the delimiter. */
#define FRAME_WIRE_MAX (FRAME_MAX + 2u)

enum frame_result {
    FRAME_NONE,     /* nothing complete yet */
    FRAME_COMPLETE, /* type, sequence, payload and size are filled */
    FRAME_BAD_FRAMING,
    FRAME_BAD_CHECKSUM,
};

struct frame_reader {
    uint8_t bytes[FRAME_MAX + 1u]; /* as received, COBS-encoded; decoded in place */
    uint8_t count;
    bool skipping; /* too long: skip to the delimiter */
    uint32_t last_us;

    uint8_t type;
    uint8_t sequence;
    const uint8_t *payload;
    uint8_t size;
};

void frame_reader_reset(struct frame_reader *reader);

/* Takes one byte received at `now_us`. */
enum frame_result frame_read(struct frame_reader *reader, uint8_t byte, uint32_t now_us);

/* Call often: throws a frame away that stays unfinished for PROTOCOL_INTER_BYTE_TIMEOUT_MS. True if it did. */
bool frame_timed_out(struct frame_reader *reader, uint32_t now_us);

/*
 * Encodes a frame whose payload already lies at wire + FRAME_PAYLOAD_AT; `wire` has FRAME_WIRE_MAX bytes. Returns the
 * number of bytes to send.
 */
#define FRAME_PAYLOAD_AT (1u + FRAME_HEAD)
uint8_t frame_write(uint8_t *wire, uint8_t type, uint8_t sequence, uint8_t size);

#endif
