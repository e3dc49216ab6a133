#!/bin/sh
# Brings a Chromium and a Chinese font for the browser tests: by apt-get where we are root on
# Debian, else by playwright's own download. Never fails the build: the tests themselves say
# which of them could not run.
python=$1
if command -v chromium >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and a Chinese font for the browser tests ..."
  if apt-get update -qq >/dev/null 2>&1 \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      chromium fonts-noto-cjk fontconfig >/dev/null 2>&1; then exit 0; fi
fi
if command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; then exit 0; fi
echo "Asking playwright for a Chromium of its own ..."
if "$python" -m playwright install chromium >/dev/null 2>&1; then exit 0; fi
echo "*** No Chromium could be had: THE BROWSER TESTS WILL NOT RUN on this machine. ***" >&2
echo "*** Install a package named chromium (and fonts-noto-cjk), then run make test again. ***" >&2
exit 0
