/* tests/fake/clock.h - moves the wall clock forward, so that a test need not wait for due dates.
 * Needs -Wl,--wrap=clock_wall_ms at link time. */
#ifndef TESTS_FAKE_CLOCK_H
#define TESTS_FAKE_CLOCK_H

#include <stdint.h>

void fake_clock_forward(int64_t ms);

#endif
