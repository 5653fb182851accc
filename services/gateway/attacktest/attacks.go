// Package attacktest is requests that are known to bring GraphQL servers down:
// small to send, and much work or a long answer if they are taken as they come.
package attacktest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Attack is a request, and the code that it is to be refused with.
type Attack struct {
	Name      string
	Query     string
	Variables string // JSON, or empty
	Code      string
}

const all = 120_000 // bytes: what fits into a request

// Repeat makes a text of many alike; each may have its number in it.
func Repeat(n int, of string) string {
	if !strings.Contains(of, "%") {
		return strings.Repeat(of, n)
	}
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, of, i)
	}
	return b.String()
}

// fill is as many of a text as fit into a request, as JSON has it.
func fill(of string) string { return strings.Repeat(of, all/(len(variables(of))-2)) }

// nest puts a field into itself.
func nest(n int, open, inner, end string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
}

// doubling is fragments each of which spreads the next twice: 2^n of the last.
func doubling(n int, on, inner string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on %s { a: %s { ...F%d } b: %s { ...F%d } }", i, on, inner, i+1, inner, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on %s { __typename }", n, on)
	return b.String()
}

func variables(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // they are written below
	}
	return string(b)
}

func deep(n int, what any) any {
	for range n {
		what = []any{what}
	}
	return what
}

// All are the attacks.
func All() []Attack {
	const field = `networks(first: 1) { totalCount }`
	return []Attack{
		// The overlapping-fields rule compares each pair.
		{"a field 10,000 times", "{" + Repeat(10_000, "hello ") + "}", "", "DOCUMENT_TOO_LONG"},
		{"a field 5,000 times", "{" + Repeat(5_000, "hello ") + "}", "", "DOCUMENT_TOO_LONG"},
		{"a field 900 times", "{" + Repeat(900, "hello ") + "}", "", "REPEATED_SELECTION"},
		{"a field 10,000 times by aliases", "{" + Repeat(10_000, "a%d:hello ") + "}", "", "DOCUMENT_TOO_LONG"},
		{"a field 5,000 times by one alias", "{" + Repeat(5_000, "a:hello ") + "}", "", "DOCUMENT_TOO_LONG"},
		{"a field 300 times by aliases", "{" + Repeat(300, "a%d:hello ") + "}", "", "TOO_MANY_ALIASES"},
		{"a field 60 times by aliases", "{" + Repeat(60, "a%d: "+field+" ") + "}", "", "TOO_MANY_ALIASES"},
		{"a dear field 11 times", "{" + Repeat(11, "a%d: "+field+" ") + "}", "", "TOO_MANY_ROOT_FIELDS"},
		{"__typename 10,000 times", "{" + Repeat(10_000, "__typename ") + "}", "", "DOCUMENT_TOO_LONG"},
		{"__typename 330 times by aliases", "{" + Repeat(330, "a%d:__typename ") + "}", "", "TOO_MANY_ALIASES"},
		{"one name in inline fragments", "{" + Repeat(240, "...{me{name}}") + "}", "", "DOCUMENT_TOO_LONG"},
		{"one name in few inline fragments", "{" + Repeat(120, "...{me{name}}") + "}", "", "TOO_MANY_ROOT_FIELDS"},
		{"one name in many nested inline fragments", "{networks(first:1){nodes{" + Repeat(160, "...{name}") + Repeat(60, "...{code}") + "}}}", "", "TOO_MANY_SELECTIONS"},

		// Directives are answered each by an error.
		{"a directive 10,000 times", "{ me " + Repeat(10_000, "@a ") + "{ name } }", "", "DOCUMENT_TOO_LONG"},
		{"a directive 400 times", "{ me " + Repeat(400, "@a ") + "{ name } }", "", "TOO_MANY_DIRECTIVES"},
		{"a known directive 100 times", "{ me " + Repeat(100, "@skip(if: false) ") + "{ name } }", "", "TOO_MANY_DIRECTIVES"},
		{"directives everywhere", "{ networks(first: 1) { nodes {" + Repeat(80, "a%[1]d @a @b @c @d @e ") + "} } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"directives on an operation", "query " + Repeat(300, "@a ") + "{ me { name } }", "", "TOO_MANY_DIRECTIVES"},
		{"directives on a variable", "query($a: Int " + Repeat(300, "@a ") + ") { me { name } }", "", "TOO_MANY_DIRECTIVES"},

		// Depth.
		{"an end too many, 330 deep", nest(330, "{me", "", "}") + "}", "", "GRAPHQL_PARSE_FAILED"},
		{"300 deep", nest(300, "{a", "{b}", "}"), "", "DOCUMENT_TOO_DEEP"},
		{"40,000 deep", nest(40_000, "{a", "{b}", "}"), "", "DOCUMENT_TOO_LONG"},
		{"13 deep, in a ring", "{ system(code: \"QZ1\") {" + nest(6, "places { system {", " name ", "} }") + "} }", "", "DOCUMENT_TOO_DEEP"},
		{"braces only", fill("{"), "", "DOCUMENT_TOO_LONG"},
		{"inline fragments 300 deep", "{" + nest(300, "...{", "__typename", "}") + "}", "", ""},

		// Fragments.
		{"a fragment of itself", "{ ...A } fragment A on Query { ...A }", "", "FRAGMENT_CYCLE"},
		{"two fragments of each other", "{ ...A } fragment A on Query { ...B } fragment B on Query { me { name } ...A }", "", "FRAGMENT_CYCLE"},
		{"a ring of 50", "{ ...F0 }" + Repeat(49, " fragment F%[1]d on Query { ...F%[1]d1 }") + " fragment F490 on Query { ...F0 }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"2^20 fields", "{ ...F0 }" + doubling(20, "Query", `node(id: "1")`), "", "TOO_MANY_ALIASES"},
		{"2^11 fields without aliases", "{ networks(first: 1) { nodes { ...F0 } } }" + twice(11), "", "TOO_MANY_SELECTIONS"},
		{"a fragment 300 times", "{" + Repeat(300, "...A ") + "} fragment A on Query { me { name } }", "", "REPEATED_SELECTION"},
		{"60 fragments", "{ me { name } }" + Repeat(60, " fragment F%d on Query { me { name } }"), "", "TOO_MANY_FRAGMENTS"},
		{"50 unused fragments", "{ me { name } }" + Repeat(50, " fragment F%d on Query { me { name } }"), "", "GRAPHQL_VALIDATION_FAILED"},
		{"a fragment of one name 40 times", "{ ...A }" + Repeat(40, " fragment A on Query { me { name } }"), "", "GRAPHQL_VALIDATION_FAILED"},
		{"spreads of nothing", "{" + Repeat(190, "...F%d ") + "}", "", "GRAPHQL_VALIDATION_FAILED"},
		{"fragments that overlap pair by pair", overlapping(14), "", "TOO_MANY_ROOT_FIELDS"},
		{"fragments that overlap below a list", below(12), "", ""},

		// Operations.
		{"60 operations", Repeat(60, "query Q%d { me { name } } "), "", "TOO_MANY_OPERATIONS"},
		{"an operation's name 10 times", Repeat(10, "query Q { me { name } } "), "", "GRAPHQL_VALIDATION_FAILED"},
		{"10 operations without a name", Repeat(10, "{ me { name } } "), "", "GRAPHQL_VALIDATION_FAILED"},
		{"a subscription to 11 things", "subscription {" + Repeat(11, `a%d: networkChanged(code: "U99001") { position } `) + "}", "", "TOO_MANY_ROOT_FIELDS"},
		{"a subscription to 2 things", "subscription {" + Repeat(2, `a%d: networkChanged(code: "U99001") { position } `) + "}", "", "TOO_MANY_ROOT_FIELDS"},

		// Names, values, and what is no document at all.
		{"a name of 100 kB", "{" + fill("a") + "}", "", "NAME_TOO_LONG"},
		{"an alias of 100 kB", "{" + fill("a") + ": me { name } }", "", "NAME_TOO_LONG"},
		{"many unknown names", "{ networks(first: 1) { nodes {" + Repeat(190, "name%dxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ") + "} } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"many unknown arguments", "{ networks(first: 1" + Repeat(300, ", arg%d: 1") + ") { totalCount } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"an argument 300 times", "{ networks(" + Repeat(300, "first: 1 ") + ") { totalCount } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"a number of 100,000 digits", "{ networks(first: " + fill("9") + ") { totalCount } }", "", "NAME_TOO_LONG"},
		{"a fraction of 100,000 digits", "{ networks(first: 0." + fill("9") + "e9) { totalCount } }", "", "NAME_TOO_LONG"},
		{"a string of 100 kB for a number", `{ networks(first: "` + fill("x") + `") { totalCount } }`, "", "GRAPHQL_VALIDATION_FAILED"},
		{"a string of 100 kB for one of few words", `{ networks(first: 1, order: "` + fill("N") + `") { totalCount } }`, "", "GRAPHQL_VALIDATION_FAILED"},
		{"a word of 100 kB for one of few", `{ networks(first: 1, order: ` + fill("N") + `) { totalCount } }`, "", "NAME_TOO_LONG"},
		{"a string of escapes", `{ networks(first: "` + fill(`\u00e9`) + `") { totalCount } }`, "", "GRAPHQL_VALIDATION_FAILED"},
		{"a string of halves of characters", `{ networks(first: "` + fill(`\ud83d`) + `") { totalCount } }`, "", "GRAPHQL_VALIDATION_FAILED"},
		{"a block string of lines", `{ networks(first: """` + fill("\n ") + `""") { totalCount } }`, "", "GRAPHQL_VALIDATION_FAILED"},
		{"a block string of quotes", `{ networks(first: """` + fill(`\"""`) + `""") { totalCount } }`, "", "GRAPHQL_VALIDATION_FAILED"},
		{"quotes that never end", "{ me(a: \"\"\"" + fill(`" `), "", "GRAPHQL_PARSE_FAILED"},
		{"a list of 50,000", "{ networks(first: [" + fill("1 ") + "]) { totalCount } }", "", "DOCUMENT_TOO_LONG"},
		{"a list 300 deep", "{ networks(first: " + nest(300, "[", "1", "]") + ") { totalCount } }", "", "VALUE_TOO_DEEP"},
		{"an object 200 deep", "{ networks(first: 1, filter: " + nest(200, "{a:", "1", "}") + ") { totalCount } }", "", "VALUE_TOO_DEEP"},
		{"a type 300 deep", "query($a: " + nest(300, "[", "Int", "]") + ") { me { name } }", "", "VALUE_TOO_DEEP"},
		{"300 variables", "query(" + Repeat(300, "$a%d: Int ") + ") { me { name } }", "", "DOCUMENT_TOO_LONG"},
		{"190 variables nobody uses", "query(" + Repeat(190, "$a%d: Int ") + ") { me { name } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"a variable 190 times", "query(" + Repeat(190, "$a: Int ") + ") { me { name } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"comments", "{ me { name }" + fill("#\n") + "}", "", "DOCUMENT_TOO_LONG"},
		{"a comment of 100 kB", "#" + fill("x"), "", "DOCUMENT_MISSING"},
		{"commas", "{ me { name }" + fill(",") + "} ,", "", ""},
		{"byte order marks", fill("\ufeff"), "", "DOCUMENT_MISSING"},
		{"nothing but a fragment", "fragment A on Query { me { name } }", "", "DOCUMENT_MISSING"},
		{"zeros", fill("\x00"), "", "GRAPHQL_PARSE_FAILED"},

		// The schema about itself.
		{"the schema, round and round", "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"the schema by its types' types", "{ __schema { types { possibleTypes { interfaces { possibleTypes { name } } } } } }", "", "GRAPHQL_VALIDATION_FAILED"},
		{"the schema ten times", "{" + Repeat(10, "a%d: __schema { types { name fields { name args { name type { name } } type { name } } } } ") + "}", "", "COMPLEXITY_LIMIT_EXCEEDED"},

		// Cost.
		{"lists within lists", "{ networks(first: 100) { nodes { members { practice { memberships { network { members { practice { name } } } } } } } } }", "", "COMPLEXITY_LIMIT_EXCEEDED"},
		{"a page of 2,000", "{ networks(first: 2000) { nodes { code name open opened lastDay clinicalSystems members { practice { code } } } } }", "", "COMPLEXITY_LIMIT_EXCEEDED"},
		{"a page whose length comes beside", "query($n: Int!) { networks(first: $n) { nodes { code name open opened lastDay clinicalSystems members { practice { code } } } } }", `{"n": 2000}`, "COMPLEXITY_LIMIT_EXCEEDED"},

		// Variables.
		{"a variable 50 deep", "query($a: SystemCode!) { system(code: $a) { name } }", variables(map[string]any{"a": deep(50, 1)}), "VARIABLES_TOO_LARGE"},
		{"a variable of 20,500 values", "{ me { name } }", `{"a":[` + strings.Repeat("1,", 20_499) + `1]}`, "VARIABLES_TOO_LARGE"},
		{"a variable of 50,000 values", "{ me { name } }", `{"a":[` + fill("1,") + `1]}`, "REQUEST_INVALID"},
		{"a variable of 100,000 digits", "query($n: Int!) { networks(first: $n) { totalCount } }", `{"n":` + fill("9") + `}`, "VARIABLES_TOO_LARGE"},
		{"a variable's key of 100 kB", "{ me { name } }", `{"a":{"` + fill("x") + `":1}}`, "VARIABLES_TOO_LARGE"},
		{"a string of 100 kB for a number, beside", "query($n: Int!) { networks(first: $n) { totalCount } }", `{"n":"` + fill("x") + `"}`, "GRAPHQL_VALIDATION_FAILED"},
		{"a word of 100 kB, beside", "query($o: NetworkOrder!) { networks(first: 1, order: $o) { totalCount } }", `{"o":"` + fill("x") + `"}`, "GRAPHQL_VALIDATION_FAILED"},
		{"keys that no input has", "query($f: NetworkFilter) { networks(first: 1, filter: $f) { totalCount } }", `{"f":{` + Repeat(8_000, `"a%d":1,`) + `"z":1}}`, "GRAPHQL_VALIDATION_FAILED"},
	}
}

// twice is fragments of lists, each of which spreads the next in two places.
func twice(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Network { name ...F%d ... { ...F%d } }", i, i+1, i+1)
	}
	return b.String() + fmt.Sprintf(" fragment F%d on Network { code }", n)
}

// overlapping is fragments that all ask for the same, each in its own words, so
// that every pair is compared down to the ground.
func overlapping(n int) string {
	var b strings.Builder
	b.WriteString("{" + Repeat(n, "...F%d ") + "}")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Query { networks(first: 1) { nodes {%s } } }", i, Repeat(n, " ...G%d"))
	}
	for i := range n {
		fmt.Fprintf(&b, " fragment G%d on Network { name code }", i)
	}
	return b.String()
}

// below is the same below a list, and so in fewer fields of the operation.
func below(n int) string {
	var b strings.Builder
	b.WriteString("{ networks(first: 1) { nodes {" + Repeat(n, "...F%d ") + "} } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Network { system { places {%s } } }", i, Repeat(n, " ...G%d"))
	}
	for i := range n {
		fmt.Fprintf(&b, " fragment G%d on Place { system { name code } }", i)
	}
	return b.String()
}
