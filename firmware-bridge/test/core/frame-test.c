#include <string.h>

#include "check.h"
#include "crc16.h"
#include "vectors.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct frame_reader reader;

/* Reads bytes one by one; the last result that was not FRAME_NONE. */
static enum frame_result read_all(const uint8_t *bytes, unsigned count) {
    enum frame_result last = FRAME_NONE;
    for (unsigned i = 0; i < count; i++) {
        enum frame_result result = frame_read(&reader, bytes[i], 0);
        if (result != FRAME_NONE)
            last = result;
    }
    return last;
}

static void crc_check_value(void) {
    EQUAL(crc16(CRC16_START, (const uint8_t *)"123456789", 9), CRC_OF_123456789);
    EQUAL(crc16(CRC16_START, NULL, 0), 0xffff);
}

static void good_vectors_are_written(void) {
    for (unsigned i = 0; i < COUNT(GOOD); i++) {
        uint8_t wire[FRAME_WIRE_MAX];
        memcpy(wire + FRAME_PAYLOAD_AT, GOOD[i].payload, GOOD[i].size);
        EQUAL(frame_write(wire, GOOD[i].type, GOOD[i].sequence, GOOD[i].size), GOOD[i].count);
        EQUAL(memcmp(wire, GOOD[i].wire, GOOD[i].count), 0);
        EQUAL(GOOD[i].codec(GOOD[i].payload), true);
    }
}

static void good_vectors_are_read(void) {
    frame_reader_reset(&reader);
    for (unsigned i = 0; i < COUNT(GOOD); i++) {
        EQUAL(read_all(GOOD[i].wire, GOOD[i].count), FRAME_COMPLETE);
        EQUAL(reader.type, GOOD[i].type);
        EQUAL(reader.sequence, GOOD[i].sequence);
        EQUAL(reader.size, GOOD[i].size);
        EQUAL(memcmp(reader.payload, GOOD[i].payload, GOOD[i].size), 0);
    }
}

static void bad_vectors_are_refused(void) {
    frame_reader_reset(&reader);
    for (unsigned i = 0; i < COUNT(BAD); i++) {
        enum frame_result result = read_all(BAD[i].wire, BAD[i].count);
        if (strcmp(BAD[i].error, "checksum") == 0)
            EQUAL(result, FRAME_BAD_CHECKSUM);
        else if (strcmp(BAD[i].error, "framing") == 0)
            EQUAL(result, FRAME_BAD_FRAMING);
        else
            EQUAL(result == FRAME_BAD_FRAMING || result == FRAME_BAD_CHECKSUM, true);
        /* and the next frame is read again */
        EQUAL(read_all(GOOD[0].wire, GOOD[0].count), FRAME_COMPLETE);
    }
}

static void longest_frame_fits(void) {
    uint8_t wire[FRAME_WIRE_MAX];
    memset(wire, 0x11, sizeof wire);
    uint8_t count = frame_write(wire, 1, 2, PROTOCOL_MAX_PAYLOAD);
    EQUAL(count, FRAME_WIRE_MAX);
    frame_reader_reset(&reader);
    EQUAL(read_all(wire, count), FRAME_COMPLETE);
    EQUAL(reader.size, PROTOCOL_MAX_PAYLOAD);
}

static void delimiters_alone_are_no_error(void) {
    frame_reader_reset(&reader);
    EQUAL(read_all((const uint8_t[]){0, 0, 0}, 3), FRAME_NONE);
}

/* Cut off 3 µs before the clock wraps: the silence is measured across. */
static void unfinished_frame_times_out(void) {
    frame_reader_reset(&reader);
    EQUAL(frame_timed_out(&reader, 5), false);
    frame_read(&reader, 7, UINT32_MAX - 2);
    EQUAL(frame_timed_out(&reader, 9996), false);
    EQUAL(frame_timed_out(&reader, 9997), true);
    EQUAL(frame_timed_out(&reader, 20000), false);
    EQUAL(read_all(GOOD[1].wire, GOOD[1].count), FRAME_COMPLETE);
}

const struct test FRAME_TESTS[] = {
    {"CRC of the standard check string", crc_check_value},
    {"golden frames are written byte for byte", good_vectors_are_written},
    {"golden frames are read", good_vectors_are_read},
    {"golden malformed frames are refused, and the next one is read", bad_vectors_are_refused},
    {"the longest frame fits", longest_frame_fits},
    {"delimiters alone are no error", delimiters_alone_are_no_error},
    {"an unfinished frame is thrown away after 10 ms, also while the clock wraps", unfinished_frame_times_out},
    {0},
};
