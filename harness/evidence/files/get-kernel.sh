#!/bin/sh
# Gets the kernel that was tested: downloads its package, or takes the file of that package. Another kernel is given as an image.
# get-kernel.sh [FILE.deb|IMAGE]
set -eu
given=
[ -z "${1-}" ] || given=$(realpath -- "$1")
cd "$(dirname "$0")"
. ./settings.sh

case "$given" in
*.deb)
	deb=$given
	;;
'')
	if [ -z "$kernel_package" ]; then
		echo "get-kernel.sh: this kernel is not in a package; see README.txt, then: get-kernel.sh IMAGE" >&2
		exit 1
	fi
	mkdir -p download
	if ! (cd download && apt-get download "$kernel_package=$kernel_version"); then
		echo "get-kernel.sh: apt has no $kernel_package=$kernel_version (of $kernel_source)" >&2
		[ "$kernel_source" != debian ] || echo "it may be at https://snapshot.debian.org/binary/$kernel_package/" >&2
		echo "get the file, then: get-kernel.sh FILE.deb" >&2
		exit 1
	fi
	deb=$(echo download/*.deb)
	;;
*)
	cp "$given" kernel-image
	echo "get-kernel.sh: kernel-image is $given"
	exit 0
	;;
esac
if [ -n "$deb_sha256" ] && ! echo "$deb_sha256  $deb" | sha256sum -c - >/dev/null 2>&1; then
	echo "get-kernel.sh: $deb is another file than the one that was tested, whose SHA-256 is $deb_sha256" >&2
	echo "get-kernel.sh: for another kernel, give its image" >&2
	exit 1
fi
rm -rf package
dpkg-deb -x "$deb" package
for image in package/boot/vmlinuz-* package/usr/lib/modules/*/vmlinuz package/lib/modules/*/vmlinuz; do
	[ ! -e "$image" ] || cp "$image" kernel-image
done
if [ ! -e kernel-image ]; then
	echo "get-kernel.sh: there is no image in $deb" >&2
	exit 1
fi
echo "get-kernel.sh: kernel-image is that of $deb"
