package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	since  = events.Day(2019, 7, 1)
	cited  = fact.Cited{Source: "epcn-2026-10-01-9f86d081", AsAt: events.Day(2026, 10, 1)}
	joined = events.Period{From: since}
)

// two are two systems alike, each with a practice that a file has in two
// networks at once.
var two = []fact.Event{
	fact.SourceCited{Source: cited.Source, Title: "ePCN.xlsx", AsAt: cited.AsAt, SHA256: strings.Repeat("9f86d081", 8)},
	fact.SystemRegistered{System: "QZ1", Name: "First"},
	fact.SystemRegistered{System: "QZ2", Name: "Second"},
	fact.SystemRegistered{System: "QZ3", Name: "Before"},
	fact.SystemSucceeded{System: "QZ3", By: []events.ICB{"QZ2"}, On: since},
	fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"},
	fact.NetworkRegistered{Network: "U99001", Name: "Cedar", System: "QZ1", Place: "WEST"},
	fact.NetworkRegistered{Network: "U99003", Name: "ash", System: "QZ1"},
	fact.NetworkRegistered{Network: "U99005", Name: "Elm", System: "QZ1"},
	fact.NetworkClosed{Network: "U99005", LastDay: since.AddDays(400)},
	fact.NetworkRegistered{Network: "U99002", Name: "Beech", System: "QZ2"},
	fact.NetworkRegistered{Network: "U99004", Name: "Dogwood", System: "QZ2"},
	fact.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
	fact.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ2"},
	fact.PracticeRegistered{Practice: "Z99003", Name: "Alone", System: "QZ1"},
	fact.Joined{Practice: "Z99001", Network: "U99001", Period: joined, Cited: cited},
	fact.Joined{Practice: "Z99001", Network: "U99003", Period: joined, Cited: cited},
	fact.Joined{Practice: "Z99002", Network: "U99002", Period: joined, Cited: cited},
	fact.Joined{Practice: "Z99002", Network: "U99004", Period: joined, Cited: cited},
	fact.ListSizeRecorded{Practice: "Z99001", Basis: fact.Registered, On: since, Patients: 8_000},
	fact.ListSizeRecorded{Practice: "Z99002", Basis: fact.Registered, On: since, Patients: 9_000},
	fact.ClinicalSystemRecorded{Practice: "Z99001", Supplier: "EMIS"},
}

var (
	steward       = ask.Grant{Role: ask.Steward, Of: ask.England}
	organisations = []events.Entity{ask.England, "system-QZ1", "network-U99001", "practice-Z99001", "place-QZ1-WEST", "system-QZ2", "network-U99002", "practice-Z99002", "partner-X1", ""}
	ofFirst       = []events.Entity{"system-QZ1", "network-U99001", "practice-Z99001", "place-QZ1-WEST"}
	ofSecond      = []events.Entity{"system-QZ2", "network-U99002", "practice-Z99002"}
)

func someone(role ask.Role, of events.Entity) []ask.Grant {
	if of == "" {
		return nil
	}
	return []ask.Grant{{Role: role, Of: of}}
}

func TestListsAreADirectory(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	for _, role := range ask.Roles {
		for _, of := range organisations {
			who := d.as(someone(role, of)...)
			for document, want := range map[string]string{
				`{ systems { code } }`:                                                                                 `{"systems":[{"code":"QZ1"},{"code":"QZ2"}]}`,
				`{ systems(closed: true) { code lastDay } }`:                                                           `{"systems":[{"code":"QZ1","lastDay":null},{"code":"QZ2","lastDay":null},{"code":"QZ3","lastDay":"2019-06-30"}]}`,
				`{ systems(on: "2019-06-30") { code } }`:                                                               `{"systems":[{"code":"QZ1"},{"code":"QZ2"},{"code":"QZ3"}]}`,
				`{ networks(first: 9) { totalCount nodes { code } } }`:                                                 `{"networks":{"totalCount":4,"nodes":[{"code":"U99001"},{"code":"U99002"},{"code":"U99003"},{"code":"U99004"}]}}`,
				`{ networks(first: 9, asAt: "2019-01-01T00:00:00Z") { totalCount } }`:                                  `{"networks":{"totalCount":0}}`,
				`{ networks(last: 1, filter: {system: "QZ1", closed: true}) { totalCount nodes { code open } } }`:      `{"networks":{"totalCount":3,"nodes":[{"code":"U99005","open":false}]}}`,
				`{ networks(first: 9, filter: {system: "QZ1", place: "WEST"}) { nodes { practices { code name } } } }`: `{"networks":{"nodes":[{"practices":[{"code":"Z99001","name":"Mill Lane"}]}]}}`,
				`{ networks(first: 9, filter: {text: "DOG"}) { nodes { name } } }`:                                     `{"networks":{"nodes":[{"name":"Dogwood"}]}}`,
				`{ networks(first: 9, filter: {practice: "Z99002"}) { totalCount } }`:                                  `{"networks":{"totalCount":2}}`,
				`{ networks(first: 9, filter: {clinicalSystem: "emis", minPractices: 1, maxPractices: 1, minPatients: 8000, maxPatients: 8000}) { totalCount } }`: `{"networks":{"totalCount":2}}`,
				`{ networks(first: 9, filter: {maxPatients: 7999}) { totalCount } }`:                                                                              `{"networks":{"totalCount":0}}`,
				`{ networks(first: 9, order: NAME) { nodes { name } } }`:                                                                                          `{"networks":{"nodes":[{"name":"ash"},{"name":"Beech"},{"name":"Cedar"},{"name":"Dogwood"}]}}`,
				`{ networks(first: 1, order: PATIENTS) { nodes { code } } }`:                                                                                      `{"networks":{"nodes":[{"code":"U99002"}]}}`,
				`{ practices(first: 2) { totalCount nodes { code } pageInfo { hasNextPage } } }`:                                                                  `{"practices":{"totalCount":3,"nodes":[{"code":"Z99001"},{"code":"Z99002"}],"pageInfo":{"hasNextPage":true}}}`,
				`{ practices(first: 9, filter: {network: "none"}) { nodes { name } } }`:                                                                           `{"practices":{"nodes":[{"name":"Alone"}]}}`,
				`{ practices(first: 9, filter: {network: "U99002"}) { edges { node { name } } } }`:                                                                `{"practices":{"edges":[{"node":{"name":"Bridge Street"}}]}}`,
				`{ practices(first: 9, filter: {system: "QZ1", text: "lane", clinicalSystem: "EMIS"}) { totalCount } }`:                                           `{"practices":{"totalCount":1}}`,
				`{ sources { source title asAt sha256 } }`:                                                                                                        `{"sources":[{"source":"epcn-2026-10-01-9f86d081","title":"ePCN.xlsx","asAt":"2026-10-01","sha256":"` + strings.Repeat("9f86d081", 8) + `"}]}`,
			} {
				if a := query(t, who, document); len(a.Errors) > 0 || string(a.Data) != want {
					t.Fatalf("%s of %q asks\n%s\ngot  %s\nwant %s", role, of, document, a.body, want)
				}
			}
		}
	}
}

// What is found about a system is shown to those who belong to it, asked for by
// name or not.
func TestFindingsAreForTheSystemsOwn(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	type found struct {
		Conflicts struct {
			Nodes []struct{ Practice struct{ Code string } }
		}
		Unknowns struct {
			TotalCount int
			Nodes      []struct{ About string }
		}
	}
	const fields = `{ totalCount nodes { about } }`
	for _, role := range ask.Roles {
		for _, of := range organisations {
			who := d.as(someone(role, of)...)
			everywhere := of == ask.England
			first, second := everywhere || slices.Contains(ofFirst, of), everywhere || slices.Contains(ofSecond, of)
			got := says[found](t, who, `{ conflicts(first: 9) { nodes { practice { code } } } unknowns(first: 100) `+fields+` }`)
			var conflicts []string
			for _, c := range got.Conflicts.Nodes {
				conflicts = append(conflicts, c.Practice.Code)
			}
			var want []string
			if first {
				want = append(want, "Z99001")
			}
			if second {
				want = append(want, "Z99002")
			}
			if !slices.Equal(conflicts, want) {
				t.Errorf("%s of %q is shown conflicts of %v, want %v", role, of, conflicts, want)
			}
			about := map[string]bool{}
			for _, g := range got.Unknowns.Nodes {
				about[g.About] = true
			}
			for e, may := range map[string]bool{"network-U99001": first, "practice-Z99003": first, "network-U99002": second, "practice-Z99002": second} {
				if about[e] != may {
					t.Errorf("%s of %q is shown that something is not known of %s: %v", role, of, e, about[e])
				}
			}
			if got.Unknowns.TotalCount != len(got.Unknowns.Nodes) {
				t.Errorf("%s of %q: %d unknowns, of which %d are shown", role, of, got.Unknowns.TotalCount, len(got.Unknowns.Nodes))
			}
			for system, may := range map[string]bool{"QZ1": first, "QZ2": second} {
				for _, document := range []string{
					`{ conflicts(first: 9, system: "` + system + `") { nodes { practice { code } memberships { network { code } from lastDay source } from lastDay reason code } } }`,
					`{ unknowns(first: 9, system: "` + system + `") { edges { node { about code reason owedBy since } } } }`,
				} {
					a := query(t, who, document)
					switch codes := a.codes(); {
					case may && (len(codes) > 0 || !strings.Contains(a.body, "Z9900")):
						t.Errorf("%s of %q is refused their own: %s\n%s", role, of, document, a.body)
					case !may && (!slices.Equal(codes, []string{"OTHER_SYSTEM"}) || strings.Contains(a.body, "Z9900")):
						t.Errorf("%s of %q is answered %s\n%s", role, of, document, a.body)
					}
				}
			}
		}
	}
}

func TestConflictsAndUnknownsSayWhatThereIs(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	for document, want := range map[string]string{
		`{ conflicts(system: "QZ1", first: 1) { totalCount nodes { code practice { name } memberships { network { code } } from lastDay reason } } }`: `{"conflicts":{"totalCount":1,"nodes":[{"code":"CONFLICTING_SOURCE","practice":{"name":"Mill Lane"},` +
			`"memberships":[{"network":{"code":"U99001"}},{"network":{"code":"U99003"}}],"from":"2019-07-01","lastDay":null,` +
			`"reason":"Z99001 Mill Lane is recorded in two networks at once, U99001 and U99003, since 2019-07-01."}]}}`,
		`{ unknowns(system: "QZ1", first: 2) { nodes { about code reason owedBy since } pageInfo { hasNextPage hasPreviousPage } } }`: `{"unknowns":{"nodes":[` +
			`{"about":"network-U99001","code":"DIRECTOR_NOT_KNOWN","reason":"Nobody has said who is clinical director of U99001 Cedar.","owedBy":"network-U99001","since":null},` +
			`{"about":"network-U99003","code":"DIRECTOR_NOT_KNOWN","reason":"Nobody has said who is clinical director of U99003 ash.","owedBy":"network-U99003","since":null}],` +
			`"pageInfo":{"hasNextPage":true,"hasPreviousPage":false}}}`,
	} {
		if a := query(t, who, document); string(a.Data) != want {
			t.Errorf("%s\ngot  %s\nwant %s", document, a.body, want)
		}
	}
}

// One list after another, a page at a time, forwards and backwards: everything
// comes once, in the order of the whole.
func TestEveryListIsTurnedPageByPage(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	for list, backwards := range map[string]bool{
		`networks(order: CODE, `: true, `networks(order: NAME, `: true, `networks(order: PRACTICES, `: true, `networks(order: PATIENTS, filter: {closed: true}, `: true,
		`practices(filter: {closed: true}, `: true, `conflicts(`: false, `unknowns(`: false, `unknowns(system: "QZ2", `: false,
	} {
		whole := page(t, who, list+`first: 100`)
		if len(whole.Edges) < 2 && !strings.Contains(list, "QZ2") {
			t.Fatalf("%s has %d", list, len(whole.Edges))
		}
		for way, from := range map[string]string{"first": "after", "last": "before"} {
			if way == "last" && !backwards {
				continue
			}
			var seen []string
			at := ""
			for range len(whole.Edges) {
				p := page(t, who, list+way+`: 1`+at)
				if len(p.Edges) != 1 || p.TotalCount != len(whole.Edges) || p.PageInfo.StartCursor != p.Edges[0].Cursor || p.PageInfo.EndCursor != p.Edges[0].Cursor {
					t.Fatalf("%s%s: 1%s is %+v", list, way, at, p)
				}
				seen = append(seen, p.Edges[0].Cursor)
				at = fmt.Sprintf(`, %s: %q`, from, p.Edges[0].Cursor)
				if more := len(seen) < len(whole.Edges); way == "first" && p.PageInfo.HasNextPage != more || way == "last" && p.PageInfo.HasPreviousPage != more {
					t.Errorf("%s%s: 1%s says %+v", list, way, at, p.PageInfo)
				}
			}
			if way == "last" {
				slices.Reverse(seen)
			}
			for i, e := range whole.Edges {
				if seen[i] != e.Cursor {
					t.Fatalf("%s by %s comes as %v", list, way, seen)
				}
			}
		}
	}
}

type edges struct {
	TotalCount int
	Edges      []struct{ Cursor string }
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
}

func page(t *testing.T, who http.Handler, list string) edges {
	t.Helper()
	return says[struct{ List edges }](t, who, `{ list: `+list+`) { totalCount edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`).List
}

// A page goes on where the last one ended, though the network it ended with has
// closed since, has another name, or is in a book that has none of it.
func TestACursorOfWhatHasGone(t *testing.T) {
	whole := over(registrytest.Fold(two), view.State{}).as(steward)
	gone := over(registrytest.Fold(append(slices.Clone(two), fact.NetworkClosed{Network: "U99002", LastDay: since})), view.State{}).as(steward)
	for order, want := range map[string]string{"CODE": "U99003 U99004", "NAME": "U99001 U99004"} {
		first := page(t, whole, `networks(order: `+order+`, first: 2`)
		rest := says[struct {
			Networks struct{ Nodes []struct{ Code string } }
		}](t, gone,
			`{ networks(order: `+order+`, first: 9, after: "`+first.PageInfo.EndCursor+`") { nodes { code } } }`)
		var got []string
		for _, n := range rest.Networks.Nodes {
			got = append(got, n.Code)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("in order of %s, after U99002 come %v, want %s", order, got, want)
		}
	}
}

func TestListsRefuse(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	byName := page(t, who, `networks(order: NAME, first: 1`).PageInfo.EndCursor
	for list, code := range map[string]string{
		`networks(first: 0`:                             "PAGE_INVALID",
		`networks(first: 101`:                           "PAGE_INVALID",
		`practices(filter: {}`:                          "PAGE_INVALID",
		`practices(first: 1, last: 1`:                   "PAGE_INVALID",
		`conflicts(first: 101`:                          "PAGE_INVALID",
		`unknowns(first: -1`:                            "PAGE_INVALID",
		`networks(first: 1, after: "` + byName + `"`:    "CURSOR_INVALID", // of another order
		`practices(first: 1, after: "` + byName + `"`:   "CURSOR_INVALID",
		`unknowns(first: 1, after: "?"`:                 "CURSOR_INVALID",
		`networks(first: 1, filter: {system: "QZ"}`:     "CODE_INVALID",
		`networks(first: 1, filter: {practice: "1"}`:    "CODE_INVALID",
		`networks(first: 1, filter: {place: "WEST"}`:    "FILTER_INVALID",
		`practices(first: 1, filter: {network: "NONE"}`: "CODE_INVALID",
		`practices(first: 1, filter: {system: "X"}`:     "CODE_INVALID",
		`conflicts(first: 1, system: "X"`:               "CODE_INVALID",
		`unknowns(first: 1, system: ""`:                 "CODE_INVALID",
	} {
		if a := query(t, who, `{ `+list+`) { totalCount } }`); !slices.Equal(a.codes(), []string{code}) {
			t.Errorf("%s) is answered %s, want %s", list, a.body, code)
		}
	}
}

// A document has room for texts so long that to look for one in every name, or to
// say all of it back, would be work for minutes.
func TestLongTextsAreNotWorkedOn(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	long := strings.Repeat("é", 30_000)
	for list, code := range map[string]string{
		`networks(first: 1, filter: {text: "%s"}`:         "FILTER_INVALID",
		`practices(first: 1, filter: {text: "%s"}`:        "FILTER_INVALID",
		`networks(first: 1, filter: {place: "%s"}`:        "FILTER_INVALID",
		`networks(first: 1, filter: {system: "%s"}`:       "CODE_INVALID",
		`networks(first: 1, filter: {practice: "%s"}`:     "CODE_INVALID",
		`practices(first: 1, filter: {network: "%s"}`:     "CODE_INVALID",
		`conflicts(first: 1, system: "%s"`:                "CODE_INVALID",
		`practices(first: 1, after: "%s"`:                 "CURSOR_INVALID",
		`entries(first: 1, about: "england", after: "%s"`: "CURSOR_INVALID",
	} {
		a := query(t, who, `{ `+fmt.Sprintf(list, long)+`) { __typename } }`)
		if !slices.Equal(a.codes(), []string{code}) || len(a.body) > 1_000 {
			t.Errorf("%s) is answered with %d bytes, %v, want %s", list, len(a.body), a.codes(), code)
		}
	}
	for _, field := range []string{"system", "network", "practice"} {
		if a := query(t, who, `{ `+field+`(code: "`+long+`") { code } }`); !slices.Equal(a.codes(), []string{"CODE_INVALID"}) || len(a.body) > 1_000 {
			t.Errorf("%s is answered with %d bytes, %v", field, len(a.body), a.codes())
		}
	}
	if answer, _ := fetch(t, who, "/csv/practices?text="+strings.Repeat("x", 201)); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a list by a long text is answered %d", answer.StatusCode)
	}
	if a := query(t, who, `{ practices(first: 1, filter: {text: "`+long[:400]+`"}) { totalCount } }`); len(a.Errors) > 0 {
		t.Errorf("a text as long as a name is answered %s", a.body)
	}
}

// A few words can ask for much work: every list is made whole before a page is
// cut of it, and every figure of a system is of all that is in it.
func TestWhatCostsMuchIsNotAskedManyTimes(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	many := func(n int, field string) (all string) {
		for i := range n {
			all += fmt.Sprintf(" a%d: %s", i, field)
		}
		return all
	}
	for document, code := range map[string]string{
		`{` + many(10, `unknowns(first: 1) { totalCount }`) + `}`:                                                      "",
		`{` + many(11, `unknowns(first: 1) { totalCount }`) + `}`:                                                      "TOO_MANY_ROOT_FIELDS",
		`{` + many(60, `practices(first: 1) { totalCount }`) + `}`:                                                     "TOO_MANY_ALIASES",
		`{` + many(9, `practices(first: 100) { nodes { system { patients { value } } } }`) + `}`:                       "",
		`{` + many(9, `practices(first: 100) { nodes { system { memberCount { value } patients { value } } } }`) + `}`: "COMPLEXITY_LIMIT_EXCEEDED",
		`{ practices(first: 100) { nodes { system {` + many(3, `practiceCount { value }`) + ` } } } }`:                 "",
		`{ practices(first: 100) { nodes { system {` + many(30, `practiceCount { value }`) + ` } } } }`:                "COMPLEXITY_LIMIT_EXCEEDED",
		`{ practices(first: 100) { nodes { system {` + many(30, `patients { value }`) + ` } } } }`:                     "COMPLEXITY_LIMIT_EXCEEDED",
	} {
		if a := query(t, who, document); strings.Join(a.codes(), " ") != code {
			t.Errorf("%.90s… is answered %.200s, want %s", document, a.body, code)
		}
	}
}

// Whose something is, is as the book has it now: who has lost a practice to
// another system does not read on by asking about the past, and who has it reads
// its past too.
func TestThePastIsForThoseWhoHaveItNow(t *testing.T) {
	moved := append(slices.Clone(two), fact.PracticeLocated{Practice: "Z99001", System: "QZ2", From: since.AddDays(900)},
		fact.NetworkLocated{Network: "U99001", System: "QZ2", From: since.AddDays(900)})
	d := over(registrytest.Fold(moved), registrytest.Fold(two))
	for of, sees := range map[events.Entity]bool{"system-QZ1": false, "system-QZ2": true, ask.England: true} {
		who := d.as(someone(ask.LMC, of)...)
		for _, document := range []string{
			`{ practice(code: "Z99001"%s) { memberships { from } } }`,
			`{ practices(first: 1, filter: {text: "Z99001"}%s) { nodes { memberships { from } } } }`,
			`{ network(code: "U99001"%s) { members { from } } }`,
			`{ networks(first: 1, filter: {text: "U99001"}%s) { nodes { memberships { from } } } }`,
			`{ conflicts(first: 9%s) { nodes { practice { code } memberships { from } } } }`,
		} {
			for _, asAt := range []string{"", `, asAt: "2019-12-31T00:00:00Z"`} {
				a := query(t, who, fmt.Sprintf(document, asAt))
				if got := strings.Contains(a.body, since.String()); got != sees {
					t.Errorf("somebody of %s is answered %s, to %s", of, a.body, fmt.Sprintf(document, asAt))
				}
			}
		}
		for _, asAt := range []string{"", "&asAt=2019-12-31T00:00:00Z"} {
			if _, body := fetch(t, who, "/csv/memberships?practice=Z99001"+asAt); strings.Contains(body, since.String()) != sees {
				t.Errorf("somebody of %s is answered %s", of, body)
			}
		}
	}
}

// What is in no system that is known is nobody's own.
func TestWhatIsInNoSystem(t *testing.T) {
	d := over(registrytest.Fold(odd), view.State{})
	const document = `{ practice(code: "Z99008") { memberships { from } } practices(first: 9, filter: {network: "U99006"}) { nodes { memberships { from } } } }`
	if a := query(t, d.as(someone(ask.Steward, "system-QZ1")...), document); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) ||
		!strings.Contains(a.body, "those who belong to england.") || strings.Contains(a.body, "2019") {
		t.Errorf("somebody of QZ1 is answered %s", a.body)
	}
	if a := query(t, d.as(steward), document); len(a.Errors) > 0 || strings.Count(a.body, "2019-07-01") != 2 {
		t.Errorf("somebody of all England is answered %s", a.body)
	}
}
