/* note/known.c - the words that are known to begin commands */
#include "fence.h"

#include <string.h>

/* In the order of strcmp(). */
static const char *const known_commands[] = {"2to3", "7z", "Rscript", "VBoxManage", "Xvfb",
	"a2dismod", "a2dissite", "a2enmod", "a2ensite", "aa-status", "ab", "aclocal", "acme.sh",
	"acpi", "adb", "add-apt-repository", "addgroup", "addr2line", "adduser", "age-keygen",
	"aircrack-ng", "airflow", "airmon-ng", "airodump-ng", "alembic", "alias", "aliyun",
	"alsamixer", "amtool", "ansible", "ansible-builder", "ansible-config", "ansible-console",
	"ansible-doc", "ansible-galaxy", "ansible-inventory", "ansible-lint", "ansible-navigator",
	"ansible-playbook", "ansible-pull", "ansible-vault", "ant", "antora", "apache2ctl",
	"apachectl", "apk", "apparmor_parser", "appimagetool", "apptainer", "apt",
	"apt-add-repository", "apt-cache", "apt-file", "apt-get", "apt-key", "apt-mark", "aptitude",
	"ar", "arch-chroot", "arduino-cli", "argo", "argocd", "aria2c", "arp", "arping",
	"artillery", "artisan", "asadmin", "asciidoctor", "asciidoctor-pdf", "asdf", "astro",
	"atop", "atuin", "auditctl", "ausearch", "authselect", "autocannon", "autoconf", "automake",
	"autopep8", "autoreconf", "autossh", "avdmanager", "avrdude", "awk", "aws", "aws-vault",
	"awslocal", "axel", "az", "badblocks", "base64", "basename", "bash", "bazel", "bazelisk",
	"bfg", "biber", "bibtex", "biome", "blkdiscard", "blkid", "bluetoothctl", "bmon",
	"bombardier", "bootctl", "borg", "borgmatic", "bower", "bpftool", "bpftrace", "bq", "brctl",
	"brew", "btop", "btrfs", "buck2", "buf", "buildah", "buildctl", "buildkitd",
	"buildkite-agent", "buildx", "bun", "bundle", "bundler", "bunx", "bunzip2", "bwrap",
	"bzip2", "c8", "cabal", "caddy", "calicoctl", "capsh", "cargo", "cat", "catalina.sh",
	"ccache", "ccmake", "cd", "cdebug", "cdk", "cdklocal", "cdktf", "celery", "ceph", "certbot",
	"certutil", "cfdisk", "cfn-lint", "cfssl", "cfssljson", "chage", "changeset", "chattr",
	"chcon", "checkov", "chef-client", "chezmoi", "chgrp", "chkconfig", "chmod", "chown",
	"chpasswd", "chronyc", "chroot", "chrt", "chruby", "chsh", "cilium", "circleci", "cksum",
	"clamscan", "clang", "clang-format", "clang-tidy", "clickhouse-client", "clj", "cloud-init",
	"cloud-localds", "cloudflared", "clusterctl", "cmake", "cmp", "cobra-cli", "cockroach",
	"codespell", "colima", "commitizen", "commitlint", "composer", "conan", "conda",
	"conntrack", "consul", "consul-template", "container-diff", "container-structure-test",
	"containerd", "controller-gen", "cookiecutter", "cordova", "coredumpctl", "corepack",
	"cosign", "cowsay", "cowthink", "cp", "cpack", "cpio", "cppcheck", "cpupower", "cqlsh",
	"crane", "crc", "create-react-app", "createdb", "createuser", "crictl", "cross-env",
	"crossplane", "crun", "cryptsetup", "cspell", "csvkit", "ctags", "ctest", "ctlptl", "ctop",
	"ctr", "curl", "curlie", "cypher-shell", "cypress", "cython", "d2", "dagger", "dagster",
	"daphne", "dapr", "dart", "dasel", "datasette", "dbt", "dch", "dd", "ddev", "deactivate",
	"debootstrap", "debuild", "degit", "delgroup", "deluser", "deno", "depmod", "devbox",
	"devcontainer", "devenv", "devspace", "df", "dig", "dircolors", "direnv", "dirname",
	"diskutil", "distcc", "distrobox", "dive", "django-admin", "dlv", "dmesg", "dmidecode",
	"dnf", "dnf5", "dnsmasq", "docker", "docker-buildx", "docker-compose",
	"docker-credential-helper", "docker-credential-pass", "docker-machine", "docker-slim",
	"docker.exe", "dockerd", "dockerd-rootless-setuptool.sh", "dockerize", "dockle", "doctl",
	"docusaurus", "dokku", "dos2unix", "dotnet", "dotnet-ef", "doxygen", "dpkg",
	"dpkg-buildpackage", "dpkg-deb", "dpkg-query", "dpkg-reconfigure", "dprint", "dracut",
	"drizzle-kit", "dropdb", "dropuser", "drush", "du", "duckdb", "duf", "duplicity", "dvc",
	"e2fsck", "earthly", "eas", "ebtables", "echo", "ecs-cli", "efibootmgr", "eksctl",
	"electron-builder", "eleventy", "elixir", "emerge", "env", "envsubst", "erl", "esbuild",
	"eslint", "esptool.py", "etcdctl", "ethtool", "exa", "exiftool", "exit", "expo", "export",
	"exportfs", "expr", "eza", "fail2ban-client", "falcoctl", "fallocate", "fastapi",
	"fastlane", "fc-cache", "fc-list", "fd", "fdisk", "feroxbuster", "ffmpeg", "ffprobe",
	"ffuf", "figlet", "findmnt", "fio", "firebase", "firejail", "firewall-cmd", "flake8",
	"flask", "flatpak", "flatpak-builder", "flit", "flock", "flutter", "fluxctl", "flyctl",
	"flyway", "fnm", "fping", "freshclam", "fsck", "fstrim", "fuser", "fzf", "g++", "gatsby",
	"gawk", "gbp", "gcc", "gcloud", "gcov", "gcovr", "gdb", "gdown", "gem", "genfstab",
	"getcap", "getenforce", "getent", "getfacl", "getfattr", "getsebool", "gfortran", "gh",
	"ghc", "ghcid", "ghcup", "ghz", "ginkgo", "git", "git-crypt", "git-filter-repo", "git-lfs",
	"gitk", "gitlab-runner", "gitleaks", "gitlint", "glab", "glances", "gleam", "glow", "gmake",
	"gnuplot", "go", "gobuster", "goenv", "gofmt", "goimports", "golangci-lint", "golint",
	"gopass", "gopls", "goreleaser", "gosu", "gotestsum", "govulncheck", "gpasswd", "gpg",
	"gprof", "gradle", "gradlew", "grafana-cli", "grails", "grep", "gron", "groovy", "groupadd",
	"groupdel", "groupmod", "growpart", "grpcui", "grpcurl", "grub-install", "grub-mkconfig",
	"grub2-mkconfig", "grunt", "grype", "gsettings", "gsutil", "guestfish", "guix", "gulp",
	"gunicorn", "gunzip", "gvm", "gzip", "h2load", "hadolint", "hashcat", "hciconfig", "hcloud",
	"hdiutil", "hdparm", "head", "helm", "helmfile", "heroku", "hexdump", "hexo", "hg", "hlint",
	"hostname", "hostnamectl", "hping3", "htop", "htpasswd", "http-server", "httpie",
	"huggingface-cli", "hugo", "hurl", "hwclock", "hypercorn", "hyperfine", "i2cdetect",
	"ibmcloud", "iconv", "id", "iex", "ifconfig", "iftop", "imgpkg", "incus", "influx",
	"infracost", "initdb", "insmod", "inspec", "ionic", "ionice", "iostat", "iotop", "ip",
	"ip6tables", "ipcalc", "iperf", "iperf3", "ipset", "iptables", "ipvsadm", "ipython", "irb",
	"iscsiadm", "isort", "istioctl", "iw", "iwconfig", "iwctl", "iwlist", "jar", "java",
	"javac", "javadoc", "javap", "jbang", "jcmd", "jdeps", "jekyll", "jenv", "jest", "jib",
	"jinfo", "jj", "jlink", "jmap", "jmeter", "journalctl", "jpackage", "jps", "jq", "jshell",
	"json-server", "jsonnet", "jstack", "juju", "julia", "jupyter", "jupyter-lab",
	"jupyter-notebook", "jupytext", "k0s", "k0sctl", "k3d", "k3s", "k3sup", "k6", "k9s",
	"kadmin", "kafka-console-consumer", "kafka-console-consumer.sh", "kafka-console-producer",
	"kafka-console-producer.sh", "kafka-topics", "kafka-topics.sh", "kafkacat", "kaggle",
	"kamal", "kapp", "karma", "kbld", "kcat", "kexec", "keyctl", "keytool", "kics", "kill",
	"killall", "kind", "kinit", "klist", "kmod", "kn", "knex", "kompose", "kopia", "kops",
	"kotlin", "kotlinc", "kpartx", "krb5-config", "krew", "kscript", "ktlint", "kube-bench",
	"kube-linter", "kubeadm", "kubebuilder", "kubeconform", "kubectl", "kubectl-krew",
	"kubectx", "kubens", "kubent", "kubescape", "kubeseal", "kubeshark", "kubeval", "kubie",
	"kustomize", "kwok", "kwokctl", "kyverno", "lab", "lando", "laravel", "lastlog", "latexmk",
	"launchctl", "lazydocker", "lazygit", "lcov", "ld", "ldapadd", "ldapmodify", "ldappasswd",
	"ldapsearch", "ldapwhoami", "ldconfig", "ldd", "lefthook", "lein", "lerna", "lfs", "lftp",
	"lhci", "lighthouse", "limactl", "linkerd", "linode-cli", "lintian", "liquibase",
	"lite-server", "litecli", "live-server", "ln", "lnav", "locale-gen", "localectl",
	"localstack", "locust", "logcli", "loginctl", "logrotate", "lolcat", "losetup", "lpstat",
	"ls", "lsattr", "lsb_release", "lsblk", "lscpu", "lsd", "lslogins", "lsmod", "lsns", "lsof",
	"lspci", "lsusb", "ltrace", "lua", "lualatex", "luarocks", "lvchange", "lvcreate",
	"lvdisplay", "lvextend", "lvremove", "lvresize", "lvs", "lvscan", "lxc", "lxc-attach",
	"lxc-create", "lxc-start", "lxd", "lychee", "lynis", "lynx", "lz4", "maas", "machinectl",
	"magick", "mailq", "mailx", "make", "mamba", "mariadb", "mariadb-dump", "markdownlint",
	"marp", "masscan", "maturin", "mc", "md5sum", "mdadm", "mdbook", "mdless", "meltano",
	"meson", "microdnf", "microk8s", "micromamba", "mii-tool", "minicom", "minikube",
	"minisign", "mise", "mitmdump", "mitmproxy", "mix", "mkcert", "mkdir", "mkdocs", "mke2fs",
	"mkfifo", "mkfs", "mkfs.btrfs", "mkfs.ext4", "mkfs.fat", "mkfs.vfat", "mkfs.xfs",
	"mkinitcpio", "mknod", "mkpasswd", "mkswap", "mktemp", "mlflow", "mlr", "mmdc", "mocha",
	"mockgen", "modinfo", "modprobe", "mogrify", "molecule", "mongo", "mongod", "mongodump",
	"mongoexport", "mongoimport", "mongorestore", "mongosh", "mongostat", "mongotop", "mosh",
	"mosquitto_passwd", "mosquitto_pub", "mosquitto_sub", "mount", "mpiexec", "mpirun",
	"mpstat", "msbuild", "msfconsole", "mtr", "multipass", "multitail", "mv", "mvn", "mvnd",
	"mvnw", "mycli", "mypy", "mysql", "mysql_secure_installation", "mysqladmin", "mysqlbinlog",
	"mysqlcheck", "mysqldump", "mysqlimport", "mysqlshow", "mysqlslap", "namei", "nano", "nasm",
	"nats", "nc", "ncat", "ncc", "ncdu", "ncu", "neo4j-admin", "nerdctl", "netcat", "nethogs",
	"netlify", "netplan", "netstat", "networkctl", "newgrp", "newman", "nextflow", "nfsstat",
	"nft", "ng", "ngrep", "ngrok", "nikto", "nim", "nimble", "ninja", "nix", "nix-build",
	"nix-channel", "nix-collect-garbage", "nix-env", "nix-shell", "nixos-rebuild", "nixpacks",
	"nl", "nm", "nmap", "nmcli", "nmtui", "node", "nodemon", "nodenv", "nodetool", "nohup",
	"nomad", "nosetests", "notation", "nox", "npm", "npm-check-updates", "nproc", "npx",
	"nsenter", "nslookup", "nuclei", "nuget", "numactl", "nuxi", "nuxt", "nvcc", "nvidia-ctk",
	"nvidia-smi", "nvm", "nx", "nyc", "objcopy", "objdump", "oc", "ocaml", "occ", "oci", "od",
	"odo", "oha", "ollama", "opam", "openocd", "openssl", "openstack", "openvpn",
	"operator-sdk", "opkg", "opm", "oras", "orbctl", "oscap", "ostree", "osv-scanner", "oxlint",
	"packer", "pacman", "pacstrap", "pactl", "pandoc", "papermill", "parcel", "parted",
	"partprobe", "passwd", "pbcopy", "pbpaste", "pbzip2", "pct", "pdbedit", "pdflatex", "pdftk",
	"pdftotext", "pdm", "pecl", "perf", "pg_basebackup", "pg_ctl", "pg_ctlcluster", "pg_dump",
	"pg_dumpall", "pg_isready", "pg_lsclusters", "pg_restore", "pgbench", "pgcli", "pgrep",
	"php-cs-fixer", "phpcbf", "phpcs", "phpenv", "phpize", "phpstan", "phpunit", "picocom",
	"pidof", "pidstat", "pigz", "ping", "pip", "pip3", "pipenv", "pipx", "pixi", "pkg-config",
	"pkill", "plantuml", "platformio", "playwright", "plenv", "pluto", "pm2", "pmap", "pnpm",
	"podman", "podman-compose", "poetry", "polaris", "popd", "poweroff", "pre-commit",
	"prettier", "printf", "prisma", "prlimit", "promtool", "protoc", "ps", "psql", "pstree",
	"pulumi", "puppet", "pushd", "pv", "pvcreate", "pvdisplay", "pvmove", "pvs", "pvscan",
	"pwd", "pwgen", "pwsh", "pydocstyle", "pyenv", "pyinstaller", "pylint", "pyright", "pytest",
	"python", "python2", "python3", "qemu-img", "qemu-nbd", "qemu-system-x86_64", "qm", "qmake",
	"qpdf", "qstat", "qsub", "quarkus", "quarto", "rabbitmq-plugins", "rabbitmqadmin",
	"rabbitmqctl", "rackup", "rails", "rake", "rancher", "ranlib", "raspi-config", "rbd",
	"rbenv", "rc-service", "rc-update", "rclone", "rdctl", "react-native", "readelf",
	"readlink", "rebar3", "reboot", "redis-benchmark", "redis-cli", "redis-server", "regctl",
	"reindexdb", "release-it", "rename.ul", "renice", "resize2fs", "resolvconf", "resolvectl",
	"restic", "restorecon", "reveal-md", "rfkill", "rg", "rimraf", "rke", "rkhunter", "rm",
	"rmdir", "rmmod", "rollup", "rpcinfo", "rpk", "rpm", "rpm-ostree", "rpm2cpio", "rpmbuild",
	"rspec", "rsync", "rubocop", "ruff", "runc", "runghc", "runme", "runsc", "runuser", "rustc",
	"rustfmt", "rustup", "rvm", "rye", "s2i", "s3cmd", "s5cmd", "sacct", "sam", "saml2aws",
	"samlocal", "samtools", "sar", "sass", "sbatch", "sbt", "scala", "scala-cli", "scancel",
	"sccache", "scons", "scp", "scrapy", "scw", "sdk", "sdkmanager", "sed", "semanage",
	"semantic-release", "semgrep", "sensors-detect", "seq", "sequelize", "sequelize-cli",
	"serverless", "service", "sestatus", "setcap", "setenforce", "setfacl", "setfattr",
	"setpriv", "setsebool", "setsid", "sfdisk", "sftp", "sgdisk", "sh", "sha1sum", "sha224sum",
	"sha256sum", "sha512sum", "shasum", "shellcheck", "shfmt", "showmount", "shred", "shuf",
	"shutdown", "sinfo", "singularity", "skaffold", "skopeo", "slabtop", "slapcat",
	"slappasswd", "sleep", "slidev", "sls", "smartctl", "smbclient", "smbpasswd", "snakemake",
	"snap", "snapcraft", "snyk", "socat", "sonar-scanner", "sops", "spack", "sphinx-apidoc",
	"sphinx-autobuild", "sphinx-build", "sphinx-quickstart", "spring", "sqlc", "sqlcmd",
	"sqlfluff", "sqlite-utils", "sqlite3", "sqlmap", "sqlplus", "sqlx", "squeue", "srun", "ss",
	"ssh", "ssh-add", "ssh-copy-id", "ssh-keygen", "sshd", "sshfs", "sshpass", "sslscan", "sst",
	"starboard", "starship", "startx", "stat", "staticcheck", "stern", "strace", "strapi",
	"streamlit", "stress-ng", "strings", "stty", "stylelint", "su", "su-exec", "subfinder",
	"subscription-manager", "sudo", "supabase", "svn", "svnadmin", "sw_vers", "swapoff",
	"swapon", "swc", "swiftc", "swiftlint", "syft", "symfony", "syncthing", "sysbench",
	"sysctl", "sysdig", "systemctl", "systemd-analyze", "systemd-cgls", "systemd-nspawn",
	"systemd-run", "tac", "tail", "tailscale", "talosctl", "tar", "taskset", "tc", "tcpdump",
	"tcpflow", "tcpreplay", "tcptraceroute", "tee", "telepresence", "telnet", "tensorboard",
	"terraform", "terraform-docs", "terragrunt", "terramate", "terrascan", "tesseract",
	"testcafe", "testparm", "testssl.sh", "textlint", "tfenv", "tflint", "tflocal", "tfsec",
	"tfswitch", "tig", "tilt", "time", "timedatectl", "tinygo", "tkn", "tldr", "tmate", "tmux",
	"tofu", "toolbox", "torchrun", "touch", "tox", "tput", "tracee", "traceroute", "tree",
	"trivy", "trufflehog", "truncate", "ts-node", "tsc", "tshark", "tslint", "tsup", "tsx",
	"tune2fs", "turbo", "twine", "typeorm", "typst", "udevadm", "ufw", "ulimit", "umask",
	"umoci", "umount", "uname", "unlink", "unset", "unshare", "unxz", "unzip", "unzstd",
	"update-alternatives", "update-ca-certificates", "update-grub", "updatedb", "useradd",
	"userdel", "usermod", "uuidgen", "uv", "uvicorn", "uvx", "vacuumdb", "vagrant", "valgrind",
	"valkey-cli", "vault-cli", "vboxmanage", "vcgencmd", "vcluster", "vcpkg", "vegeta",
	"velero", "vendir", "vercel", "verdaccio", "vgcreate", "vgdisplay", "vgextend", "vgs",
	"vgscan", "vi", "vim", "virsh", "virt-builder", "virt-customize", "virt-install",
	"virtualenv", "visudo", "vite", "vitepress", "vitest", "vmstat", "vue", "vuepress", "w3m",
	"wails", "waitress-serve", "wall", "wandb", "wasm-pack", "wc", "wdio", "webpack",
	"webpack-cli", "websocat", "werf", "wfuzz", "wg", "wg-quick", "wget", "wget2", "whatis",
	"whereis", "which", "whoami", "whois", "wipefs", "woodpecker-cli", "wp", "wp-cli",
	"wpa_cli", "wpscan", "wrangler", "wrk", "wrk2", "wscat", "wslpath", "xargs", "xbps-install",
	"xcaddy", "xclip", "xcode-select", "xcodebuild", "xcodegen", "xcrun", "xdpyinfo", "xelatex",
	"xh", "xmake", "xmllint", "xrandr", "xset", "xxd", "xz", "xzcat", "yamllint", "yapf",
	"yarn", "yay", "youki", "youtube-dl", "yoyo", "yq", "yt-dlp", "ytt", "yum",
	"yum-config-manager", "zcat", "zerotier-cli", "zfs", "zgrep", "zig", "zip", "zipinfo",
	"zless", "zola", "zoxide", "zpool", "zramctl", "zstd", "zypper"};

/* Words that begin sentences and names, too: a command only with what makes it one. */
static const char *const english_commands[] = {"source", "set", "open", "start", "find", "sort",
	"cut", "test", "wait", "date", "watch", "more", "less", "screen", "code", "top", "file",
	"diff", "route", "host", "history", "clear", "true", "false", "exec", "eval", "trap", "man",
	"tr", "uniq", "free", "uptime", "ruby", "perl", "php", "nginx", "httpd", "registry",
	"crontab", "jobs", "fg", "bg", "read", "xdg-open", "hey", "siege", "serve", "vault", "flux",
	"step", "age", "hub", "act", "fly", "diesel", "goose", "migrate", "air", "just", "bandit",
	"hatch", "bat", "op", "bw", "cz", "np", "tap", "nest", "cap", "comm", "fmt", "sensors",
	"dot", "dune", "mono", "hydra", "john", "etcd", "prometheus", "elasticsearch", "logstash",
	"filebeat", "telegraf", "rev", "tini", "img", "pod", "kubelet", "gs", "p4", "tk", "jb",
	"bb", "cs", "fab", "sail", "sb", "eb", "ko", "cal", "bc", "logger", "awx", "nats-server",
	"mosquitto", "neo4j"};

/* "python3.12", "gcc-12", "php8.3" */
static bool is_versioned(const char *word, size_t length)
{
	static const char *const names[] = {"python", "pip", "php", "gcc", "g++", "clang", "ruby"};
	size_t name = strcspn(word, "-0123456789 ");
	cleanup_free char *base = xstrndup(word, name);
	return name < length && name + strspn(word + name, "-.0123456789") == length &&
	       text_is_one_of(base, names, ARRAY_LENGTH(names));
}

bool known_is_command(const char *word, size_t length)
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
	return is_versioned(word, length);
}

bool known_is_ambiguous(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(english_commands); i++)
		if (*english_commands[i] == *word &&
			strncmp(english_commands[i], word, length) == 0 &&
			english_commands[i][length] == '\0')
			return true;
	return false;
}

bool known_begins_call(const char *line)
{
	static const char *const calls[] = {"module load", "module purge", "module avail",
		"module list", "module unload", "module spider", "vault kv", "vault login",
		"vault read", "vault write", "vault secrets", "vault auth", "vault server",
		"fly deploy", "fly launch", "fly auth", "nest new", "nest g", "nest generate",
		"nest build", "next dev", "next build", "next start", "stack build",
		"stack install", "stack exec", "stack setup", "stack test", "stack new",
		"dune build", "dune exec", "dune init", "flux get", "flux bootstrap", "flux create",
		"flux reconcile", "flux check", "flux install", "step ca", "step certificate",
		"trunk serve", "trunk build", "cross build", "migrate create", "goose up",
		"diesel setup", "diesel migration", "func init", "func start", "func new",
		"pod install", "pod update", "pod init", "act -l", "hatch run", "hatch new",
		"hatch build", "prefect server", "prefect deploy", "cz commit", "cz bump",
		"http GET", "http POST", "http PUT", "http DELETE", "mail -s", "bat cache",
		"task --list"};
	for (size_t i = 0; i < ARRAY_LENGTH(calls); i++) {
		size_t length = strlen(calls[i]);
		if (*calls[i] == *line && strncmp(calls[i], line, length) == 0 &&
			strchr(" \n", line[length]) != NULL)
			return true;
	}
	return false;
}
