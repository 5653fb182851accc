package importing_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/contract/importing"
	"github.com/ics-openbook/openbook/services/contract/year"
)

const good = `# A year, for tests.
year: 2025/26
streams:
  - key: core
    title: Core PCN funding
    payee: NETWORK
    source: pulsetoday.co.uk
    sourceDate: 2025-04-14
    confidence: FOUND
    lines:
      - key: core-registered
        basis: REGISTERED
        rates:
          - rate: 2.218
            source: doncasterlmc.co.uk
            confidence: FOUND
          - rate: 2.266
            per: YEAR
            from: 2025-10-01
            to: 2026-03-31
            maximum: true
            instalments: 12
            note: After the uplift.
            source: pulsetoday.co.uk
            confidence: FOUND_SECOND_HAND
    uses:
      - {key: core-anything, purpose: anything, allowed: true, text: "The network decides: together.", source: us, confidence: LOCAL}
roles:
  - key: nurse
    title: Nurse
    band: 5
    maxima:
      - {maximum: 43352, outerLondon: 49967.50, share: 100, source: pulsetoday.co.uk, confidence: FOUND}
    limits:
      - {key: nurse-limit, posts: 1, largePosts: 2, largeFrom: 100000, source: us, confidence: LOCAL}
requirements:
  - {key: F25-01, service: CAIP, text: Risk-stratify., from: 2025-07-31, source: us, confidence: LOCAL}
disputes:
  - {key: d-1, about: core-registered, says: It is 2.3., value: 2.300, because: It is older., source: us, confidence: LOCAL}
maturityFrameworks:
  - key: matrix-2025
    title: Matrix
    publisher: NHS England
    version: July 2025
    from: 2025-07-01
    note: A tool of development.
    source: us
    confidence: LOCAL
    domains:
      - {key: leadership, title: "Leadership, planning and partnerships", description: Who leads.}
      - {key: people, title: People}
    levels: [{key: foundation, title: Foundation}, {key: step-1, title: Step 1}]
    descriptors:
      - {key: people-step-1, domain: people, level: step-1, text: They are heard., source: us, confidence: LOCAL}
`

func TestRead(t *testing.T) {
	d, err := importing.Read("good.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	a := d.Ask
	if n := fmt.Sprint(len(a.Streams), len(a.Lines), len(a.Uses), len(a.Roles), len(a.Limits), len(a.Requirements), len(a.Disputes), len(a.MaturityFrameworks), len(a.MaturityDescriptors)); a.Year != "2025/26" || n != "1 2 1 1 1 1 1 1 1" {
		t.Errorf("%s has %s", a.Year, n)
	}
	first, then := a.Lines[0], a.Lines[1]
	if first.Rate.String() != "2.218" || first.Period != events.Year("2025/26").Period() || first.Per != "YEAR" || first.StreamKey != "core" || first.Basis != "REGISTERED" {
		t.Errorf("the first rate is %+v", first)
	}
	if then.From != events.Day(2025, 10, 1) || !then.Maximum || then.Instalments != 12 || then.Note != "After the uplift." || then.Confidence != "FOUND_SECOND_HAND" {
		t.Errorf("the second rate is %+v", then)
	}
	if r := a.Roles[0]; r.Maximum.String() != "43352.00" || r.OuterLondon.String() != "49967.50" || r.InnerLondon != 0 || r.Band != "5" || r.Share != 100 {
		t.Errorf("the role is %+v", r)
	}
	m, worded := a.MaturityFrameworks[0], a.MaturityDescriptors[0]
	if m.Publisher != "NHS England" || m.Version != "July 2025" || m.From != events.Day(2025, 7, 1) || !m.To.IsZero() || len(m.Domains) != 2 || m.Domains[0].Description != "Who leads." || len(m.Levels) != 2 || m.Levels[1].Key != "step-1" {
		t.Errorf("the framework is %+v", m)
	}
	if worded.Framework != "matrix-2025" || worded.Domain != "people" || worded.Level != "step-1" || worded.Text != "They are heard." || worded.Source != "us" {
		t.Errorf("the descriptor is %+v", worded)
	}
	if u := a.Uses[0]; !u.Allowed || u.Text != "The network decides: together." {
		t.Errorf("the use is %+v", u)
	}
}

// Each slip is said with its place, what is wrong, and what to do.
func TestBadDocuments(t *testing.T) {
	const c = "source: us, confidence: LOCAL"
	for name, one := range map[string]struct{ old, new, says string }{
		"an unknown field":             {"    payee: NETWORK", "    paye: NETWORK", `bad.yaml:6:5: There is no field "paye" in the stream: did you mean "payee"?`},
		"an unknown part":              {"roles:", "rolls:", `bad.yaml:28:1: There is no field "rolls" in the document: did you mean "roles"?`},
		"a missing source":             {"            source: doncasterlmc.co.uk\n", "", `bad.yaml:14:13: The rate of core-registered has no "source". Write where it is known from`},
		"an empty source":              {"            source: doncasterlmc.co.uk", "            source:", `has no value. Write one, or leave the field out.`},
		"a blank source":               {"            source: doncasterlmc.co.uk", "            source: ' '", `bad.yaml:15:21: Say where the figure is known from: it is missing.`},
		"a missing confidence":         {"            confidence: FOUND\n          - rate", "          - rate", `bad.yaml:14:13: The rate of core-registered has no "confidence".`},
		"a confidence of its own":      {"confidence: FOUND_SECOND_HAND", "confidence: CERTAIN", `bad.yaml:25:25: Say how well it is known: "CERTAIN" is not one of FOUND, FOUND_SECOND_HAND`},
		"a wrong date":                 {"from: 2025-10-01", "from: 01/10/2025", `bad.yaml:19:19: "from" in the rate of core-registered: "01/10/2025" is not a date: write it as 2026-04-01.`},
		"a day that is none":           {"from: 2025-10-01", "from: 2025-09-31", `bad.yaml:19:19: "from" in the rate of core-registered: "2025-09-31" is not a date`},
		"a fraction of a penny":        {"maximum: 43352,", "maximum: 43352.001,", `bad.yaml:33:19: "maximum" in the maximum of nurse: "43352.001" has a fraction of a penny.`},
		"a maximum of nothing":         {"maximum: 43352,", "maximum: 0,", `nothing is reimbursed up to 0: leave out what is not known.`},
		"a rate that is none":          {"rate: 2.218", "rate: about 2", `bad.yaml:14:19: "rate" in the rate of core-registered: "about 2" is not a rate: write a decimal number, such as 1.761.`},
		"a rate with a comma":          {"rate: 2.218", "rate: '2,218'", `"2,218" is not a rate`},
		"a rate of nothing":            {"rate: 2.218", "rate: 0", `bad.yaml:14:19: A rate is more than 0. Leave out what is not known`},
		"a basis without a rate":       {"          - rate: 2.218\n            source: doncasterlmc.co.uk\n", "          - source: doncasterlmc.co.uk\n", `bad.yaml:14:13: The rate of core-registered has no "rate". Write pounds`},
		"a line without rates":         {good[strings.Index(good, "        rates:"):strings.Index(good, "    uses:")], "", `bad.yaml:11:9: The line core-registered has no "rates".`},
		"a rate without a basis":       {"        basis: REGISTERED\n", "", `bad.yaml:11:9: The line core-registered has no "basis". Write what the rate is multiplied by`},
		"a basis of its own":           {"basis: REGISTERED", "basis: HEADS", `bad.yaml:12:16: Say what the rate is multiplied by: "HEADS" is not one of REGISTERED, ADJUSTED, WEIGHTED, BEDS, POINTS, FLAT.`},
		"a duplicate key":              {"key: nurse-limit", "key: core-registered", `bad.yaml:35:15: "core-registered" is the key of another term, on line 11.`},
		"a field twice":                {"    payee: NETWORK", "    payee: NETWORK\n    payee: PRACTICE", `bad.yaml:7:5:`},
		"a wrong year":                 {"year: 2025/26", "year: 2025/27", `bad.yaml:2:7: "year" in the document: "2025/27" is not a financial year: the one that begins in 2025 is 2025/26.`},
		"no year":                      {"year: 2025/26\n", "", `The document has no "year". Write the financial year, as "year: 2025/26".`},
		"a year before all":            {"year: 2025/26", "year: 2018/19", `bad.yaml:2:7: "2018/19" is no year of the Network Contract.`},
		"a period outside the year":    {"to: 2026-03-31", "to: 2026-04-30", `bad.yaml:19:19: 2025-10-01 to 2026-04-30 is not within 2025/26, which is 2025-04-01 to 2026-03-31.`},
		"a period of half a month":     {"from: 2025-10-01", "from: 2025-10-15", `bad.yaml:19:19: 2025-10-15 to 2026-03-31 is not whole months.`},
		"a period that ends before":    {"from: 2025-10-01", "from: 2026-03-01\n            to: 2026-02-28", `bad.yaml:`},
		"a list that is none":          {"        rates:\n          - rate: 2.218", "        rates:\n            rate: 2.218", `bad.yaml:`},
		"several for one":              {"    title: Core PCN funding", "    title: [Core, PCN]", `bad.yaml:5:12: "title" in the stream core is one value, not several.`},
		"one for several":              {"      - {key: core-anything, purpose: anything, allowed: true, text: \"The network decides: together.\", " + c + "}", "      - anything", `bad.yaml:27:9: Here the use is expected, as lines such as "key: …".`},
		"neither true nor false":       {"allowed: true", "allowed: perhaps", `"perhaps" is neither true nor false.`},
		"a number that is none":        {"instalments: 12", "instalments: twelve", `bad.yaml:22:26: "instalments" in the rate of core-registered: "twelve" is not a whole number from 1 on`},
		"thirteen instalments":         {"instalments: 12", "instalments: 13", `bad.yaml:22:26: There are 1 to 12 instalments`},
		"a requirement of no year":     {"from: 2025-07-31", "from: 2024-07-31", `bad.yaml:37:62: 2024-07-31 is not in 2025/26.`},
		"an anchor":                    {"    title: Core PCN funding", "    title: &core Core PCN funding", `bad.yaml:5:12: "&": anchors, aliases, tags and directives are not read. Write the value out.`},
		"a tag":                        {"    title: Core PCN funding", "    title: !!str Core", `anchors, aliases, tags and directives are not read.`},
		"two documents":                {"roles:", "---\nroles:", `The document is empty, or more than one.`},
		"no YAML":                      {"    payee: NETWORK", "    payee: [NETWORK", `This is not YAML:`},
		"a tab for spaces":             {"    payee: NETWORK", "\tpayee: NETWORK", `bad.yaml:6:`},
		"a key that cannot be shown":   {"key: nurse-limit", "key: \"nurse\\u0000limit\"", `cannot name a term. Write 1 to 60 letters`},
		"a source that cannot be":      {"            source: doncasterlmc.co.uk", "            source: \"x\\u0007\"", `bad.yaml:15:21: Say where the figure is known from in characters that can be shown`},
		"a dispute without a reason":   {"because: It is older., ", "", `bad.yaml:39:6: The dispute d-1 has no "because". Write why the term's own figure is used.`},
		"a framework without domains":  {good[strings.Index(good, "    domains:"):strings.Index(good, "    levels:")], "", `bad.yaml:41:5: The framework matrix-2025 has no "domains". Write at least one, as "- {key: leadership, title: Leadership}".`},
		"a framework without levels":   {"[{key: foundation, title: Foundation}, {key: step-1, title: Step 1}]", "[]", `bad.yaml:41:5: The framework matrix-2025 has no "levels".`},
		"a framework of nobody":        {"    publisher: NHS England\n", "", `bad.yaml:41:5: The framework matrix-2025 has no "publisher". Write who published it.`},
		"a framework without a source": {"    source: us\n", "", `bad.yaml:41:5: The framework matrix-2025 has no "source".`},
		"a framework of another year":  {"    from: 2025-07-01", "    from: 2024-07-01", `bad.yaml:45:11: 2024-07-01 is not in 2025/26. A framework is a term of the year in which it begins: that is 2024/25.`},
		"a domain twice":               {"{key: people, title", "{key: leadership, title", `bad.yaml:51:15: Two domains of the framework are called "leadership". Name each once`},
		"a level of no name":           {"title: Step 1", "title: ' '", `bad.yaml:52:73: The level has no name that can be shown.`},
		"a domain of a field too many": {"title: People}", "title: People, rank: 1}", `bad.yaml:51:38: There is no field "rank" in the domain.`},
		"a descriptor of no level":     {"level: step-1, ", "", `bad.yaml:54:10: The descriptor people-step-1 has no "level". Write the key of one of the framework's levels.`},
		"a descriptor without words":   {"They are heard.", "''", `bad.yaml:54:67: Write how the framework describes it: it is missing.`},
		"a descriptor too long":        {"They are heard.", strings.Repeat("x", 1001), `bad.yaml:54:67: Write how the framework describes it in at most 1000 characters: it has 1001.`},
		"a descriptor of a known key":  {"key: people-step-1", "key: nurse", `bad.yaml:54:15: "nurse" is the key of another term, on line`},
		"a document that is a list":    {good, "- 1\n- 2\n", `bad.yaml:1:1: Here the document is expected, as lines such as "year: …".`},
		"a document that is nothing":   {good, "# nothing\n", `The document is empty`},
		"a document that is no text":   {good, "\xff\xfe\x00", `bad.yaml:1:`},
		"a document of one year line":  {good, "2025/26", `Here the document is expected`},
	} {
		if !strings.Contains(good, one.old) {
			t.Fatalf("%s: %q is not in the good document", name, one.old)
		}
		_, err := importing.Read("bad.yaml", []byte(strings.Replace(good, one.old, one.new, 1)))
		if err == nil || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%s: it says %v, want %s", name, err, one.says)
		}
		var at importing.Problem
		if err != nil && (!errors.As(err, &at) || at.Line < 1 || at.Column < 1) {
			t.Errorf("%s: it is nowhere: %v", name, err)
		}
	}
}

// What is wrong is said all at once.
func TestEverythingWrongIsSaid(t *testing.T) {
	text := strings.NewReplacer("payee: NETWORK", "payee: US", "rate: 2.218", "rate: 0", "posts: 1,", "posts: 5000,").Replace(good)
	_, err := importing.Read("bad.yaml", []byte(text))
	if err == nil || strings.Count(err.Error(), "bad.yaml:") != 3 {
		t.Errorf("it says %v", err)
	}
	many := "year: 2025/26\nstreams:\n" + strings.Repeat("  - x: 1\n", 200)
	if _, err := importing.Read("bad.yaml", []byte(many)); err == nil || !strings.Contains(err.Error(), "more") || strings.Count(err.Error(), "\n") > 60 {
		t.Errorf("of many it says %d lines", strings.Count(fmt.Sprint(err), "\n"))
	}
}

// What is made to be dear is refused before it costs anything.
func TestHostileDocuments(t *testing.T) {
	for name, text := range map[string]string{
		"too long":          "year: 2025/26\n# " + strings.Repeat("x", 300<<10),
		"too many":          strings.Repeat("- a\n", 60_000),
		"deep brackets":     "year: " + strings.Repeat("[", 100_000),
		"deep braces":       "year: " + strings.Repeat("{a: ", 20_000),
		"deep dashes":       strings.Repeat("- ", 20_000) + "x",
		"deep blocks":       deep(400),
		"an alias bomb":     "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n",
		"a very long word":  "year: " + strings.Repeat("9", 200_000),
		"a very long key":   strings.Repeat("k", 200_000) + ": 1",
		"many of one field": strings.Repeat("year: 2025/26\n", 15_000),
	} {
		if _, err := importing.Read("bad.yaml", []byte(text)); err == nil {
			t.Errorf("%s: it is read", name)
		} else if len(err.Error()) > 20_000 {
			t.Errorf("%s: it says %d characters", name, len(err.Error()))
		}
	}
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("- {key: [}"))
	f.Add([]byte("year: 2025/26\nstreams:\n  - key:\n"))
	f.Add([]byte("? a\n: b\n"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		_, _ = importing.Read("fuzz.yaml", text) // it may say anything, and must come back
	})
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	long := filepath.Join(dir, "long.yaml")
	if err := os.WriteFile(long, make([]byte, 300<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := importing.ReadFile(long); err == nil || !strings.Contains(err.Error(), "longer than 256 kB") {
		t.Errorf("a file that is too long: %v", err)
	}
	if _, err := importing.ReadFile(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// What is shipped can be published: its form is right, and the room that decides
// takes all of it.
func TestShipped(t *testing.T) {
	all, err := importing.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	want := events.Year("2019/20")
	for _, d := range all {
		if d.Ask.Year != want {
			t.Fatalf("after the others comes %s, want %s", d.Ask.Year, want)
		}
		want = want.Next()
		facts, err := year.Publish(year.State{}, struct{}{}, d.Ask)
		if err != nil {
			t.Errorf("%s: %v", d.File, err)
		}
		if len(facts) > 400 || len(facts) < 10 {
			t.Errorf("%s comes to %d facts", d.File, len(facts))
		}
	}
	if want != "2027/28" {
		t.Errorf("the last year is the one before %s", want)
	}
	if _, err := importing.Of("2030/31"); err == nil || !strings.Contains(err.Error(), "2019/20 to 2026/27") {
		t.Errorf("of a year that is not shipped: %v", err)
	}
}
