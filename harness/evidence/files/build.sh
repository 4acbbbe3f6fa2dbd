#!/bin/sh
# Builds initramfs.cpio.gz with busybox, the reproducer and what it needs. Programs: busybox, gzip; gcc for a reproducer in C;
# apt-get and dpkg-deb for Debian packages in the guest.
set -eu
cd "$(dirname "$0")"
. ./settings.sh

fail() {
	echo "build.sh: $*" >&2
	exit 1
}
# add_program FILE PLACE: with the libraries that it is linked with
add_program() {
	mkdir -p "root$(dirname "$2")"
	cp -L "$1" "root$2"
	(ldd "$1" 2>/dev/null || true) | grep -o '/[^ )]*' | while read -r library; do
		mkdir -p "root$(dirname "$library")"
		cp -L "$library" "root$library"
	done
}

rm -rf root
mkdir -p root/usr/bin root/usr/sbin root/usr/lib root/usr/lib64 root/etc root/evidence root/root root/boot
for name in bin sbin lib lib64; do ln -s "usr/$name" "root/$name"; done
busybox=$(command -v busybox) || fail 'busybox not found (apt-get install busybox-static)'

for package in $packages; do
	(mkdir -p packages && cd packages && apt-get download "$package" >/dev/null) || fail "apt has no $package"
done
for deb in packages/*.deb; do
	[ -e "$deb" ] || continue
	dpkg-deb --fsys-tarfile "$deb" >package.tar
	tar -x --keep-directory-symlink -C root -f package.tar
	rm package.tar
done
add_program "$busybox" /bin/busybox
ln -sf busybox root/bin/sh

for program in $host_programs; do
	path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$program") || fail "$program not found"
	add_program "$path" "/usr/bin/$program"
done
for file in guest/files/*; do
	[ ! -e "$file" ] || cp -R "$file" root/
done
cp guest/init root/init
cp guest/observe root/bin/observe
cp guest/command root/evidence/command
cp -R guest/modules root/evidence/
cp guest/passwd guest/group root/etc/
cp -R reproducer root/evidence/
[ ! -e config ] || cp config root/boot/config-"$kernel_release"
compile
chmod 755 root/init root/bin/observe root/evidence/command

(cd root && find . >../files.txt && "$busybox" cpio -o -H newc -R 0:0 <../files.txt >../initramfs.cpio) || fail 'cpio failed'
gzip -f initramfs.cpio
rm files.txt
echo "build.sh: wrote initramfs.cpio.gz"
