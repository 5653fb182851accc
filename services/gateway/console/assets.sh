#!/usr/bin/env bash
# Fetches what the console is made of into assets/, from npm packages of these
# versions with these hashes and no others.
#
#   ./assets.sh          writes assets/ anew
#   ./assets.sh --check  fails if assets/ is not what the packages hold
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# package version sha512 file...; graphiql.min.js is the one build that needs
# no bundler. A licence goes along with each package.
fetch() {
	local name=$1 version=$2 hash=$3 tarball file
	shift 3
	tarball=$work/$(cd "$work" && npm pack --silent "$name@$version" 2>/dev/null)
	[ "$(openssl dgst -sha512 -binary "$tarball" | base64 -w0)" = "$hash" ] || {
		echo "$name@$version is not the package this console was built from" >&2
		exit 1
	}
	mkdir "$work/$name"
	tar -xzf "$tarball" -C "$work/$name" --strip-components=1
	cp "$work/$name"/LICENSE* "$work/out/$name.LICENSE"
	for file; do
		# The map of a source file is not shipped, so nothing may ask for it.
		sed '/^\/[/*]# sourceMappingURL=/d' "$work/$name/$file" | gzip -9 -n >"$work/out/$(basename "$file").gz"
	done
}

mkdir "$work/out"
fetch react 18.3.1 'wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==' umd/react.production.min.js
fetch react-dom 18.3.1 '5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==' umd/react-dom.production.min.js
fetch graphiql 3.8.3 'cuPDYtXVKV86Pu5PHBX642Odi/uVEE2y1Jxq5rGO/Qy1G2lRp7ZZ7a/T30RzxhuLSWo9zUbzq0P3U49//H0Ugw==' graphiql.min.js graphiql.min.css
fetch graphql-sse 2.6.1 '0KbuzZlrSx2a3BlnyaL0Rf6nHd/giVUGpo8MZiEEugeQIwitnKk5RVWkriXUpuPKxMw1p4GfxYLlEmR9DR21dQ==' umd/graphql-sse.min.js

if [ "${1:-}" = --check ]; then
	# Compared unpacked: another gzip may pack the same in another way.
	for dir in assets "$work/out"; do (cd "$dir" && ls && cat ./*.LICENSE && zcat ./*.gz) | sha256sum; done | uniq -c | grep -q '^ *2 ' || {
		echo "assets/ is not what the packages hold: run ./assets.sh" >&2
		exit 1
	}
	echo "assets/ is what the packages hold"
else
	rm -rf assets
	mv "$work/out" assets
fi
