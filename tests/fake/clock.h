/* tests/fake/clock.h - moves the wall clock forward, so that a test need not wait for due dates, or
 * stops it, so that times are the same in each run. Needs -Wl,--wrap=clock_wall_ms at link time. */
#ifndef TESTS_FAKE_CLOCK_H
#define TESTS_FAKE_CLOCK_H

#include <stdint.h>

void fake_clock_forward(int64_t ms);
void fake_clock_stop(int64_t ms); /* at that time, plus what it was moved forward */

#endif
