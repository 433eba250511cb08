#include "frame.h"

#include "crc16.h"

void frame_reader_reset(struct frame_reader *reader) {
    reader->count = 0;
    reader->skipping = false;
}

/*
 * Decodes in place, which works because the result is never ahead of what is read; the length, or 0 if the bytes are
 * not COBS.
 */
static uint8_t cobs_decode(uint8_t *bytes, uint8_t count) {
    uint8_t to = 0;
    uint8_t from = 0;
    while (from < count) {
        uint8_t code = bytes[from++];
        uint8_t end = (uint8_t)(from + code - 1);
        if (code == 0 || end > count || end < from)
            return 0;
        while (from < end)
            bytes[to++] = bytes[from++];
        if (from < count)
            bytes[to++] = 0;
    }
    return to;
}

static enum frame_result finish(struct frame_reader *reader) {
    uint8_t count = reader->count;
    bool skipped = reader->skipping;
    frame_reader_reset(reader);
    if (skipped)
        return FRAME_BAD_FRAMING;
    if (count == 0)
        return FRAME_NONE; /* a delimiter more than needed is no error: hosts send one to flush a line */
    count = cobs_decode(reader->bytes, count);
    if (count < FRAME_HEAD + FRAME_TAIL)
        return FRAME_BAD_FRAMING;
    uint8_t covered = (uint8_t)(count - FRAME_TAIL);
    if (crc16(CRC16_START, reader->bytes, covered) != wire_get_u16(reader->bytes + covered))
        return FRAME_BAD_CHECKSUM;
    reader->type = reader->bytes[0];
    reader->sequence = reader->bytes[1];
    reader->payload = reader->bytes + FRAME_HEAD;
    reader->size = (uint8_t)(covered - FRAME_HEAD);
    return FRAME_COMPLETE;
}

enum frame_result frame_read(struct frame_reader *reader, uint8_t byte, uint32_t now_us) {
    reader->last_us = now_us;
    if (byte == 0)
        return finish(reader);
    if (reader->count == sizeof reader->bytes)
        reader->skipping = true;
    else
        reader->bytes[reader->count++] = byte;
    return FRAME_NONE;
}

bool frame_timed_out(struct frame_reader *reader, uint32_t now_us) {
    if (reader->count == 0 || (uint32_t)(now_us - reader->last_us) < PROTOCOL_INTER_BYTE_TIMEOUT_US)
        return false;
    frame_reader_reset(reader);
    return true;
}

uint8_t frame_write(uint8_t *wire, uint8_t type, uint8_t sequence, uint8_t size) {
    uint8_t *frame = wire + 1; /* the first code byte comes before it */
    frame[0] = type;
    frame[1] = sequence;
    uint8_t covered = (uint8_t)(FRAME_HEAD + size);
    wire_put_u16(frame + covered, crc16(CRC16_START, frame, covered));
    uint8_t end = (uint8_t)(1u + covered + FRAME_TAIL);
    /* each zero, and the byte before the frame, becomes the distance to the next */
    uint8_t code_at = 0;
    for (uint8_t i = 1; i < end; i++) {
        if (wire[i] == 0) {
            wire[code_at] = (uint8_t)(i - code_at);
            code_at = i;
        }
    }
    wire[code_at] = (uint8_t)(end - code_at);
    wire[end] = 0;
    return (uint8_t)(end + 1u);
}
