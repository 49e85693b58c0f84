/* sandbox/root.c - the practice daemon's minimal root: programs read-only, data on a sized tmpfs,
 * nothing else */
#include "daemon.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add(struct words *w, const char *const *list)
{
	words_add_all(w, list);
}

void root_add_system(struct words *ret)
{
	static const char *const folders[] = {"bin", "sbin", "lib", "lib64", "lib32"};
	add(ret, (const char *const[]){"--ro-bind", "/usr", "/usr", NULL});
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		cleanup_free char *path = path_join("/", folders[i]);
		char target[256];
		ssize_t length = readlink(path, target, sizeof target - 1);
		if (length > 0) {
			target[length] = '\0';
			add(ret, (const char *const[]){"--symlink", target, path, NULL});
		} else if (folder_exists(path)) {
			add(ret, (const char *const[]){"--ro-bind", path, path, NULL});
		}
	}
}

static void add_etc(struct words *ret)
{
	static const char *const files[] = {"passwd", "group", "subuid", "subgid", "alternatives",
		"ssl", "protocols", "services", "ld.so.cache", "ld.so.conf", "nsswitch.conf",
		"docker/registry"};
	add(ret, (const char *const[]){"--dir", "/etc", NULL});
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		cleanup_free char *path = path_join("/etc", files[i]);
		add(ret, (const char *const[]){"--ro-bind-try", path, path, NULL});
	}
}

/* The daemon makes groups for containers below its own one. */
static void add_cgroups(struct words *ret, bool rootless)
{
	add(ret, (const char *const[]){"--ro-bind", "/sys", "/sys", NULL});
	/* AppArmor's files come along with /sys. dockerd would then load a profile for containers,
	 * which needs the rights of the host's root, and start none without it. */
	if (folder_exists("/sys/kernel/security"))
		add(ret, (const char *const[]){"--tmpfs", "/sys/kernel/security", NULL});
	if (rootless)
		return;
	if (cgroup_is_unified()) {
		add(ret, (const char *const[]){"--bind", "/sys/fs/cgroup", "/sys/fs/cgroup", NULL});
		return;
	}
	DIR *dir = opendir("/sys/fs/cgroup");
	struct dirent *entry;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		cleanup_free char *path = path_join("/sys/fs/cgroup", entry->d_name);
		add(ret, (const char *const[]){"--bind", path, path, NULL});
	}
	if (dir != NULL)
		closedir(dir);
}

/* dockerd takes RootlessKit's state folder for RootlessKit. It then runs RootlessKit's proxy, where
 * the ordinary one does (daemon and containers share the network namespace), and from version 28 on
 * asks its API, which rootlesskit.c answers. */
static void add_rootless(struct words *ret)
{
	cleanup_free char *proxy = program_find("docker-proxy");
	add(ret, (const char *const[]){"--dir", "/run/rootless", "--setenv",
			 "ROOTLESSKIT_STATE_DIR", "/run/rootless", "--setenv", "XDG_RUNTIME_DIR",
			 "/run", "--symlink", proxy != NULL ? proxy : "/usr/sbin/docker-proxy",
			 "/run/rootless/rootlesskit-docker-proxy", "--symlink",
			 "/sock/" ROOTLESSKIT_SOCKET, "/run/rootless/api.sock", "--setenv", "PATH",
			 "/run/rootless:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
			 "/bin",
			 NULL});
}

static void add_daemon(const struct root_options *o, struct words *ret)
{
	add(ret, (const char *const[]){"dockerd", "--data-root", "/data/docker", "--exec-root",
			 "/run/docker", "--pidfile", "/run/dockerd.pid", "-H",
			 "unix:///sock/docker.sock", "--registry-mirror", "http://127.0.0.1:5000",
			 "--insecure-registry", "127.0.0.1:5000", "--insecure-registry",
			 "localhost:5000", "--no-new-privileges", "--log-opt", "max-size=1m",
			 "--log-opt", "max-file=2", "--default-ulimit", "nofile=1024:1024",
			 "--shutdown-timeout", "1", "--max-concurrent-downloads", "2", NULL});
	if (o->process_memory > 0)
		words_addf(ret, "--default-ulimit=data=%llu:%llu",
			(unsigned long long)o->process_memory,
			(unsigned long long)o->process_memory);
	if (o->rootless) {
		words_add(ret, "--rootless");
		return;
	}
	words_addf(ret, "--cgroup-parent=/%s", o->paths->group);
	add(ret, (const char *const[]){
			 "--group", "root", "--exec-opt", "native.cgroupdriver=cgroupfs", NULL});
}

void root_words(const struct root_options *o, struct words *ret)
{
	if (o->rootless)
		add(ret, (const char *const[]){
				 "unshare", "--user", "--map-root-user", "--map-auto", "--", NULL});
	add(ret, (const char *const[]){"bwrap", "--unshare-net", "--unshare-pid", "--unshare-ipc",
			 "--unshare-uts", "--clearenv", "--hostname", "practice",
			 "--die-with-parent", "--cap-add", "ALL", "--info-fd", NULL});
	words_addf(ret, "%d", o->info_fd);
	root_add_system(ret);
	add_etc(ret);
	cleanup_free char *workspaces = daemon_workspaces();
	cleanup_free char *hosts = path_join(o->paths->folder, "hosts");
	cleanup_free char *resolver = path_join(o->paths->folder, "resolv.conf");
	add(ret, (const char *const[]){"--ro-bind", hosts, "/etc/hosts", "--ro-bind", resolver,
			 "/etc/resolv.conf", "--dev", "/dev", "--proc", "/proc", "--bind",
			 "/proc/sys", "/proc/sys", NULL});
	add_cgroups(ret, o->rootless);
	add(ret, (const char *const[]){"--tmpfs", "/run", "--tmpfs", "/tmp", "--tmpfs", "/var",
			 "--dir", "/var/lib", "--dir", "/var/log", "--dir", "/root", "--perms",
			 "0711", "--size", NULL});
	words_addf(ret, "%llu", (unsigned long long)o->data_limit);
	add(ret, (const char *const[]){"--tmpfs", "/data", "--bind", o->paths->socket_folder,
			 "/sock", "--bind", workspaces, "/home", "--setenv", "HOME", "/root",
			 "--setenv", "PATH",
			 "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "--setenv",
			 "TMPDIR", "/tmp", NULL});
	if (o->rootless)
		add_rootless(ret);
	words_add(ret, "--");
	add_daemon(o, ret);
}
