#!/usr/bin/env bash
# Writes the documents with which tools ask for the schema into shipped/, from the
# npm package graphql in these versions and no others: as they come from
# getIntrospectionQuery, by default and with all that it can ask for, and as
# clients print them that parse what they send. GraphiQL has a copy of 16.9.0.
#
#   ./introspection.sh          writes them anew
#   ./introspection.sh --check  fails if they are not what the packages hold
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
mkdir "$work/out"

fetch() { # version sha512
	local tarball
	tarball=$work/$(cd "$work" && npm pack --silent "graphql@$1" 2>/dev/null)
	[ "$(openssl dgst -sha512 -binary "$tarball" | base64 -w0)" = "$2" ] || {
		echo "graphql@$1 is not the package these documents were made with" >&2
		exit 1
	}
	mkdir "$work/$1"
	tar -xzf "$tarball" -C "$work/$1" --strip-components=1
	node - "$work/$1" "$work/out" "$1" <<'JS'
const [path, out, version] = process.argv.slice(2);
const { getIntrospectionQuery, parse, print } = require(path);
const all = {
  descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true,
  schemaDescription: true, inputValueDeprecation: true, oneOf: true,
};
for (const [kind, options] of [["default", {}], ["all", all]]) {
  const text = getIntrospectionQuery(options);
  for (const [form, written] of [["sent", text], ["printed", print(parse(text))]])
    require("fs").writeFileSync(`${out}/introspection-${version}-${kind}-${form}.graphql`, written);
}
JS
}

fetch 16.8.1 '59LZHPdGZVh695Ud9lRzPBVTtlX9ZCV150Er2W43ro37wVof0ctenSaskPPjN7lVTIN8mSZt8PHUNKZuNQUuxw=='
fetch 16.9.0 'GGTKBX4SD7Wdb8mqeDLni2oaRGYQWjWHGKPQ24ZMnUtKfcsVoiv4uX8+LJr1K6U5VW2Lu1BwJnj7uiori0YtRw=='
fetch 16.11.0 'mS1lbMsxgQj6hge1XZ6p7GPhbrtFwUFYi3wRzXAC/FmYnyXMTvvI3td3rjmQ2u8ewXueaSvRPWaEcgVVOT9Jnw=='
fetch 17.1.0 'JKCOa7rSQNrket/JFhuua86hljUO+IIpyUHfKxlKD6FEfbrLX8jc1FDrA0KPKI+s8OspBCF/5npYccAICHXPpQ=='

if [ "${1:-}" = --check ]; then
	for f in "$work"/out/*; do
		cmp "$f" "shipped/$(basename "$f")"
	done
	echo "the documents are what the packages hold"
else
	cp "$work"/out/* shipped/
fi
