#!/bin/bash
# Recipes of packages for other systems (tools/packages): version, archive and digests come from one place, every library has its name
# there, and the systems' own tools can read them, where this system has those.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
[ -e "$ROPES_SOURCE/.git" ] || { skip "this tree is not a clone, and cannot be packed"; exit; }
version=$("$ROPES_SOURCE/tools/version")
archive=ropes-$version.tar.xz
said=$("$ROPES_SOURCE/tools/packages" "$folder/made" https://downloads.example/ropes 2>&1)
is $? 0 "tools/packages ends well: $said"
made=$folder/made
spec=$made/fedora/ropes.spec apk=$made/alpine/APKBUILD arch=$made/arch/PKGBUILD brew=$made/homebrew/ropes.rb

# ---- one version, one archive ----
is "$(grep -rlF "$version" "$ROPES_SOURCE/assets/packages")" "" "no recipe in the tree names the version"
is "$(find "$made" -type f | sed "s|$made/||" | sort | tr '\n' ' ')" "alpine/APKBUILD arch/PKGBUILD fedora/ropes.spec homebrew/ropes.rb $archive " "each recipe is made, and the archive"
is "$(grep -n '@[A-Z0-9]*@' "$spec" "$apk" "$arch" "$brew")" "" "and complete"
for recipe in "$spec" "$apk" "$arch" "$brew"; do
	is "$(cmp "${recipe%/*}/$archive" "$made/$archive" && echo same)" same "the archive is beside ${recipe##*/}"
done
is "$(sed -n 's/^Version: *//p' "$spec")" "$version" "the spec's version"
is "$(sed -n 's/^Source0: *//p' "$spec" | sed "s/%{name}/ropes/; s/%{version}/$version/")" "$archive" "and its archive"
is "$(sed -n '/^%changelog/{n;s/^\* [A-Z][a-z][a-z] \([A-Z][a-z][a-z] [0-9][0-9]* [0-9]*\) .* - \(.*\)-1$/\1 \2/p}' "$spec")" \
	"$(LC_ALL=C date -ud "$(sed -n "s/^## $version - //p" "$ROPES_SOURCE/CHANGELOG.md")" '+%b %d %Y') $version" "and its day"
sourced() { # SHELL FILE WORDS: of a recipe that is a script
	"$1" -c ". '$2' && echo $3" 2>&1
}
for shell in sh "busybox ash"; do
	command -v "${shell%% *}" >/dev/null || continue
	# shellcheck disable=SC2086,SC2016 # a program and its applet; expanded by the recipe's shell
	is "$($shell -c ". '$apk' && echo \$pkgname \$pkgver \$source \$sha512sums" 2>&1)" \
		"ropes $version $archive $(sha512sum "$made/$archive" | cut -d' ' -f1) $archive" "$shell reads the APKBUILD: version, archive, digest"
done
# shellcheck disable=SC2016 # likewise
is "$(sourced bash "$arch" '$pkgname $pkgver ${source[0]} ${sha256sums[0]}')" \
	"ropes $version $archive $(sha256sum "$made/$archive" | cut -d' ' -f1)" "bash reads the PKGBUILD"
has "$(cat "$brew")" "^  url \"https://downloads.example/ropes/$archive\"\$" "the formula fetches the archive from the address that is given"
has "$(cat "$brew")" "^  sha256 \"$(sha256sum "$made/$archive" | cut -d' ' -f1)\"\$" "and knows its digest"
has "$(cat "$brew")" 'depends_on :linux' "on Linux only"

# ---- every library that building needs, by its name there; `-`: it is part of another one's package ----
table='
# tools/deps             Fedora          Alpine              Arch            Homebrew
sqlite3                  sqlite3         sqlite-dev          sqlite          sqlite
readline                 readline        readline-dev        readline        readline
libcurl                  libcurl         curl-dev            curl            curl
libcjson                 libcjson        cjson-dev           cjson           cjson
libutf8proc              libutf8proc     utf8proc-dev        libutf8proc     utf8proc
libseccomp               libseccomp      libseccomp-dev      libseccomp      libseccomp
gnutls                   gnutls          gnutls-dev          gnutls          gnutls
libqrencode              libqrencode     libqrencode-dev     qrencode        qrencode
libxml-2.0               libxml-2.0      libxml2-dev         libxml2         libxml2
libarchive               libarchive      libarchive-dev      libarchive      libarchive
libmicrohttpd            libmicrohttpd   libmicrohttpd-dev   libmicrohttpd   libmicrohttpd
wslay/wslay.h            libwslay        wslay-dev           wslay           wslay
cmark-gfm.h              libcmark-gfm    cmark-gfm-dev       cmark-gfm       cmark-gfm
cmark-gfm-core-extensions.h - - - -
'
# shellcheck disable=SC2016 # expanded by the recipe's shell
apk_names=" $(sourced sh "$apk" '$makedepends') " arch_names=" $(sourced bash "$arch" '${depends[@]}') "
while read -r package sign; do
	row=$(awk -v lib="$sign" '$1 == lib' <<<"$table")
	[ -n "$row" ] || { bad "expected a row in this test for the library $sign ($package), and its names in the recipes"; continue; }
	read -r _ fedora alpine archlinux homebrew <<<"$row"
	has "$(cat "$ROPES_SOURCE/assets/packages/debian/control")" "^(Build-Depends:)? +.*\b$package\b" "Debian's package needs $package"
	[ "$fedora" != - ] || continue
	has "$(cat "$spec")" "^BuildRequires: +pkgconfig\\($fedora\\)\$" "the spec needs $sign"
	has "$apk_names" " $alpine " "the APKBUILD needs $sign"
	has "$arch_names" " $archlinux " "the PKGBUILD needs $sign"
	has "$(cat "$brew")" "^  depends_on \"$homebrew\"\$" "the formula needs $sign"
done < <(sed -n 's/^build  *\(lib[^ ]*\)  *\(pkg\|header\):\(.*\)/\1 \3/p' "$ROPES_SOURCE/tools/deps")

# ---- every library that is opened at its first use: no tool finds those by itself ----
table='
# file          Debian           Fedora         Alpine
libarchive      libarchive13     libarchive     libarchive
libcurl         libcurl4         libcurl        libcurl
libgnutls       libgnutls30      gnutls         gnutls
libmicrohttpd   libmicrohttpd12  libmicrohttpd  libmicrohttpd
libwslay        libwslay1        wslay          wslay
libxml2         libxml2          libxml2        libxml2
'
# shellcheck disable=SC2016 # expanded by the recipe's shell
apk_names=" $(sourced sh "$apk" '$depends') "
while read -r file; do
	row=$(awk -v file="$file" '$1 == file' <<<"$table")
	[ -n "$row" ] || { bad "expected a row in this test for $file, and its names in the recipes"; continue; }
	read -r _ debian fedora alpine <<<"$row"
	has "$(sed '1,/^Depends:/d' "$ROPES_SOURCE/assets/packages/debian/control")" "[ |]$debian,\$" "Debian's package needs $file"
	has "$(cat "$spec")" "^Requires: +$fedora%\{\?_isa\}\$" "the spec needs $file"
	has "$apk_names" "[[:space:]]${alpine}[[:space:]]" "the APKBUILD needs $file"
done < <(comm -23 <(strings "$ROPES" | grep -xE 'lib[a-z0-9]+\.so\.[0-9]+' | sort -u) <(ldd "$ROPES" | awk '{ print $1 }' | sort) | sed 's/\..*//')

# ---- as the systems' tools read them ----
is "$(bash -n "$arch" 2>&1)$(sh -n "$apk" 2>&1)" "" "both scripts are whole"
if command -v shellcheck >/dev/null; then
	is "$(shellcheck -s bash -S warning -e SC2034,SC2154,SC2164 "$arch" 2>&1)" "" "shellcheck reads the PKGBUILD"
	is "$(shellcheck -s sh -S warning -e SC2034,SC2154 "$apk" 2>&1)" "" "and the APKBUILD"
else
	skip "there is no shellcheck here"
fi
if command -v rpmspec >/dev/null; then
	is "$(rpmspec -q --srpm --qf '%{name} %{version}' "$spec" 2>&1)" "ropes $version" "rpm reads the spec"
else
	skip "there is no rpmspec here (package rpm)"
fi
if command -v ruby >/dev/null; then
	is "$(ruby -wc "$brew" 2>&1)" "Syntax OK" "ruby reads the formula"
else
	skip "there is no ruby here"
fi
