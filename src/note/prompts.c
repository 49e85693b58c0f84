/* note/prompts.c - prompts before commands in copied terminal sessions, and the words that are
 * known to begin commands */
#include "fence.h"

#include <ctype.h>
#include <string.h>

/* ---- words that begin commands ---- */

/* In the order of strcmp(). */
static const char *const known_commands[] = {"ab", "add-apt-repository", "adduser", "alias",
	"ansible", "ansible-playbook", "apk", "apt", "apt-cache", "apt-get", "apt-key", "apt-mark",
	"argocd", "arping", "awk", "aws", "az", "base64", "basename", "bash", "blkid", "brew",
	"btrfs", "buildah", "buildctl", "bun", "bundle", "bzip2", "cargo", "cat", "cd", "celery",
	"certbot", "chage", "chcon", "chgrp", "chkconfig", "chmod", "chown", "chroot", "cmake",
	"colima", "composer", "conda", "conntrack", "containerd", "cosign", "cp", "cqlsh",
	"createdb", "crictl", "ctop", "ctr", "curl", "dd", "debootstrap", "deluser", "deno",
	"depmod", "df", "dig", "dirname", "dive", "django-admin", "dmesg", "dnf", "docker",
	"docker-compose", "docker-machine", "docker-slim", "docker.exe", "dockerd", "doctl",
	"dotnet", "dpkg", "dpkg-reconfigure", "du", "echo", "eksctl", "emerge", "env", "etcdctl",
	"ethtool", "exit", "export", "fdisk", "ffmpeg", "firewall-cmd", "flask", "flatpak",
	"flyctl", "fuser", "g++", "gcc", "gcloud", "gdb", "gem", "getenforce", "getent", "getfacl",
	"gh", "git", "gitlab-runner", "glab", "go", "gpasswd", "gpg", "gradle", "grep", "groupadd",
	"groupdel", "groupmod", "grpcurl", "grype", "gsutil", "gunicorn", "gunzip", "gzip",
	"hadolint", "head", "helm", "heroku", "hexdump", "hostname", "hostnamectl", "htop",
	"htpasswd", "hugo", "id", "ifconfig", "insmod", "iostat", "iotop", "ip", "ip6tables",
	"iptables", "istioctl", "iwconfig", "java", "javac", "journalctl", "jq", "jupyter", "k3d",
	"k3s", "k9s", "kill", "killall", "kind", "kops", "kubeadm", "kubectl", "kubectx", "kubens",
	"kustomize", "lazydocker", "ldd", "limactl", "ln", "loginctl", "logrotate", "losetup", "ls",
	"lsb_release", "lsblk", "lscpu", "lsmod", "lsof", "lspci", "lsusb", "ltrace", "lvcreate",
	"lvextend", "lxc", "machinectl", "make", "mariadb", "md5sum", "microk8s", "minikube",
	"mkdir", "mkdocs", "mkfifo", "mkswap", "mktemp", "modprobe", "mongo", "mongosh", "mount",
	"mtr", "multipass", "mv", "mvn", "mvnw", "mysql", "mysqladmin", "mysqldump", "nano", "nc",
	"ncat", "nerdctl", "netstat", "newgrp", "nft", "nix-env", "nix-shell", "nmap", "nmcli",
	"node", "nodemon", "nohup", "npm", "nproc", "npx", "nsenter", "nslookup", "nvidia-smi",
	"nvm", "objdump", "oc", "openssl", "pacman", "pacstrap", "parted", "passwd", "pg_dump",
	"pg_restore", "pgrep", "pidof", "ping", "pip", "pip3", "pipenv", "pipx", "pkill", "pm2",
	"pnpm", "podman", "podman-compose", "poetry", "printf", "ps", "psql", "pstree", "pvcreate",
	"pwd", "pytest", "python", "python3", "qemu-img", "rabbitmqctl", "rails", "rake",
	"rc-service", "rc-update", "rclone", "readlink", "redis-cli", "resolvectl", "restic",
	"restorecon", "rm", "rmdir", "rmmod", "rpm", "rsync", "runc", "rustup", "s3cmd", "scp",
	"sed", "semanage", "service", "setenforce", "setfacl", "setsebool", "sftp", "sh", "sha1sum",
	"sha256sum", "sha512sum", "skaffold", "skopeo", "sleep", "snap", "socat", "sqlite3", "ss",
	"ssh", "ssh-add", "ssh-copy-id", "ssh-keygen", "stat", "strace", "su", "sudo", "swapoff",
	"swapon", "syft", "sysctl", "systemctl", "tac", "tail", "tar", "tcpdump", "tee", "telnet",
	"terraform", "time", "timedatectl", "tmux", "touch", "tox", "traceroute", "trivy",
	"truncate", "tsc", "ufw", "umoci", "umount", "uname", "unset", "unshare", "unzip",
	"update-alternatives", "update-ca-certificates", "update-grub", "useradd", "userdel",
	"usermod", "uvicorn", "vagrant", "valgrind", "vgcreate", "vi", "vim", "virsh", "virtualenv",
	"visudo", "vmstat", "wc", "wg", "wget", "which", "whoami", "whois", "wrk", "xargs", "xxd",
	"yarn", "yum", "yum-config-manager", "zfs", "zip", "zpool", "zypper"};

/* Words that begin sentences and names, too: a command only with what makes it one. */
static const char *const english_commands[] = {"source", "set", "open", "start", "find", "sort",
	"cut", "test", "wait", "date", "watch", "more", "less", "screen", "code", "top", "file",
	"diff", "route", "host", "history", "clear", "true", "false", "exec", "eval", "trap", "man",
	"tr", "uniq", "free", "uptime", "ruby", "perl", "php", "nginx", "httpd", "registry",
	"crontab", "jobs", "fg", "bg", "read", "xdg-open", "php", "hey", "siege", "serve"};

/* "for x in", "while true", "if [ … ]": a loop, not a sentence. */
static bool begins_block(const char *line)
{
	static const char *const forms[] = {"while true", "while :", "while [", "while !",
		"while sleep ", "while read ", "until ", "if [", "if ! ", "if docker ", "if grep ",
		"if curl ", "for (("};
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
		if (text_starts(line, forms[i]))
			return true;
	if (!text_starts(line, "for "))
		return false;
	size_t name = strcspn(line + 4, " ");
	return text_starts(line + 4 + name, " in ") || text_same(line + 4 + name, " in");
}

/* "NAME=value " before a command. */
static size_t assignment_length(const char *line)
{
	size_t name = 0;
	while (isalnum((unsigned char)line[name]) || line[name] == '_')
		name++;
	if (name == 0 || isdigit((unsigned char)line[0]) || line[name] != '=')
		return 0;
	size_t length = name + strcspn(line + name, " \t\n");
	size_t blanks = strspn(line + length, " \t");
	return blanks > 0 ? length + blanks : 0;
}

/* "ID=$(docker …", "ID=\"$(docker …": returns the command; NULL: the line is something else. */
static const char *assigned_command(const char *line)
{
	size_t name = 0;
	while (isalnum((unsigned char)line[name]) || line[name] == '_')
		name++;
	if (name == 0 || line[name] != '=')
		return NULL;
	const char *value = line + name + 1 + (line[name + 1] == '"');
	size_t open = text_starts(value, "$(") ? 2 : *value == '`' ? 1 : 0;
	return open > 0 ? value + open + strspn(value + open, " ") : NULL;
}

static bool is_known_word(const char *word, size_t length)
{
	size_t low = 0, high = ARRAY_LENGTH(known_commands);
	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *known = known_commands[middle];
		int order = strncmp(word, known, length);
		if (order == 0 && known[length] == '\0')
			return true;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool prompts_is_command(const char *line)
{
	const char *assigned = assigned_command(line);
	line = assigned != NULL ? assigned : line;
	for (size_t skip; (skip = assignment_length(line)) > 0;)
		line += skip;
	size_t length = strcspn(line, " \t\n");
	if (text_starts(line + length, " (") && isdigit((unsigned char)line[length + 2]))
		return false; /* "psql (15.3)" greets */
	return is_known_word(line, length);
}

static bool is_english_word(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(english_commands); i++)
		if (*english_commands[i] == *word &&
			strncmp(english_commands[i], word, length) == 0 &&
			english_commands[i][length] == '\0')
			return true;
	return false;
}

bool prompts_names_command(const char *line)
{
	return prompts_is_likely_command(line) || is_english_word(line, strcspn(line, " \t\n"));
}

bool prompts_is_likely_command(const char *line)
{
	if (prompts_is_command(line) || begins_block(line))
		return true;
	if (text_starts(line, "./") || text_starts(line, "../") || text_starts(line, ". ") ||
		text_starts(line, "[ ") || text_starts(line, "[[ "))
		return true;
	size_t length = strcspn(line, " \t\n");
	if (!is_english_word(line, length))
		return false;
	const char *next = line + length + strspn(line + length, " \t");
	return *next == '-' || *next == '/' || *next == '$' || *next == '.' || *next == '~' ||
	       strpbrk(next, "|>/=") != NULL || (*next == '\0' && text_same(line, "clear"));
}

/* ---- prompts ---- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

static size_t name_length(const char *text)
{
	size_t length = 0;
	while (is_name(text[length]))
		length++;
	return length;
}

/* Returns the length of the sign that ends a prompt and the blank after it; 0: there is none. */
static size_t sign_length(const char *text, const char *signs)
{
	if (*text == '\0' || strchr(signs, *text) == NULL)
		return 0;
	return text[1] == ' ' ? 2 : text[1] == '\0' ? 1 : 0;
}

/* "user@host:~/x$ " and "root@1f2e:/# ", also "[user@host x]$ " and, for a user without a name, "I
 * have no name!@host:/$ " */
static size_t prompt_of_host(const char *line)
{
	static const char unnamed[] = "I have no name!";
	const char *c = line;
	bool bracket = *c == '[' || *c == '(';
	c += bracket;
	size_t name = text_starts(c, unnamed) ? strlen(unnamed) : name_length(c);
	if (name == 0 || c[name] != '@')
		return 0;
	const char *end = strpbrk(c + name, bracket ? "])" : "$#%");
	if (end == NULL || end - line > 80)
		return 0;
	end += bracket;
	size_t sign = sign_length(end, "$#%");
	return sign > 0 ? (size_t)(end - line) + sign : 0;
}

/* "user@host ~> ", "user@host ~/src (main)> ": fish */
static size_t prompt_of_fish(const char *line)
{
	size_t at = name_length(line);
	at += line[at] == '@' ? 1 + name_length(line + at + 1) : 0;
	if (at == name_length(line) || line[at] != ' ' || strchr("~/", line[at + 1]) == NULL)
		return 0;
	at += 1 + strcspn(line + at + 1, " >");
	if (text_starts(line + at, " ("))
		at += strcspn(line + at, ">");
	size_t sign = at <= 80 ? sign_length(line + at, ">#") : 0;
	return sign > 0 ? at + sign : 0;
}

/* "[node1]$ ", "[nix-shell:~/src]$ " */
static size_t prompt_of_bracket(const char *line)
{
	size_t name = line[0] == '[' ? name_length(line + 1) : 0;
	if (name > 0 && line[1 + name] == ':' && strchr("~/", line[2 + name]) != NULL)
		name += strcspn(line + 1 + name, "] ");
	size_t sign = name > 0 && line[1 + name] == ']' ? sign_length(line + name + 2, "$#") : 0;
	return sign > 0 ? name + 2 + sign : 0;
}

/* "MacBook-Pro:~ jane$ ", "host:/srv# ", "node1 ~ $ ". After a blank, '#' would begin a comment. */
static size_t prompt_of_place(const char *line)
{
	size_t at = name_length(line);
	if (at == 0 || (line[at] != ':' && line[at] != ' '))
		return 0;
	const char *signs = line[at] == ':' ? "$#%" : "$%";
	at++;
	if (line[at] != '~' && line[at] != '/')
		return 0;
	at += strcspn(line + at, " $#%");
	if (line[at] == ' ')
		at += 1 + name_length(line + at + 1);
	size_t sign = at <= 80 ? sign_length(line + at, signs) : 0;
	return sign > 0 ? at + sign : 0;
}

/* "~$ ", "~/src$ " */
static size_t prompt_of_folder(const char *line)
{
	size_t length = line[0] == '~' ? strcspn(line, " $") : 0;
	size_t sign = length > 0 && length <= 60 ? sign_length(line + length, "$") : 0;
	return sign > 0 ? length + sign : 0;
}

/* "box# docker ps", "box> docker ps", "ada $ docker ps": other words after such a name may be
 * output, or have been typed in a container. */
static size_t prompt_of_name(const char *line)
{
	size_t at = name_length(line);
	at += at > 0 && text_starts(line + at, " $");
	size_t sign = at > 0 ? sign_length(line + at, "$#>") : 0;
	const char *rest = line + at + sign;
	bool docker = text_starts(rest, "docker ") || text_starts(rest, "docker-compose ") ||
		      text_starts(rest, "podman ");
	return sign > 0 && docker ? at + sign : 0;
}

/* "bash-5.1$ ", "sh-4.2# ", "/ # ", "~ $ ", "/app # " */
static size_t prompt_of_shell(const char *line)
{
	size_t length = prompt_of_folder(line);
	if (length > 0)
		return length;
	if (text_starts(line, "bash-") || text_starts(line, "sh-"))
		length = strcspn(line, "$#");
	else if (line[0] == '/' || line[0] == '~')
		length = strcspn(line, " ") + 1;
	if (length == 0 || length > 60 || strlen(line) <= length)
		return 0;
	size_t sign = sign_length(line + length, "$#");
	return sign > 0 ? length + sign : 0;
}

/* "PS C:\x> ", "PS> ", "PS /home/me> ", "C:\x> " */
static size_t prompt_of_windows(const char *line)
{
	const char *c = line;
	bool power = text_starts(line, "PS>") || text_starts(line, "PS ");
	if (power)
		c += 2 + (line[2] == ' ');
	bool drive = isalpha((unsigned char)c[0]) && c[1] == ':' && c[2] == '\\';
	if (!drive && !(power && strchr(">/~", c[0]) != NULL))
		return 0;
	const char *end = strchr(c, '>');
	if (end == NULL || end - line > 80)
		return 0;
	return (size_t)(end - line) + 1 + (end[1] == ' ');
}

/* Skips what oh-my-zsh prints after its arrow: "~ ", "project git:(main) ✗ " */
static size_t place_behind_arrow(const char *text, size_t blanks)
{
	size_t length = 0;
	if (*text == '~' || (blanks >= 2 && name_length(text) > 0))
		length = strcspn(text, " ");
	length += strspn(text + length, " ");
	if (text_starts(text + length, "git:("))
		length += strcspn(text + length, " ");
	length += strspn(text + length, " ");
	if (text_starts(text + length, "✗"))
		length += strlen("✗");
	return length + strspn(text + length, " ");
}

/* "🕙 16:12:38 ❯ ", "➜  ~ " */
static size_t prompt_of_arrow(const char *line)
{
	static const char *const arrows[] = {"❯", "➜", "»", "›", "λ"};
	for (size_t i = 0; i < ARRAY_LENGTH(arrows); i++) {
		/* only ❯ may follow other text */
		const char *arrow = i == 0                         ? strstr(line, arrows[i])
				    : text_starts(line, arrows[i]) ? line
								   : NULL;
		size_t width = strlen(arrows[i]);
		if (arrow == NULL || arrow - line > 60 ||
			(arrow[width] != ' ' && arrow[width] != '\0'))
			continue;
		size_t length = (size_t)(arrow - line) + width;
		size_t blanks = strspn(line + length, " ");
		length += blanks;
		return i == 1 ? length + place_behind_arrow(line + length, blanks) : length;
	}
	return 0;
}

/* "└─$ ", "╰─❯ ": the second line of a two-line prompt. */
static size_t prompt_of_corner(const char *line)
{
	static const char *const corners[] = {"└", "╰"};
	static const char *const ends[] = {"$", "#", "%", "❯", "➤", ">"};
	for (size_t i = 0; i < ARRAY_LENGTH(corners); i++) {
		if (!text_starts(line, corners[i]))
			continue;
		size_t at = strlen(corners[i]);
		while (text_starts(line + at, "─"))
			at += strlen("─");
		for (size_t k = 0; k < ARRAY_LENGTH(ends); k++) {
			size_t end = at + strlen(ends[k]);
			if (text_starts(line + at, ends[k]) &&
				(line[end] == ' ' || line[end] == '\0'))
				return end + (line[end] == ' ');
		}
	}
	return 0;
}

/* "$ docker …", "$> …", "% …": a sign and a blank; also "$docker …" if that is clearly a prompt,
 * and not an assignment of PowerShell or PHP: "$id = …". */
static size_t prompt_of_sign(const char *line, const char *signs)
{
	bool assigns = text_starts(line + strcspn(line, " "), " = ");
	if (line[0] == '$' && !assigns && prompts_is_command(line + 1))
		return 1;
	if (text_starts(line, "$> "))
		return 3;
	if (line[0] == '%' && strstr(line, "   ") != NULL && strpbrk(line, "'\"#\\") == NULL)
		return 0; /* "% time     seconds  usecs/call": the head of a table */
	return sign_length(line, signs);
}

/* "(venv) ", "(laptop): ", "laptop: ", "node1" before a prompt's sign. */
static size_t environment_length(const char *line)
{
	size_t open = line[0] == '(', name = name_length(line + open), end = open + name;
	if (name == 0 || (open != 0 && line[end++] != ')'))
		return 0;
	bool colon = line[end] == ':';
	end += colon;
	bool blank = line[end] == ' ';
	end += blank;
	bool sign = line[end] == '$' && line[end + 1] == ' ';
	if (open != 0 && !colon)
		return blank ? end : 0;
	return sign && (blank || prompts_is_command(line + end + 2)) &&
			       (colon || open != 0 || !blank)
		       ? end
		       : 0;
}

/* "truncate -s 0 x", "shellcheck /x": after '#', such a word is less likely to begin a sentence. */
static bool has_operand(const char *line)
{
	size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	const char *next = line + word + 1;
	return word > 1 && line[word] == ' ' && (*next == '-' || *next == '/') &&
	       (isalnum((unsigned char)next[1]) || next[1] == '-');
}

static size_t bare_prompt(const char *line, enum prompt_signs signs)
{
	static size_t (*const kinds[])(const char *line) = {prompt_of_host, prompt_of_fish,
		prompt_of_bracket, prompt_of_place, prompt_of_shell, prompt_of_windows,
		prompt_of_arrow, prompt_of_corner, prompt_of_name};
	size_t length = prompt_of_sign(line, "$%");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds) && length == 0; i++)
		length = kinds[i](line);
	size_t root = length == 0 && signs == PROMPT_ROOT ? sign_length(line, "#") : 0;
	if (root > 0 && (prompts_is_command(line + root) || has_operand(line + root)))
		length = root;
	return length == 0 && signs == PROMPT_ANGLE ? sign_length(line, ">") : length;
}

size_t prompts_length(const char *line, enum prompt_signs signs)
{
	size_t front = strspn(line, " \t");
	front += environment_length(line + front);
	size_t length = bare_prompt(line + front, signs);
	return length > 0 ? front + length : 0;
}

bool prompts_is_head(const char *line, const char *next)
{
	if (prompts_length(next, PROMPT_PLAIN) == 0)
		return false;
	if (text_starts(line, "┌─") || text_starts(line, "╭─"))
		return true;
	size_t name = name_length(line);
	bool host = name > 0 && line[name] == '@' && strpbrk(line, "~/") != NULL;
	bool node = text_starts(line, "[node") && strchr(line, '@') != NULL;
	return (host || node) && strlen(line) < 80 && sign_length(next, "$#%") > 0;
}
