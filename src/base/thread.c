/* base/thread.c - threads that nobody waits for */
#include "base.h"

bool thread_start(void *(*run)(void *data), void *data, size_t stack_size)
{
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, stack_size);
	bool good = pthread_create(&thread, &attributes, run, data) == 0;
	pthread_attr_destroy(&attributes);
	return good;
}
