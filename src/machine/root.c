/* machine/root.c - the machine's file system: programs of this system read-only, an /etc of its
 * own, empty /run, /tmp, /var and /home, or the workspaces as /home; nothing else from the
 * outside */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mount.h> /* after <sys/mount.h>, whose older releases do not expect it before */

#define STAGE "/tmp" /* where to build the new root; every system has it */
#define SMALL_TMPFS "16777216"
#define LARGE_TMPFS "268435456"

/* Paths from outside. Links to folders stay links inside. */
static const struct source {
	const char *path;
	bool writable, device;
} listed[] = {
	{"/usr", false, false},
	{"/bin", false, false},
	{"/sbin", false, false},
	{"/lib", false, false},
	{"/lib64", false, false},
	{"/lib32", false, false},
	{"/etc/alternatives", false, false},
	{"/etc/ssl", false, false},
	{"/etc/ca-certificates", false, false},
	{"/etc/pki", false, false},
	{"/etc/protocols", false, false},
	{"/etc/services", false, false},
	{"/etc/ld.so.cache", false, false},
	{"/etc/ld.so.conf", false, false},
	{"/etc/ld.so.conf.d", false, false},
	{"/etc/localtime", false, false},
	{"/etc/terminfo", false, false},
	{"/etc/mime.types", false, false},
	{"/dev/null", true, true},
	{"/dev/zero", true, true},
	{"/dev/full", true, true},
	{"/dev/random", true, true},
	{"/dev/urandom", true, true},
	{"/dev/tty", true, true},
	{"/dev/fuse", true, true},
	{"/dev/net/tun", true, true},
};

struct root_sources {
	int fds[ARRAY_LENGTH(listed)]; /* -1: missing, or a link */
	char *links[ARRAY_LENGTH(listed)];
	int home, groups, system; /* -1: not needed */
};

/* ---- mount trees: system calls that not every C library has ---- */

static int copy_tree(int fd, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, fd, path, flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static bool set_attributes(
	int fd, const char *path, unsigned flags, const struct mount_attr *attributes)
{
	return syscall(SYS_mount_setattr, fd, path, flags | AT_RECURSIVE, attributes,
		       sizeof *attributes) == 0;
}

static bool attach_tree(int tree, const char *target)
{
	return syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

/* ---- with the starter's ids ---- */

static bool make_read_only(const char *path)
{
	struct mount_attr attributes = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
	if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
		return errno == ENOENT;
	return set_attributes(AT_FDCWD, path, 0, &attributes);
}

bool root_fix(const struct root_options *o)
{
	/* keep later mounts in this namespace */
	bool good = mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
	for (size_t i = 0; good && i < ARRAY_LENGTH(listed); i++)
		good = listed[i].writable || make_read_only(listed[i].path);
	if (good && !o->own_network)
		return make_read_only("/sys");
	return good && (o->groups || make_read_only("/sys/fs/cgroup"));
}

static int open_source(const char *path)
{
	return open(path, O_PATH | O_CLOEXEC);
}

bool root_open(const struct root_options *o, struct root_sources **ret, struct error *err)
{
	struct root_sources *s = xcalloc(1, sizeof *s);
	for (size_t i = 0; i < ARRAY_LENGTH(listed); i++) {
		char target[256];
		ssize_t length = readlink(listed[i].path, target, sizeof target - 1);
		bool top = strchr(listed[i].path + 1, '/') == NULL;
		s->fds[i] = -1;
		if (top && length > 0)
			s->links[i] = xstrndup(target, (size_t)length);
		else
			s->fds[i] = open_source(listed[i].path);
	}
	s->home = o->home_limit > 0 ? -1 : open_source(o->workspaces);
	s->groups = o->groups || !o->own_network ? -1 : open_source("/sys/fs/cgroup");
	s->system = o->own_network ? -1 : open_source("/sys");
	if (s->home < 0 && o->home_limit == 0)
		return error_set(err, errno, "cannot open the workspaces '%s'", o->workspaces);
	*ret = s;
	return true;
}

/* ---- as root inside ---- */

static bool make_mount(const char *kind, const char *target, unsigned long flags, const char *data,
	struct error *err)
{
	if (mkdir(target, 0755) < 0 && errno != EEXIST)
		return error_set(err, errno, "cannot create '%s' in the machine", target);
	return mount(kind, target, kind, flags, data) == 0 ||
	       error_set(err, errno, "cannot mount %s at '%s' in the machine", kind, target);
}

/* Mounts a copy of fd's file or folder at a path of the new root. */
static bool show_mount(int fd, const char *target, bool writable, bool device, struct error *err)
{
	struct mount_attr attributes = {.attr_set = (writable ? 0 : MOUNT_ATTR_RDONLY) |
						    MOUNT_ATTR_NOSUID |
						    (device ? 0 : MOUNT_ATTR_NODEV)};
	struct stat info;
	if (fstat(fd, &info) < 0)
		return error_set(err, errno, "'%s'", target);
	if (S_ISDIR(info.st_mode)) {
		(void)mkdir(target, 0755);
	} else {
		cleanup_fd int made = open(target, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
		if (made < 0)
			return error_set(err, errno, "cannot create '%s' in the machine", target);
	}
	cleanup_fd int tree = copy_tree(fd, "", AT_EMPTY_PATH | AT_RECURSIVE);
	return (tree >= 0 && set_attributes(tree, "", AT_EMPTY_PATH, &attributes) &&
		       attach_tree(tree, target)) ||
	       error_set(err, errno, "cannot show '%s' in the machine", target);
}

static bool make_folders(struct error *err)
{
	static const struct {
		const char *path;
		mode_t mode;
	} folders[] = {{"etc", 0755}, {"dev", 0755}, {"home", 0755}, {"root", 0700}, {"mnt", 0755},
		{"opt", 0755}, {"srv", 0755}, {"media", 0755}};
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
		if (mkdir(folders[i].path, folders[i].mode) < 0)
			return error_set(
				err, errno, "cannot create '%s' in the machine", folders[i].path);
	return true;
}

/* Paths are relative to the new root, while the old one still exists. */
static bool bind_sources(const struct root_sources *s, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(listed); i++) {
		const char *target = listed[i].path + 1;
		if (s->links[i] != NULL && symlink(s->links[i], target) < 0)
			return error_set(err, errno, "cannot create '%s' in the machine", target);
		if (text_same(target, "dev/net/tun"))
			(void)mkdir("dev/net", 0755);
		if (s->fds[i] >= 0 &&
			!show_mount(s->fds[i], target, listed[i].writable, listed[i].device, err))
			return false;
	}
	return s->home < 0 || show_mount(s->home, "home", true, false, err);
}

static bool make_kernel_folders(
	const struct root_options *o, const struct root_sources *s, struct error *err)
{
	const unsigned long quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	if (!make_mount("proc", "proc", quiet, NULL, err))
		return false;
	/* the kernel allows a new sysfs only to the owner of the network */
	if (s->system >= 0)
		return show_mount(s->system, "sys", false, false, err);
	/* below a read-only one, as in a container, the kernel allows no other */
	if (!make_mount("sysfs", "sys", quiet, NULL, NULL) &&
		!make_mount("sysfs", "sys", quiet | MS_RDONLY, NULL, err))
		return false;
	return o->groups
		       ? cgroup_mount("sys/fs/cgroup", err)
		       : s->groups < 0 || show_mount(s->groups, "sys/fs/cgroup", false, false, err);
}

static bool make_devices(struct error *err)
{
	static const char *const links[][2] = {{"pts/ptmx", "dev/ptmx"},
		{"/proc/self/fd", "dev/fd"}, {"/proc/self/fd/0", "dev/stdin"},
		{"/proc/self/fd/1", "dev/stdout"}, {"/proc/self/fd/2", "dev/stderr"}};
	/* all of the system share some 3,000 terminals */
	if (!make_mount("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC,
		    "newinstance,ptmxmode=0666,mode=0620,gid=5,max=512", err) ||
		!make_mount("tmpfs", "dev/shm", MS_NOSUID | MS_NODEV, "mode=1777", err) ||
		!make_mount("mqueue", "dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, err))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return error_set(
				err, errno, "cannot create '%s' in the machine", links[i][1]);
	return true;
}

static bool mount_writable(const struct root_options *o, struct error *err)
{
	const unsigned long safe = MS_NODEV;
	cleanup_free char *data =
		xasprintf("mode=0755,size=%llu", (unsigned long long)o->data_limit);
	if (!make_mount("tmpfs", "run", safe, "mode=0755,size=" SMALL_TMPFS, err) ||
		!make_mount("tmpfs", "tmp", safe, "mode=1777,size=" LARGE_TMPFS, err) ||
		!make_mount("tmpfs", "var", safe, data, err))
		return false;
	static const char *const folders[] = {
		"var/lib", "var/log", "var/cache", "var/tmp", "run/ropes", "run/ropes/bin"};
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
		if (mkdir(folders[i], 0755) < 0)
			return error_set(
				err, errno, "cannot create '%s' in the machine", folders[i]);
	(void)chmod("var/tmp", 01777);
	return symlink("/run", "var/run") == 0 || error_set(err, errno, "cannot create 'var/run'");
}

/* Returns a second, detached mount, in which the keeper sees no mounts from inside. */
static bool make_home(const struct root_options *o, int *ret, struct error *err)
{
	cleanup_free char *data = xasprintf("mode=0755,size=%llu,nr_inodes=%d",
		(unsigned long long)o->home_limit, MACHINE_WORKSPACE_ENTRIES);
	*ret = -1;
	if (o->home_limit == 0)
		return true;
	if (!make_mount("tmpfs", "home", MS_NODEV | MS_NOSUID, data, err))
		return false;
	*ret = copy_tree(AT_FDCWD, "home", 0);
	return *ret >= 0 || error_set(err, errno, "cannot mount the machine's /home");
}

/* ---- files of its own ---- */

/* Gains root through a shell whose file belongs to root inside; real, effective and saved ids
 * become 0. */
static const char sudo[] = "#!/bin/sh\n"
			   "# In the practice machine everybody may.\n"
			   "while [ $# -gt 0 ]; do\n"
			   "	case $1 in\n"
			   "	--) shift; break ;;\n"
			   "	-[ughpCDRTU]) shift 2 ;;\n"
			   "	-i | -s) shift; [ $# -gt 0 ] || set -- /bin/bash ;;\n"
			   "	-*) shift ;;\n"
			   "	*=*) export \"$1\"; shift ;;\n"
			   "	*) break ;;\n"
			   "	esac\n"
			   "done\n"
			   "[ $# -gt 0 ] || { echo 'usage: sudo COMMAND' >&2; exit 1; }\n"
			   "exec /run/ropes/bin/.root -p -c "
			   "'exec setpriv --reuid=0 --regid=0 --groups=0 -- \"$@\"' sudo \"$@\"\n";

static const struct {
	const char *path, *text;
	mode_t mode;
} files[] = {
	{"etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n",
		0644},
	{"etc/group", "root:x:0:\ntty:x:5:\ndocker:x:998:\nlearner:x:1000:\nnogroup:x:65534:\n",
		0644},
	{"etc/hosts", "127.0.0.1 localhost ropes\n::1 localhost\n", 0644},
	{"etc/hostname", "ropes\n", 0644},
	{"etc/resolv.conf", "", 0644},
	{"etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n", 0644},
	{"etc/subuid", "", 0644},
	{"etc/subgid", "", 0644},
	{"run/ropes/bin/sudo", sudo, 0755},
};

static bool write_files(struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		cleanup_fd int fd =
			open(files[i].path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, files[i].mode);
		if (fd < 0 || !fd_write(fd, files[i].text, strlen(files[i].text), NULL) ||
			fchmod(fd, files[i].mode) < 0)
			return error_set(
				err, errno, "cannot write '%s' in the machine", files[i].path);
	}
	return true;
}

static bool copy_shell(struct error *err)
{
	cleanup_fd int from = open("bin/bash", O_RDONLY | O_CLOEXEC);
	cleanup_fd int to =
		open("run/ropes/bin/.root", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
	char bytes[65536];
	ssize_t got = -1;
	while (from >= 0 && to >= 0 && (got = fd_read(from, bytes, sizeof bytes)) > 0)
		if (!fd_write(to, bytes, (size_t)got, NULL))
			break;
	return (got == 0 && fchmod(to, 04755) == 0) ||
	       error_set(err, errno, "cannot copy the shell for sudo");
}

/* ---- entering the root ---- */

static bool pivot_root_here(struct error *err)
{
	/* stack the old root on the new one, then unmount it */
	return (syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
		       chdir("/") == 0) ||
	       error_set(err, errno, "cannot enter the machine's root");
}

bool root_enter(
	const struct root_options *o, struct root_sources *s, int *ret_home, struct error *err)
{
	umask(0);
	if (mount("tmpfs", STAGE, "tmpfs", MS_NODEV, "mode=0755,size=" SMALL_TMPFS) < 0 ||
		chdir(STAGE) < 0)
		return error_set(
			err, errno, "cannot create a folder for the machine's root at " STAGE);
	bool good = make_folders(err) && bind_sources(s, err) && make_kernel_folders(o, s, err) &&
		    make_devices(err) && mount_writable(o, err) && make_home(o, ret_home, err) &&
		    write_files(err) && copy_shell(err) && pivot_root_here(err);
	for (size_t i = 0; i < ARRAY_LENGTH(listed); i++) {
		if (s->fds[i] >= 0)
			close(s->fds[i]);
		free(s->links[i]);
	}
	if (s->home >= 0)
		close(s->home);
	if (s->groups >= 0)
		close(s->groups);
	if (s->system >= 0)
		close(s->system);
	free(s);
	umask(022);
	return good;
}
