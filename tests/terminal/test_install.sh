#!/bin/bash
# Installing and removing, and what a program reads: its own data, wherever its tree was moved, and nobody else's.
# shellcheck source=tests/terminal/library.sh
. "$(dirname "$0")/library.sh"
unset ROPES_DATA MAKEFLAGS MFLAGS MAKELEVEL
root=$folder/root
build=$(realpath --relative-to="$ROPES_SOURCE" "${ROPES%/ropes}") # make knows no blanks in names
in_source() { make -s -C "$ROPES_SOURCE" BUILD="$build" DESTDIR="$root" PREFIX=/usr "$@" 2>&1; }

# ---- what is installed ----
before=$(stat -c %Y "$ROPES")
said=$(umask 077 && CFLAGS=-O0 in_source install) # other flags than it was built with
is $? 0 "make install ends well: $said"
is "$(stat -c %Y "$ROPES")" "$before" "what is built is not built again"
is "$(find "$root" -type f -name ropes -perm 755 | sed "s|$root||")" /usr/bin/ropes "the program is for everybody"
is "$(find "$root" -type f ! -perm 644 ! -path '*/bin/ropes' ! -path '*/assets/practice/*')" "" "everybody can read all other files"
is "$(cd "$root/usr/share/ropes" && find . -type f -perm 755 | sort)" \
	"$(cd "$ROPES_SOURCE" && find ./assets ./lessons ./quizzes -type f -perm -100 ! -path './assets/packages/*' | sort)" "a practice image's programs stay executable"
is "$(find "$root/usr" -type d ! -perm 755)" "" "and open all folders"
is "$(find "$root" -name man -o -name completions -o -name pictures | sed "s|$root/usr/share||" | sort | tr '\n' ' ')" \
	"/bash-completion/completions /man /ropes/lessons/docker-start-here/pictures " "nothing is there twice, and of the pictures only those of lessons"
is "$(cd "$root/usr/share/ropes/lessons" && find . -path '*/pictures/*' | sort)" \
	"$(cd "$ROPES_SOURCE/lessons" && find . -path '*/pictures/*' | sort)" "all of them"
is "$(cd "$root/usr/share/ropes" && diff -rq "$ROPES_SOURCE/quizzes" quizzes; diff -rq "$ROPES_SOURCE/assets/practice" assets/practice)" "" "the data is whole"
for file in LICENSE README.md docs/THREATS.md; do
	is "$(cmp "$ROPES_SOURCE/$file" "$root/usr/share/doc/ropes/$file" && echo same)" same "$file is among the documents"
done
is "$(grep -acF "$ROPES_SOURCE" "$root/usr/bin/ropes")" 0 "no path of the build folder is in the program"
has "$("$root/usr/bin/ropes" list 2>&1)" '^docker-start-here ' "the installed program lists the courses"
has "$("$root/usr/bin/ropes" doctor 2>&1)" '✔ courses: [1-9]' "and doctor finds them"

# ---- a newer version takes the place of an older one ----
mkdir -p "$root/usr/share/ropes/lessons/old"
echo '# Old' >"$root/usr/share/ropes/lessons/old/old.md"
echo share/ropes/lessons/old/old.md >>"$root/usr/share/ropes/installed"
has "$("$root/usr/bin/ropes" list 2>&1)" '^old ' "a course of an older version"
in_source install >/dev/null
lacks "$("$root/usr/bin/ropes" list 2>&1)" '^old ' "goes when a version without it is installed"

# ---- whose data ----
course() { # FOLDER NAME: a tree with one course
	mkdir -p "$1/lessons/$2"
	printf '# The title of %s\n\nWords.\n' "$2" >"$1/lessons/$2/$2.md"
}
mkdir -p "$folder/tree/build/share/ropes"
course "$folder/tree" mine
cp "$ROPES" "$folder/tree/build/ropes"
ln -s ../../../lessons "$folder/tree/build/share/ropes/lessons"
has "$("$folder/tree/build/ropes" list 2>&1)" '^mine ' "a program in a build folder reads its source tree"
mv "$folder/tree" "$folder/moved"
has "$("$folder/moved/build/ropes" list 2>&1)" '^mine ' "when that is moved, too"
course "$folder/tree" other
has "$("$folder/moved/build/ropes" list 2>&1)" '^mine ' "and not what is at the old place"
course "$root/usr" stray
lacks "$("$root/usr/bin/ropes" list 2>&1)" '^stray ' "lessons beside an installation are not read"
rm -r "$root/usr/lessons"
mkdir -p "$folder/open/bin" && chmod 1777 "$folder/open"
cp "$ROPES" "$folder/open/bin/ropes"
course "$folder/open/share/ropes" planted
lacks "$("$folder/open/bin/ropes" list 2>&1)" '^planted ' "data in a folder that is open to everybody is not read"
chmod 755 "$folder/open"
has "$("$folder/open/bin/ropes" list 2>&1)" '^planted ' "once it is closed it is"
mkdir "$folder/bin" && ln -s "$root/usr/bin/ropes" "$folder/bin/ropes"
has "$("$folder/bin/ropes" list 2>&1)" '^docker-start-here ' "a link to the program is as good"
mv "$root/usr" "$root/opt"
has "$("$root/opt/bin/ropes" list 2>&1)" '^docker-start-here ' "an installation can be moved"
mv "$root/opt" "$root/usr"

# ---- nothing is left, and nothing of anybody else's is gone ----
course "$root/usr/share/ropes" theirs
touch "$root/usr/bin/other"
said=$(in_source uninstall)
is $? 0 "make uninstall ends well: $said"
is "$(find "$root" -type f | sed "s|$root||" | sort | tr '\n' ' ')" "/usr/bin/other /usr/share/ropes/lessons/theirs/theirs.md " "others' files stay"
rm -r "$root/usr/share/ropes"
in_source install >/dev/null
in_source uninstall >/dev/null
is "$(find "$root" -type f -o -name ropes | sed "s|$root||")" /usr/bin/other "nothing else is left"
is "$(in_source uninstall)" "ropes: nothing is installed below $root/usr" "a second time there is nothing to remove"

# ---- the version, and the archive of the tree ----
version=$("$ROPES_SOURCE/tools/version")
is "$("$ROPES" --version)" "ropes $version" "the changes' first heading is the version"
if [ -e "$ROPES_SOURCE/.git" ]; then
	for try in 1 2; do "$ROPES_SOURCE/tools/dist" "$folder/dist$try" >/dev/null; done
	is "$(cmp "$folder"/dist[12]/ropes-"$version".tar.xz && echo same)" same "a commit is packed as the same bytes each time"
	is "$(tar -tf "$folder/dist1/ropes-$version.tar.xz" | grep -cvE "^ropes-$version/")" 0 "all in a folder of its name"
	has "$(tar -tf "$folder/dist1/ropes-$version.tar.xz")" "^ropes-$version/Makefile" "with what builds it"
fi
