package platform_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/platform"
)

// get asks for what is beside GraphQL.
func (c client) get(t testing.TB, path string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.site.at()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// A year that is closed is exported, and so is the next, which begins with what
// was left: nothing stays between them.
func TestAClosedYearIsExported(t *testing.T) {
	t.Parallel()
	_, maker, _, manager := ledger(t)
	maker.do(t, "receiveFunding", money("E1", "100.00", nil))
	maker.do(t, "allocateFunding", money("A1", "60.00", input{"network": "U99001"}))
	maker.do(t, "closeFundingYear", input{"system": "QZ1", "year": "2025/26"})
	maker.do(t, "carryInFunding", input{"system": "QZ1", "year": "2026/27", "fromSystem": "QZ1", "fromYear": "2025/26"})
	manager.eventually(t, `{ status { inTransit { entry } } }`, `{"status":{"inTransit":[]}}`)

	_, body := manager.get(t, "/csv/ledger?system=QZ1&year=2026/27")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) < 3 || !slices.Contains(rows[1], "funding.carried_in.v1") {
		t.Errorf("the next year is exported as %q, %v", rows, err)
	}
}

// A system that another stands in the place of leaves it its ledger: whoever is of
// the successor reads it, undertakes for it and closes it, and nobody the other
// way round.
func TestASuccessorSeesToTheLedgerItWasLeft(t *testing.T) {
	t.Parallel()
	s, maker, _, manager := ledger(t)
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ2", "name": "Successor"})
	maker.do(t, "receiveFunding", money("E1", "100.00", nil))
	maker.do(t, "allocateFunding", money("A1", "60.00", input{"network": "U99001"}))
	heir := s.as(t, "heir", ask.Grant{Role: ask.Finance, Of: "system-QZ2"})
	const (
		entries = `{ entries(about: "ledger-QZ1-2025-26", first: 9) { nodes { type } } }`
		funding = `{ system(code: "QZ1") { funding(year: "2025/26") { year } duties(year: "2025/26") { year } } }`
		export  = "/csv/ledger?system=QZ1&year=2025/26"
	)
	closes := input{"system": "QZ1", "year": "2025/26"}
	policy := input{"system": "QZ1", "from": "2099-04-01", "acknowledge": 3, "answer": 20, "pay": 20, "notice": 20, "source": "the board"}
	if d, a, err := heir.submit(t.Context(), "closeFundingYear", closes); err != nil || !slices.Equal(append(a.codes(), d.codes()...), []string{"FORBIDDEN"}) {
		t.Errorf("before, closing is answered %s, %v", a.body, err)
	}
	if got := heir.ask(t, entries).codes(); !slices.Equal(got, []string{"OTHER_SYSTEM"}) {
		t.Errorf("before, reading is answered %v", got)
	}

	c.do(t, "succeedSystem", input{"code": "QZ1", "by": []string{"QZ2"}, "on": "2026-04-01"})
	for _, q := range []string{entries, funding} {
		if a := heir.ask(t, q); len(a.Errors) > 0 {
			t.Errorf("%s is answered %s", q, a.body)
		}
		if a := manager.ask(t, q); len(a.Errors) > 0 {
			t.Errorf("the network asks %s and is answered %s", q, a.body)
		}
	}
	if status, body := heir.get(t, export); status != http.StatusOK || !strings.Contains(body, "funding.allocated.v1") {
		t.Errorf("exported as %d %s", status, body)
	}
	heir.do(t, "setFundingPolicy", policy)
	heir.do(t, "closeFundingYear", closes)
	heir.eventually(t, `{ entries(about: "ledger-QZ2-2026-27", first: 9) { nodes { type } } }`, `{"entries":{"nodes":[{"type":"funding.carried_in.v1"}]}}`)
	if got := maker.ask(t, `{ entries(about: "ledger-QZ2-2026-27", first: 9) { nodes { type } } }`).codes(); !slices.Equal(got, []string{"OTHER_SYSTEM"}) {
		t.Errorf("whoever was of the other system reads the successor's: %v", got)
	}
}

// A ledger with an entry that this release cannot read is not exported as if it
// were whole.
func TestAParkedLedgerIsNotExported(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, stop := up(t, platform.Config{Data: data})
	s.as(t, "steward", steward).do(t, "registerSystem", input{"code": "QZ1", "name": "System"})
	maker := s.as(t, "maker", ask.Grant{Role: ask.Finance, Of: "system-QZ1"})
	maker.do(t, "receiveFunding", money("E1", "100.00", nil))
	stop()
	scribble(t, data, "ledger-QZ1-2025-26", 0, "funding.received.v9", `{"of":"a later release"}`)
	s, _ = up(t, platform.Config{Data: data})
	maker = s.as(t, "maker", ask.Grant{Role: ask.Finance, Of: "system-QZ1"})
	for _, list := range []string{"ledger", "grants"} {
		if status, body := maker.get(t, "/csv/"+list+"?system=QZ1&year=2025/26"); status != http.StatusConflict || !strings.Contains(body, `"PARKED"`) {
			t.Errorf("%s is answered %d %s", list, status, body)
		}
	}
}
