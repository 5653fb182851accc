package gateway

import (
	stdcsv "encoding/csv"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

// fetch asks for a list over HTTP.
func fetch(t *testing.T, who http.Handler, path string) (answer *http.Response, body string) {
	t.Helper()
	server := httptest.NewServer(who)
	defer server.Close()
	answer, err := http.Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(b)
}

// rows are the cells of a list, its heading first.
func rows(t *testing.T, who http.Handler, path string) [][]string {
	t.Helper()
	answer, body := fetch(t, who, path)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s is answered %d %s", path, answer.StatusCode, body)
	}
	all, err := stdcsv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v in %s", path, err, body)
	}
	return all
}

// column is what is in one column, without its heading.
func column(all [][]string, name string) (cells []string) {
	i := slices.Index(all[0], name)
	if i < 0 {
		return []string{"there is no column " + name}
	}
	for _, row := range all[1:] {
		cells = append(cells, row[i])
	}
	return cells
}

func TestListsAsCSV(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	for _, of := range organisations {
		who := d.as(someone(ask.PCN, of)...)
		for path, want := range map[string]string{
			"/csv/systems":                                "QZ1 QZ2",
			"/csv/systems?closed=true":                    "QZ1 QZ2 QZ3",
			"/csv/networks":                               "U99001 U99002 U99003 U99004",
			"/csv/networks?order=NAME":                    "U99003 U99002 U99001 U99004",
			"/csv/networks?closed=true&system=QZ1&place=": "U99001 U99003 U99005",
			"/csv/networks?system=QZ1&place=WEST&practice=Z99001&text=ced&clinicalSystem=EMIS&minPractices=1&maxPractices=1&minPatients=8000&maxPatients=8000": "U99001",
			"/csv/networks?maxPatients=1":                                          "",
			"/csv/networks?on=2001-01-01":                                          "U99001 U99002 U99003 U99004 U99005", // when they opened is not known
			"/csv/networks?asAt=2019-01-01T00:00:00Z":                              "",
			"/csv/practices":                                                       "Z99001 Z99002 Z99003",
			"/csv/practices?network=none":                                          "Z99003",
			"/csv/practices?network=U99002":                                        "Z99002",
			"/csv/practices?system=QZ1&text=MILL&clinicalSystem=emis&closed=false": "Z99001",
		} {
			if got := strings.Join(column(rows(t, who, path), "code"), " "); got != want {
				t.Errorf("%q is given %s: %s, want %s", of, path, got, want)
			}
		}
	}
}

func TestCSVIsATable(t *testing.T) {
	state := registrytest.Fold(append(slices.Clone(two),
		fact.NetworkRenamed{Network: "U99003", Name: `=HYPERLINK("http://x")`},
		fact.PracticeRenamed{Practice: "Z99001", Name: "Mill, \"Lane\"\nand Hill"},
	))
	answer, body := fetch(t, over(state, view.State{}).as(), "/csv/networks?on=2026-04-01&system=QZ1")
	for header, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8; header=present", "Openbook-As-Of": "2", "Cache-Control": "private, no-store",
		"Content-Disposition": `attachment; filename="openbook-networks-2026-04-01.csv"`, "X-Content-Type-Options": "nosniff",
	} {
		if got := answer.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	missing := `U99001`
	want := "code,name,open,opened,last_day,into,system,system_name,place,place_name,sub_icb,sub_icb_name,practices,practices_unknown," +
		"patients_registered,patients_registered_unknown,patients_adjusted,patients_adjusted_unknown,patients_weighted,patients_weighted_unknown,clinical_systems\r\n" +
		missing + `,Cedar,true,,,,QZ1,First,WEST,West,,,1,,8000,,,"Nobody has said how many patients Z99001 Mill, ""Lane""` + "\r\n" + `and Hill has (adjusted).",,"Nobody has said how many patients Z99001 Mill, ""Lane""` + "\r\n" + `and Hill has (weighted).",EMIS` + "\r\n"
	if !strings.HasPrefix(body, want) {
		t.Errorf("got\n%q\nwant\n%q", body, want)
	}
	if !strings.Contains(body, `U99003,"'=HYPERLINK(""http://x"")",true`) {
		t.Errorf("a formula is left one: %q", body)
	}
	practice := rows(t, over(state, view.State{}).as(), "/csv/practices?text=z99002")
	if got, want := strings.Join(practice[1], "|"), "Z99002|Bridge Street|true||QZ2|Second|||U99002|Beech||9000|||"; !strings.HasPrefix(got, want) {
		t.Errorf("a practice is %s", got)
	}
}

func TestCellsThatASpreadsheetWouldRun(t *testing.T) {
	for _, name := range []string{"=1", "+1", "-1", "@SUM", "\t=1"} {
		state := registrytest.Fold([]fact.Event{fact.SystemRegistered{System: "QZ1", Name: name}})
		if got := column(rows(t, over(state, state).as(), "/csv/systems"), "name"); got[0] != "'"+name {
			t.Errorf("%q is written %q", name, got[0])
		}
	}
}

// What is open within a system is no more open as a table.
func TestCSVOfASystemsOwn(t *testing.T) {
	d := over(registrytest.Fold(append(slices.Clone(two), fact.Joined{Practice: "Z99003", Network: "U99001", Period: events.Period{From: since, To: since}})), view.State{})
	for _, role := range ask.Roles {
		for _, of := range organisations {
			who := d.as(someone(role, of)...)
			everywhere := of == ask.England
			first, second := everywhere || slices.Contains(ofFirst, of), everywhere || slices.Contains(ofSecond, of)
			for list, of := range map[string]struct{ column, first, second string }{
				"memberships":                        {"practice", "Z99001", "Z99002"},
				"memberships?closed=true":            {"practice", "Z99003", "Z99002"},
				"memberships?network=U99001":         {"practice", "Z99001", ""},
				"memberships?practice=Z99002":        {"practice", "", "Z99002"},
				"conflicts":                          {"practice", "Z99001", "Z99002"},
				"unknowns":                           {"about", "practice-Z99003", "practice-Z99002"},
				"unknowns?asAt=2100-01-01T00:00:00Z": {"about", "network-U99001", "network-U99002"},
			} {
				got := column(rows(t, who, "/csv/"+list), of.column)
				if slices.Contains(got, of.first) != (first && of.first != "") || slices.Contains(got, of.second) != (second && of.second != "") {
					t.Errorf("%s of %q is given %s: %v", role, of, list, got)
				}
				for system, may := range map[string]bool{"QZ1": first, "QZ2": second} {
					name, query, _ := strings.Cut(list, "?")
					answer, body := fetch(t, who, "/csv/"+name+"?system="+system+"&"+query)
					if !may && (answer.StatusCode != http.StatusForbidden || !strings.Contains(body, "OTHER_SYSTEM") || strings.Contains(body, "Z9900")) || may && answer.StatusCode != http.StatusOK {
						t.Errorf("%s of %q is answered about %s of %s: %d %s", role, of, name, system, answer.StatusCode, body)
					}
				}
			}
		}
	}
}

func TestCSVRefuses(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/csv/networks?sistem=QZ1":                                  {400, `This list has no parameter \"sistem\". It has: system, place, practice, text, clinicalSystem, minPractices, maxPractices, minPatients, maxPatients, closed, order, on, asAt.`},
		"/csv/systems?system=QZ1":                                   {400, `It has: closed, on, asAt.`},
		"/csv/networks?system=QZ1&system=QZ2":                       {400, `The parameter \"system\" is given 2 times. Give it once.`},
		"/csv/networks?minPractices=few":                            {400, `\"few\" does not do for the parameter \"minPractices\". Write a whole number, such as 5.`},
		"/csv/networks?closed=yes":                                  {400, `Write true or false.`},
		"/csv/networks?order=SIZE":                                  {400, `Write CODE, or NAME, or PRACTICES, or PATIENTS.`},
		"/csv/networks?on=1.4.2026":                                 {400, `Write a day, such as 2026-04-01.`},
		"/csv/networks?asAt=2026-04-01":                             {400, `Write a moment, such as 2026-04-01T09:30:00Z.`},
		"/csv/networks?system=QZ":                                   {400, "CODE_INVALID"},
		"/csv/networks?place=WEST":                                  {400, "FILTER_INVALID"},
		"/csv/practices?network=NONE":                               {400, "CODE_INVALID"},
		"/csv/memberships?network=none":                             {400, "CODE_INVALID"},
		"/csv/conflicts?system=nowhere":                             {400, "CODE_INVALID"},
		"/csv/networks?text=%zz":                                    {400, "PARAMETER_INVALID"},
		"/csv/networks?on=2026-04-01&first=" + url.QueryEscape("5"): {400, `no parameter \"first\"`},
		"/csv/people":                                               {404, `There is no list \"people\". There are: conflicts, grants, ledger, memberships, networks, practices, systems, unknowns.`},
	} {
		answer, body := fetch(t, who, path)
		if answer.StatusCode != want.status || !strings.Contains(body, want.says) || answer.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s is answered %d %s", path, answer.StatusCode, body)
		}
	}
	r, err := http.NewRequest(http.MethodPost, "/csv/networks", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	w := recorder{httptest.NewRecorder()}
	if who.ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered %d", w.Code)
	}
}

// A table costs what a list of the graph does, from the same share; who has had
// that is told when to come again.
func TestATableIsNotFree(t *testing.T) {
	d := over(registrytest.Fold(two), registrytest.Fold(two))
	d.api.share = limit.Share{Capacity: 3_000, Leak: 100}
	who := d.as(steward)
	spent := func() int {
		cost := query(t, who, `{ me { name } }`).Extensions["cost"].(map[string]any)
		return 3_000 - int(cost["remaining"].(float64))
	}
	all := rows(t, who, "/csv/networks")
	if want := 2 + 500 + (len(all)-1)*len(all[0]); spent() != want || len(all) < 2 {
		t.Errorf("%d rows of %d cells cost %d", len(all)-1, len(all[0]), spent())
	}
	before := spent()
	all = rows(t, who, "/csv/networks?asAt=2019-01-01T00:00:00Z")
	if cost := spent() - before - 2; cost != 1_500+(len(all)-1)*len(all[0]) {
		t.Errorf("%d rows of the past cost %d", len(all)-1, cost)
	}
	answer, body := fetch(t, who, "/csv/networks?asAt=2019-01-01T00:00:00Z")
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); answer.StatusCode != http.StatusTooManyRequests || err != nil || seconds < 2 || !strings.Contains(body, "RATE_LIMITED") {
		t.Errorf("too much is answered %d %v %s", answer.StatusCode, answer.Header, body)
	}
}

// A refusal is short, whatever it repeats of the address.
func TestCSVRefusesInFewWords(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	long := strings.Repeat("%01", 9_000)
	for _, path := range []string{"/csv/" + long, "/csv/networks?" + long, "/csv/networks?a=%" + long, "/csv/networks?on=" + long, "/csv/networks?order=" + long, "/csv/memberships?network=" + long, "/csv/unknowns?system=" + long} {
		w := httptest.NewRecorder()
		who.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code < 400 || w.Body.Len() > 1_000 {
			t.Errorf("%.40s is answered %d with %d bytes", path, w.Code, w.Body.Len())
		}
	}
}
