#!/bin/bash
# What doctor finds: every part where all is there; each part that is missing, with the package that has it; and each cause
# for which the kernel refuses a machine, with the command that fixes it for good. Programs that fail are stand-ins here.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
unset ROPES_DATA
export COLUMNS=100
chmod 755 "$folder"
mkdir -p "$folder/tree/bin" "$folder/tree/share/ropes" "$folder/account" "$folder/fake"
cp "$ROPES" "$folder/tree/bin/ropes"
cp -r "$ROPES_SOURCE/lessons" "$ROPES_SOURCE/quizzes" "$ROPES_SOURCE/assets" "$folder/tree/share/ropes/"
doctor=$folder/tree/bin/ropes

# stand_in NAME WORDS: a program that says this and fails, wherever it runs.
stand_in() {
	printf '#!/bin/sh\nprintf %%b %q >&2\nexit 1\n' "$2${2:+\\n}" >"$folder/fake/$1"
	chmod 755 "$folder/fake/$1"
}

# ---- a machine with everything ----
parts() { python3 -c '
import json, sys
for p in json.load(sys.stdin):
    print(p["name"], p["present"], p["needed"], p.get("mend", ""), p["detail"].count("\n"), sep="|")'; }
all=$("$doctor" doctor --json)
is $? 0 "all that is needed is here"
all=$(parts <<<"$all")
for name in 'dockerd (the practice machine)' 'docker (the client)' 'docker-registry (practice images)' \
	'busybox, static (practice images)' 'bash, static (practice images)' 'iptables (published ports)' tar libcurl namespaces record; do
	is "$(grep -F "$name|" <<<"$all")" "$name|True|True||0" "$name is needed, here, and told in a line"
done
for name in 'ps (docker top)' 'curl (in lessons)' courses terminal; do
	is "$(grep -F "$name|" <<<"$all")" "$name|True|False||0" "$name is wanted, here, and told in a line"
done
is "$(grep -F 'practice machine|' <<<"$all")" "practice machine|False|False|ropes daemon start|0" "the machine does not run"
is "$(sed -n 's/|True|True|.*//p' <<<"$all" | sort | uniq -d)" "" "each part has a name of its own"

# ---- programs that are missing, or are not what they seem ----
mkdir "$folder/few"
ln -s "$(command -v bash)" "$folder/few/bash"
printf '#!/bin/sh\n[ "$2" = "$KNOWN" ]\n' >"$folder/few/apt-cache"
printf '#!/bin/sh\n' >"$folder/few/apt-get"
printf '#!/bin/sh\necho podman version 5\n' >"$folder/few/docker"
chmod 755 "$folder"/few/*
few() { PATH=$folder/few "$doctor" doctor 2>&1; }
said=$(KNOWN=docker-cli few)
is $? 3 "a needed part is missing"
sudo=$([ "$(id -u)" = 0 ] || echo 'sudo ')
while IFS='|' read -r name detail package; do
	has "$said" "^✘ $name.*: $detail" "$name: what is wrong"
	is "$(grep -A1 -F "✘ $name" <<<"$said" | sed -n 's/^  → //p')" "${sudo}apt-get install $package" "$name: its package"
done <<LIST
docker-registry|missing|docker-registry
busybox|missing|busybox-static
bash|'$folder/few/bash' is not statically linked|bash-static
LIST
has "$said" "^✘ docker .the client.: '$folder/few/docker' is a different" "Podman's docker is not Docker's"
has "$said" "^  → ${sudo}apt-get install docker-cli$" "the client where it is a package of its own"
has "$(KNOWN=none few)" "^  → ${sudo}apt-get install docker.io$" "and where it is not"
has "$said" '^! ps .docker top.: missing' "without ps a command fails"
has "$said" "^  → ${sudo}apt-get install procps$" "its package"
printf '#!/bin/sh\necho it is broken 1.2\nexit 1\n' >"$folder/few/iptables"
chmod 755 "$folder/few/iptables"
has "$(few)" "^✘ iptables .*: '$folder/few/iptables --version' failed: it is" "a program that fails is not taken for a good one"
rm "$folder/few/iptables" "$folder/few/apt-get"
lacks "$(few)" '→ .*apt-get' "no apt-get where there is none"
[ "$(id -u)" = 0 ] || exit # the rest binds files of its own over the machine's

library=$(ldconfig -p | sed -n 's/.*libcurl\.so\.4 .*=> //p' | head -1)
has "$(unshare -m bash -c 'mount --bind /dev/null "$0" && exec "$1" doctor 2>&1' "$(realpath "$library")" "$doctor")" \
	'^✘ libcurl: .*libcurl' "a library that can't be opened"

# ---- causes ----
# The machine's files, as a row of the table below wants them: /etc and the kernel's settings are the test's own.
uid=$((20000 + $$ % 20000)) # two runs at once have two
mkdir "$folder/etc"
cp -a /etc/group /etc/nsswitch.conf /etc/ld.so.cache /etc/alternatives "$folder/etc/"
{ cat /etc/passwd; echo "apprentice:x:$uid:$uid::$folder/account:/bin/sh"; } >"$folder/etc/passwd"
chown $uid "$folder/account"
mkdir "$folder/account/run" && chown $uid "$folder/account/run" && chmod 700 "$folder/account/run"
# as USER FILE VALUE: doctor, where a file has a value. What fails is what a start asks for last: as root iptables, inside;
# else newuidmap.
as() {
	# shellcheck disable=SC2016 # of the inner shell
	unshare -m bash -c 'folder=$1 user=$2 file=$3 value=$4 doctor=$5 uid=$6
		iptables=$(realpath "$(command -v iptables)")
		cp -a "$folder/etc" "$folder/etc.now"
		mkdir -p "$folder/settings"
		mount --bind "$folder/etc.now" /etc
		case $user$file in root/* | apprentice/*) mount --bind "$folder/settings" "${file%/*}" || exit ;; esac
		[ -z "$file" ] || echo "$value" >"$file"
		export PATH=$folder/fake:/usr/sbin:/usr/bin:/sbin:/bin
		[ "$user" != apprentice ] || exec setpriv --reuid $uid --regid $uid --clear-groups env HOME="$folder/account" \
			XDG_RUNTIME_DIR="$folder/account/run" XDG_DATA_HOME="$folder/account/data" "$doctor" doctor 2>&1
		[ ! -e "$folder/fake/iptables" ] || mount --bind "$folder/fake/iptables" "$iptables"
		exec "$doctor" doctor 2>&1' - "$folder" "$1" "$2" "$3" "$doctor" "$uid"
	rm -rf "$folder/etc.now" "$folder/settings"
}
sysctl() { echo "echo $1 | tee -a /etc/sysctl.d/99-ropes.conf && sysctl -p /etc/sysctl.d/99-ropes.conf"; }
# shellcheck disable=SC2016 # as it is printed
apparmor="profile=\$(sed 's|^profile ropes \"[^\"]*\"|profile NAME \"$doctor\"|' '$folder/tree/share/ropes/assets/apparmor/ropes') &&\
 printf '%s\\n' \"\$profile\" | tee /etc/apparmor.d/NAME >/dev/null && apparmor_parser -r /etc/apparmor.d/NAME"
echo 'apprentice:2000000:65536' | tee "$folder/etc/subuid" >"$folder/etc/subgid"
while IFS='@' read -r user file value words why fix; do
	rm -f "$folder"/fake/*
	if [ "$user" = apprentice ]; then stand_in newuidmap "$words"; else stand_in iptables "$words"; fi
	said=$(as "$user" "$file" "$value")
	case $fix in sysctl*) fix=$(sysctl "${fix#sysctl }") ;; apparmor) fix=$apparmor ;; esac
	[ "$user" != apprentice ] || fix=$(sed -E 's/(^|[|&] )(tee|sysctl|apparmor_parser|apt-get|modprobe) /\1sudo \2 /g' <<<"$fix")
	part=$(sed -n '/^. namespaces/,/^[✔✘!]/p' <<<"$said" | sed '$d')
	line=$(sed -n '/→/!p' <<<"$part" | tr '\n' ' ' | tr -s ' ')
	is "${line#*namespaces: }" "$(printf %b "$words" | sed -n "${why%%:*}p")${why#*:} " "$user $file $words: the words"
	is "$(sed -n 's/^  → //p' <<<"$part" | sed -E 's/ropes-[0-9a-f]{8}/NAME/g')" "$fix" "$user $file $words: the fix"
done <<LIST
apprentice@/proc/sys/kernel/unprivileged_userns_clone@0@newuidmap: Operation not permitted@1:@sysctl kernel.unprivileged_userns_clone=1
apprentice@/proc/sys/kernel/unprivileged_userns_clone@0@No permissions to create new namespace@1:@sysctl kernel.unprivileged_userns_clone=1
apprentice@/proc/sys/kernel/unprivileged_userns_clone@1@newuidmap: Operation not permitted@1:@
root@/proc/sys/kernel/unprivileged_userns_clone@0@cannot mount proc at 'proc' in the machine: Operation not permitted@1:@
apprentice@/proc/sys/user/max_user_namespaces@0@newuidmap: No space left on device@1:@sysctl user.max_user_namespaces=10000
apprentice@/proc/sys/user/max_net_namespaces@0@newuidmap: No space left on device@1:@sysctl user.max_net_namespaces=10000
apprentice@/proc/sys/kernel/apparmor_restrict_unprivileged_userns@1@newuidmap: write to uid_map failed: Operation not permitted@1: (AppArmor forbids it)@apparmor
root@/proc/sys/kernel/apparmor_restrict_unprivileged_userns@1@cannot mount proc at 'proc' in the machine: Operation not permitted@1:@
apprentice@@@newuidmap: write to uid_map failed: Operation not permitted@1: (newuidmap and newgidmap lack their rights)@apt-get install --reinstall uidmap
root@@@iptables: can't initialize iptables table 'nat': Table does not exist (do you need to insmod?)\nPerhaps your kernel needs to be upgraded.@1:@echo iptable_nat | tee /etc/modules-load.d/ropes.conf && modprobe iptable_nat
root@@@one\nsomething that nobody has seen yet@2:@
root@@@@1:'iptables' failed@
LIST

# ---- AppArmor's command: a profile for each copy of ropes, and none where there is no source ----
cp -r "$folder/tree" "$folder/other"
mkdir "$folder/profiles"
stand_in newuidmap 'newuidmap: write to uid_map failed: Operation not permitted'
install_profile() { # COPY
	local doctor=$folder/$1/bin/ropes fix
	fix=$(as apprentice /proc/sys/kernel/apparmor_restrict_unprivileged_userns 1 | sed -n 's/^  → \(profile=.*\)/\1/p')
	fix=$(sed -e 's/sudo //g' -e 's/apparmor_parser -r/grep -q profile/' -e "s|/etc/apparmor.d|$folder/profiles|g" <<<"$fix")
	[ "$2" != without ] || rm "$folder/$1/share/ropes/assets/apparmor/ropes"
	bash -c "$fix" 2>/dev/null
}
install_profile tree with
is $? 0 "the command works"
install_profile other with
for copy in tree other; do
	is "$(grep -lF "\"$folder/$copy/bin/ropes\"" "$folder"/profiles/* | wc -l)" 1 "a profile is for $copy"
done
is "$(sed -n 's/^profile \([^ ]*\) .*/\1/p' "$folder"/profiles/* | sort -u | wc -l)" 2 "they have two names"
rm "$folder"/profiles/*
install_profile other without
is "$?$(ls "$folder/profiles")" 2 "without a source nothing is written"
rm -r "$folder/other" "$folder"/fake/*

# ---- a container that lacks rights: there is no machine in it ----
stand_in iptables 'Permission denied (you must be root)'
# shellcheck disable=SC2016 # of the inner shell
said=$(unshare -m bash -c 'mount --bind "$1" "$(realpath "$(command -v iptables)")"
	exec setpriv --bounding-set -sys_admin "$2" doctor 2>&1' - "$folder/fake/iptables" "$doctor" | tr -s '\n ' ' ')
has "$said" '✘ namespaces: .*this machine is a container, and needs the rights' "a container that lacks rights"
# shellcheck disable=SC2016 # likewise
said=$(unshare -m bash -c 'mount --bind /dev/null /proc/version
	exec setpriv --bounding-set -sys_admin "$1" doctor 2>&1' - "$doctor" | tr -s '\n ' ' ')
has "$said" '✘ namespaces: cannot mount proc at .* .parts of /proc are hidden. → start the container with `--security-opt systempaths=unconfined`' \
	"a container whose /proc is partly hidden"
rm "$folder"/fake/* "$folder"/etc/sub?id
said=$(timeout 60 setpriv --bounding-set -kill "$doctor" doctor 2>&1)
has "$said" '^✘ namespaces: root cannot end processes with other ids' "one that may not end processes"
# shellcheck disable=SC2016 # of the inner shell
said=$(bash -c 'old=$XDG_RUNTIME_DIR/ropes/probe-$$ && mkdir -p "$old" && touch "$old/control.sock" && exec "$1" doctor 2>&1' - "$doctor")
has "$said" '^✔ namespaces: ' "what a process with the same number left is no obstacle"

# ---- an account that has no numbers for its containers ----
said=$(as apprentice '' '')
has "$said" '^✘ users and groups .*: apprentice in neither' "an account without numbers is told"
has "$said" '^  → sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 apprentice$' "and how to get some"
has "$said" '^✘ namespaces: /etc/subuid has no range of 65,536 ids for .apprentice.' "and what follows from it"
printf "somebody:200000:65536\n$uid:300000:10\n" >"$folder/etc/subuid"
echo 'somebody:400000:10' >"$folder/etc/subgid"
has "$(as apprentice '' '')" '^  → sudo usermod --add-subgids 400010-465545 apprentice$' "numbers are not given twice"
echo 'apprentice:2000000:65536' | tee "$folder/etc/subuid" >"$folder/etc/subgid"
said=$(as apprentice '' '')
has "$said" '^✔ users and groups .*: apprentice in /etc/subuid and /etc/subgid' "an account with numbers"
has "$said" '^✔ namespaces: ' "its machine can have namespaces"
is "$(find "$folder/account/run" "$XDG_RUNTIME_DIR" -name 'probe-*')" "" "nothing is left of what was tried"
for _ in $(seq 100); do # they were ended a moment ago
	pgrep -u $uid -r D,R,S >/dev/null || break
	sleep 0.1
done
is "$(pgrep -u $uid -r D,R,S | wc -l)" 0 "and nothing runs on"
