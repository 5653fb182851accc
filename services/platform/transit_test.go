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
