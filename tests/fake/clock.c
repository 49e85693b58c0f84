/* tests/fake/clock.c - moves the wall clock forward, or stops it */
#include "fake/clock.h"

#include "base.h"

static int64_t forward_ms, stopped_ms;

int64_t __real_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void);

int64_t __wrap_clock_wall_ms(void)
{
	return (stopped_ms > 0 ? stopped_ms : __real_clock_wall_ms()) + forward_ms;
}

void fake_clock_forward(int64_t ms)
{
	forward_ms += ms;
}

void fake_clock_stop(int64_t ms)
{
	stopped_ms = ms;
}
