/* tests/fake/clock.h - days that go by at once: the wall clock of a program is put forward, for
 * what is due later. Linked with -Wl,--wrap=clock_wall_ms. */
#ifndef TESTS_FAKE_CLOCK_H
#define TESTS_FAKE_CLOCK_H

#include <stdint.h>

void fake_clock_forward(int64_t ms);

#endif
