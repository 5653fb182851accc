package limit_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ics-openbook/openbook/services/gateway/attacktest"
	"github.com/ics-openbook/openbook/services/gateway/limit"
)

func codes(errs gqlerror.List) (all []string) {
	for _, e := range errs {
		code, _ := e.Extensions["code"].(string)
		all = append(all, code)
	}
	return slices.Compact(all)
}

// eight are selections of a network, none of which is an alias.
const eight = "code name open opened lastDay id clinicalSystems __typename "

// names are n selections of a network, eight at most within one pair of braces.
func names(n int) (text string) {
	one := strings.Fields(eight)
	for ; n > 0; n -= len(one) {
		text += "...{" + strings.Join(one[:min(n, len(one))], " ") + "}"
	}
	return text
}

// What is at a limit is let past; with one more it is refused, and the place of
// that one is told.
func TestEachLimitIsWhereItIsSaidToBe(t *testing.T) {
	many, free := attacktest.Repeat, limit.Free
	for _, c := range []struct {
		code  string
		most  int
		of    func(n int) string
		place func(text string) int // where the one too many begins
	}{
		{
			"DOCUMENT_TOO_LONG", free.Tokens,
			func(n int) string { return strings.Repeat("#\n", n-6) + "{me{name}}" },
			func(text string) int { return len(text) - 1 },
		},
		{
			"DOCUMENT_TOO_DEEP", free.Depth,
			func(n int) string {
				path := []string{"networks(first:1)", "nodes"}
				for i := range n - 3 {
					path = append(path, []string{"system", "places"}[i%2])
				}
				return "{" + strings.Join(path, "{") + "{name}" + strings.Repeat("}", n-1)
			},
			func(text string) int { return strings.Index(text, "name") },
		},
		{
			"DOCUMENT_TOO_DEEP", free.Depth,
			func(n int) string {
				return "{networks(first:1){nodes{...A}}} fragment A on Network{" + strings.Repeat("system{places{", (n-3)/2) + strings.Repeat("system{", (n-3)%2) + "...B" + strings.Repeat("}", n-3) + "} fragment B on " + []string{"System", "Place"}[(n-2)%2] + "{name}"
			},
			func(text string) int { return strings.Index(text, "A}}}") },
		},
		{
			"TOO_MANY_SELECTIONS", free.Set,
			func(n int) string { return "{networks(first:1){nodes{" + names(n) + "}}}" },
			func(text string) int { return strings.LastIndex(text, "{code}") },
		},
		{
			"TOO_MANY_SELECTIONS", free.Selections,
			func(n int) string {
				return "{" + many(9, "a%d:networks(first:1){nodes{...G}} ") + "networks(first:1){nodes{" + names(n-9*202-2) + "}}} fragment F on Network{" + eight + "} fragment G on Network{" + strings.Repeat("...{...F}", 25) + "}"
			},
			func(text string) int { return strings.Index(text, " networks") + 1 },
		},
		{
			"TOO_MANY_ALIASES", free.Aliases,
			func(n int) string { return "{networks(first:1){nodes{" + many(n, "a%d:code ") + "}}}" },
			func(text string) int { return strings.Index(text, "a30") },
		},
		{
			"TOO_MANY_ALIASES", free.Aliases,
			func(n int) string {
				return "{b:networks(first:1){nodes{...A}} c:networks(first:1){nodes{...A}} networks(first:1){nodes{" + many(n-22, "x%d:code ") + "}}} fragment A on Network{" + many(10, "a%d:code ") + "}"
			},
			func(text string) int { return strings.Index(text, " networks(first:1){nodes{x") + 1 },
		},
		{
			"TOO_MANY_DIRECTIVES", free.Directives,
			func(n int) string { return "{me" + strings.Repeat(" @skip(if:false)", n) + "{name}}" },
			func(text string) int { return strings.Index(text, "me") },
		},
		{
			"TOO_MANY_ROOT_FIELDS", free.Roots,
			func(n int) string { return "{" + many(n, "a%d:me{ref} ") + "}" },
			func(text string) int { return strings.Index(text, "a10") },
		},
		{
			"TOO_MANY_ROOT_FIELDS", 1,
			func(n int) string {
				return "subscription{" + many(n, `a%d:networkChanged(code:"U99001"){position} `) + "}"
			},
			func(text string) int { return strings.Index(text, "a1") },
		},
		{
			"TOO_MANY_FRAGMENTS", free.Fragments,
			func(n int) string {
				return "{" + many(n, "...F%d ") + "}" + many(n, "fragment F%d on Query{me{ref}}")
			},
			func(text string) int { return strings.Index(text, "fragment F50") },
		},
		{
			"TOO_MANY_OPERATIONS", free.Operations,
			func(n int) string { return many(n, "query Q%d{me{ref}}") },
			func(text string) int { return strings.Index(text, "query Q10") },
		},
		{
			"NAME_TOO_LONG", free.Name,
			func(n int) string { return "{" + strings.Repeat("x", n) + ":me{name}}" },
			func(string) int { return 1 },
		},
		{
			"VALUE_TOO_DEEP", free.Nesting,
			func(n int) string {
				return "{networks(first:" + nest(n, "[", "1", "]") + "){totalCount}}"
			},
			func(text string) int { return strings.Index(text, "[1") },
		},
		{
			"REPEATED_SELECTION", 1,
			func(n int) string { return "{me{ref}" + strings.Repeat(" me{ref}", n-1) + "}" },
			func(text string) int { return strings.LastIndex(text, "me") },
		},
	} {
		if _, errs := limit.Read(schema.Schema(), c.of(c.most), false); slices.Contains(codes(errs), c.code) {
			t.Errorf("%s: %d are refused: %v", c.code, c.most, errs)
		}
		text := c.of(c.most + 1)
		at := c.place(text)
		line := strings.Count(text[:at], "\n")
		want := gqlerror.Location{Line: line + 1, Column: at - strings.LastIndex(text[:at], "\n")}
		_, errs := limit.Read(schema.Schema(), text, false)
		if len(errs) != 1 || !slices.Equal(codes(errs), []string{c.code}) || len(errs[0].Locations) != 1 || errs[0].Locations[0] != want {
			t.Errorf("%s: of %d there is said %v, want it about %v: %.300s", c.code, c.most+1, errs, want, text)
		}
	}
}

func nest(n int, open, inner, end string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
}

// What tools and people send is let past.
func TestWhatIsUsualIsLetPast(t *testing.T) {
	for _, text := range []string{
		`{ me { name } }`,
		`query Relay($n: Int!) { networks(first: $n) { edges { node { ...Card id __typename } cursor } pageInfo { ...Page } } } fragment Card on Network { id name ...Who } fragment Who on Network { id directors { person } } fragment Page on PageInfo { hasNextPage endCursor }`,
		`query($yes: Boolean!) { systems { name @include(if: $yes) ... @skip(if: $yes) { code } ... @include(if: $yes) { places { name } } } }`,
	} {
		if _, errs := limit.Read(schema.Schema(), text, false); len(errs) > 0 {
			t.Errorf("%s: %v", text, errs)
		}
	}
}

// A mistake is told with its place and what may have been meant, however long the
// text that it is in.
func TestAMistakeIsToldInAFewWords(t *testing.T) {
	for text, want := range map[string]string{
		`{ network(code: "U1") { nam } }`:                                      `Cannot query field "nam" on type "Network". Did you mean "name"?`,
		`{ networks(first: 1, order: "NAME") { totalCount } }`:                 `cannot represent non-enum value: "NAME"`,
		"{ network(code: \"" + strings.Repeat("é", 700) + "\") }":              "must have a selection of subfields",
		`{ networks(first: "` + strings.Repeat("é", 700) + `") {totalCount} }`: strings.Repeat("é", 400),
	} {
		_, errs := limit.Read(schema.Schema(), text, false)
		if len(errs) == 0 || !strings.Contains(errs[0].Message, want) || len(errs[0].Message) > 1_010 || len(errs[0].Locations) == 0 {
			t.Errorf("%.60s: %v", text, errs)
		}
	}
}

// The work is the document's length, whatever its fragments make of it.
func TestTheShapeIsSeenInOnePass(t *testing.T) {
	for _, n := range []int{5, 15} {
		var b strings.Builder
		b.WriteString("{networks(first:1){nodes{...F0}}}")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Network{system{places{system{...F%d}}} ...{...F%d}}", i, i+1, i+1)
		}
		fmt.Fprintf(&b, " fragment F%d on System{__typename}", n)
		if work := limit.Visited(b.String()); work > 10*(n+1) {
			t.Errorf("%d fragments take %d steps", n, work)
		}
	}
}

// A document that is wrong all over takes no more work than one that is wrong
// in a few places: what comes after is not looked at.
func TestValidationGivesUp(t *testing.T) {
	work := func(n int) float64 {
		text := "{networks(first:1){nodes{" + attacktest.Repeat(n, "unknown%d ") + "}}}"
		return testing.AllocsPerRun(5, func() { _, _ = limit.Read(schema.Schema(), text, false) })
	}
	if few, many := work(5), work(190); many > 6*few {
		t.Errorf("5 mistakes take %.0f allocations, 190 take %.0f", few, many)
	}
}

// The page about limits says what they are.
func TestTheLimitsAreWrittenDown(t *testing.T) {
	page, err := os.ReadFile("../../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	f, d := limit.Free, limit.Trusted
	grouped := func(numbers ...int) string {
		var all []string
		for _, n := range numbers {
			text := fmt.Sprint(n)
			for i := len(text) - 3; i > 0; i -= 3 {
				text = text[:i] + "," + text[i:]
			}
			all = append(all, text)
		}
		return strings.Join(all, "; ")
	}
	row := func(what, free, trusted string) string { return "| " + what + " | " + free + " | " + trusted + " |\n" }
	for _, want := range []string{
		row("words, signs and comments", grouped(f.Tokens), grouped(d.Tokens)),
		row("fields within fields", grouped(f.Depth), grouped(d.Depth)),
		row("selections within one pair of braces; in all", grouped(f.Set, f.Selections), grouped(d.Set, d.Selections)),
		row("aliases", grouped(f.Aliases), grouped(d.Aliases)),
		row("directives in one place", grouped(f.Directives), grouped(d.Directives)),
		row("fields of the operation itself", grouped(f.Roots), grouped(d.Roots)),
		row("fragments; operations", grouped(f.Fragments, f.Operations), grouped(d.Fragments, d.Operations)),
		row("characters of a name or a number", grouped(f.Name), grouped(d.Name)),
		row("page of a list", grouped(f.Page), grouped(d.Page)),
		row("cost", grouped(f.Cost), grouped(d.Cost)),
		row("answer", fmt.Sprintf("%d MB in %.0f s", f.Answer/1e6, limit.Longest.Seconds()), fmt.Sprintf("%d MB in %.0f s", d.Answer/1e6, limit.Longest.Seconds())),
		"a bucket of " + grouped(limit.Usual.Capacity) + " that leaks " + grouped(limit.Usual.Leak) + " a second",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}
