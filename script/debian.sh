# Debian packages for script/setup and script/services. Sourced, not run.
# shellcheck shell=bash

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_quietly() {
  DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# The package lists are empty in a fresh container and stale on a machine that slept. Updating them takes
# seconds, so it is done only when the first try fails.
apt_or_update() { apt_quietly "$@" || { apt_quietly update && apt_quietly "$@"; }; }

# Its last line, when it refuses, is what a person has to run: script/services prints that line.
apt_install() {
  if ! may_install; then
    echo "run  sudo apt-get install $*  (done for you as root on Debian and Ubuntu)"
    return 1
  fi
  apt_or_update install --no-install-recommends "$@"
}

# Unpacks a package into DIRECTORY instead of installing it, and installs only the libraries that it links to.
# Installing postfix would remove the machine's own mail server; installing ngircd would start one at boot.
apt_unpack() {
  local package=$1 directory=$2 libraries
  if ! may_install; then
    echo "run  sudo apt-get install $package  (unpacked for you, unused by the system, as root on Debian and Ubuntu)"
    return 1
  fi
  rm -rf "$directory" && mkdir -p "$directory" &&
    (cd "$directory" && apt_or_update -o APT::Sandbox::User=root download "$package") &&
    libraries=$(dpkg-deb -f "$directory/$package"_*.deb Depends | tr ',' '\n' | grep -E '^ *lib' | paste -sd,) &&
    apt_or_update satisfy --no-install-recommends "$libraries" &&
    dpkg-deb -x "$directory/$package"_*.deb "$directory" &&
    rm "$directory/$package"_*.deb
}
