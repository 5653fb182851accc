package plain

import (
	"bytes"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"
)

// A text is written as gqlgen writes it, whatever is in it and wherever.
func TestTextIsWrittenAsByGQLGen(t *testing.T) {
	same := func(t interface{ Errorf(string, ...any) }, s string) {
		var want bytes.Buffer
		graphql.MarshalString(s).MarshalGQL(&want)
		o := &out{}
		o.raw("before")
		o.text(s)
		if got := string(o.b[:o.n]); got != "before"+want.String() {
			t.Errorf("%q is written %s, not %s", s, got, want.String())
		}
	}
	for c := range 256 { // each byte at each place of a word, and behind it
		for at := range 20 {
			s := bytes.Repeat([]byte("z"), 20)
			s[at] = byte(c)
			same(t, string(s))
		}
	}
	rapid.Check(t, func(t *rapid.T) { same(t, rapid.String().Draw(t, "s")) })
}
