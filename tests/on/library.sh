# tests/on/library.sh - for the situations of `make check-on BEFORE=tests/on/NAME`: packages as other people make them.
# shellcheck shell=sh
export DEBIAN_FRONTEND=noninteractive
folder=/var/lib/situation

# Fetches packages of this release and unpacks each below $folder/NAME; a name that this release does not have is left out.
unpack_packages() {
	mkdir -p "$folder" && chown _apt "$folder" 2>/dev/null
	for package in "$@"; do
		apt-cache show "$package" >/dev/null 2>&1 || continue
		(cd "$folder" && apt-get download -q "$package" && dpkg-deb -R "$package"_*.deb "$package")
	done
}

# The libraries that an unpacked package depends on.
libraries_of() {
	for package in "$@"; do sed -n 's/^Depends: //p' "$folder/$package/DEBIAN/control" 2>/dev/null; done |
		tr ',' '\n' | grep '^ *lib' | sort -u | paste -sd,
}

# Makes a package of the files in $folder/NAME.files and the control fields on standard input, and leaves it in $folder.
make_package() { # NAME VERSION
	mkdir -p "$folder/$1.files/DEBIAN"
	{
		printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$2" "$(dpkg --print-architecture)"
		printf 'Maintainer: nobody <nobody@example.org>\nDescription: stands in for %s\n' "$1"
		grep -v ': *$' || true
	} >"$folder/$1.files/DEBIAN/control"
	dpkg-deb -Znone -b "$folder/$1.files" "$folder/$1.deb"
}

# Moves a program of unpacked packages to where the package NAME has it.
place_program() { # NAME PROGRAM TARGET
	program=$(find "$folder" -path "$folder/*.files" -prune -o -path "*bin/$2" -type f -print | head -1)
	[ -n "$program" ] && install -D -m 755 "$program" "$folder/$1.files/$3"
}

install_packages() { # NAME…: those that make_package made
	for package in "$@"; do set -- "$@" "$folder/$package.deb"; shift; done
	apt-get install -q -y --no-install-recommends "$@"
}

packages_stay() {
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			{ echo "package $package is gone"; return 1; }
	done
}
