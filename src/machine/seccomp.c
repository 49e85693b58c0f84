/* machine/seccomp.c - forbids system calls to all processes in the machine: those that reach
 * beyond user namespaces or have often been a way out of them */
#include "private.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define TIOCLINUX_NUMBER 0x541C

static const int refused[] = {SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register), SCMP_SYS(userfaultfd), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	SCMP_SYS(reboot), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
	SCMP_SYS(clock_settime64), SCMP_SYS(stime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime),
	SCMP_SYS(clock_adjtime64), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(quotactl_fd),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(syslog), SCMP_SYS(iopl), SCMP_SYS(ioperm)};
/* Socket families that network namespaces do not separate. */
static const int families[] = {AF_VSOCK, AF_QIPCRTR, AF_BLUETOOTH};
/* System calls that programs can do without on kernels that lack them: keys, and the older
 * asynchronous I/O, whose limit is system-wide. */
static const int unknown[] = {
	SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(io_setup)};

static int add_rules(scmp_filter_ctx context)
{
	int bad = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
		bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
		bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), unknown[i], 0);
	for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
		bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
	/* Typing into a terminal from inside (TIOCSTI); the kernel compares 32 bits of the
	 * number. */
	bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, TIOCSTI));
	bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, TIOCLINUX_NUMBER));
	return bad;
}

bool machine_load_seccomp(struct error *err)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	int bad = context == NULL ? -1 : 0;
#ifdef __x86_64__
	/* apply the same rules to the other two system call interfaces */
	if (bad == 0)
		bad = seccomp_arch_add(context, SCMP_ARCH_X86) |
		      seccomp_arch_add(context, SCMP_ARCH_X32);
#endif
	/* no_new_privs would break sudo; root inside may load a filter without it */
	if (bad == 0)
		bad = seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0) | add_rules(context);
	if (bad == 0)
		bad = seccomp_load(context);
	if (context != NULL)
		seccomp_release(context);
	return bad == 0 || error_set(err, -bad, "cannot load the machine's system call filter");
}
