//go:build national

package importstaff_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/workforce/importstaff"
)

// national is a file of NHS England's, beside the project or where
// OPENBOOK_NATIONAL says.
func national(t *testing.T, name ...string) string {
	t.Helper()
	folder := os.Getenv("OPENBOOK_NATIONAL")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{folder}, name...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the national files are needed for this: %v", err)
	}
	return path
}

// table is others' results, by the names of their columns.
func table(t *testing.T, name string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(national(t, "tables", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, field := range line {
			row[strings.TrimPrefix(all[0][i], "\ufeff")] = field
		}
		rows = append(rows, row)
	}
	return rows
}

// near reports whether d is text to its two decimals. Others have added binary
// fractions, so that one of exactly half a hundredth may be on either side.
func near(d decimal.Decimal, text string) bool {
	apart, err := d.SubAbs(decimal.MustParse(text))
	return err == nil && apart.Cmp(decimal.MustParse("0.005000001")) <= 0
}

func sum(t *testing.T, d, e decimal.Decimal) decimal.Decimal {
	t.Helper()
	s, err := d.AddExact(e, 9)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAllOfEngland(t *testing.T) {
	path := national(t, "workforce_2026-06", "1.Primary Care Networks - June 2026 Individual Level.csv")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	f, err := importstaff.Read(path, nil)
	if err != nil {
		t.Fatal(err, f.Problems)
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	t.Logf("%s, %d MB from the system, %d MB allocated in all", took, after.Sys>>20, (after.TotalAlloc-before.TotalAlloc)>>20)
	if after.Sys > 300<<20 {
		t.Errorf("it takes %d MB", after.Sys>>20)
	}
	if f.Rows != 39_940 || f.Networks != 1_271 || len(f.Asks) != 1_271 || len(f.Months) != 1 || f.Months[0] != "2026-06" || f.WTE.Round(2).String() != "31253.33" {
		t.Errorf("%d rows, %d networks, %d returns, of %v, %s WTE", f.Rows, f.Networks, len(f.Asks), f.Months, f.WTE)
	}
	type role struct{ group, role string }
	wte, records := map[role]decimal.Decimal{}, map[role]int{}
	network := map[events.PCN]decimal.Decimal{}
	people := 0
	for _, a := range f.Asks {
		for _, s := range a.Staff {
			is := role{s.Group, s.Role}
			wte[is], records[is] = sum(t, wte[is], s.WTE), records[is]+s.Records
			network[a.Network] = sum(t, network[a.Network], s.WTE)
			people += s.People
		}
	}
	if people < 32_545 { // distinct in England; who has two roles is in both
		t.Errorf("%d people", people)
	}
	roles := table(t, "workforce_roles_2026-06.csv")
	if len(roles) != len(wte) {
		t.Errorf("%d roles, want %d", len(wte), len(roles))
	}
	for _, r := range roles {
		is := role{r["staff_group"], r["detailed_staff_role"]}
		if !near(wte[is], r["fte"]) || strconv.Itoa(records[is]) != r["records"] {
			t.Errorf("%s has %s WTE in %d records, want %s in %s", is, wte[is], records[is], r["fte"], r["records"])
		}
	}
	absent := 0
	for _, n := range table(t, "pcn_summary_2026.csv") {
		got, there := network[events.PCN(n["pcn_code"])]
		switch want := n["workforce_fte_total_2026_06"]; {
		case !there:
			if absent++; want != "" && !near(decimal.Zero, want) {
				t.Errorf("%s has returned nothing, want %s", n["pcn_code"], want)
			}
		case want == "" || !near(got, want):
			t.Errorf("%s has %s WTE, want %q", n["pcn_code"], got, want)
		}
		delete(network, events.PCN(n["pcn_code"]))
	}
	if absent != 27 || len(network) != 0 {
		t.Errorf("%d networks have no return, and %s are no networks", absent, fmt.Sprint(network))
	}
}
