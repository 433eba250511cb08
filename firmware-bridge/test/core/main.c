/* core-test [name]: runs one test or all; `--list` prints their names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const struct test *const GROUPS[] = {FRAME_TESTS,  SAFETY_TESTS, RADIO_TESTS, OUTPUT_TESTS,
                                            SENSOR_TESTS, HEALTH_TESTS, LINK_TESTS};

static unsigned checks;

void check_equal(const char *what, long got, long want, const char *file, int line) {
    checks++;
    if (got == want)
        return;
    printf("%s:%d: %s is %ld, expected %ld\n", file, line, what, got, want);
    exit(1);
}

int main(int count, char **words) {
    const char *wanted = count > 1 ? words[1] : NULL;
    unsigned run = 0;
    for (unsigned i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
        for (const struct test *test = GROUPS[i]; test->name; test++) {
            if (wanted && strcmp(wanted, "--list") == 0) {
                printf("%s\n", test->name);
                continue;
            }
            if (wanted && strcmp(wanted, test->name) != 0)
                continue;
            test->run();
            run++;
        }
    if (wanted && strcmp(wanted, "--list") == 0)
        return 0;
    printf("%u tests, %u checks\n", run, checks);
    return run > 0 && checks > 0 ? 0 : 1;
}
