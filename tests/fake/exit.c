/* tests/fake/exit.c - in a build that counts lines, a process that ends by _exit(2) or SIGUSR2, or
 * becomes another program, writes its counts first; the linker puts these in place of the real
 * calls */
#include <signal.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_execvp(const char *file, char *const argv[]);
int __wrap_execvp(const char *file, char *const argv[]);

/* Inside a practice machine the folder does not exist, and gcov would complain on the learner's
 * terminal. */
static void write_counts(void)
{
	if (access(COUNTS_FOLDER, W_OK) == 0)
		__gcov_dump();
}

_Noreturn void __wrap__exit(int status)
{
	write_counts();
	__real__exit(status);
}

int __wrap_execvp(const char *file, char *const argv[])
{
	write_counts();
	int result = __real_execvp(file, argv);
	__gcov_reset(); /* else what follows would not be counted */
	return result;
}

static void end_by_signal(int number)
{
	write_counts();
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

/* For processes that only a signal ends. */
__attribute__((constructor)) static void handle_end(void)
{
	(void)signal(SIGUSR2, end_by_signal);
}
