//go:build national

package national

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/services/platform"
)

const systemsStaff = `query($system: SystemCode!) { system(code: $system) { workforce(year: "2026/27") { reconciliation(month: "2026-06") {
	roles { returned { value } } outsideWTE { value } returns { networks missing } } } } }`

// workforce holds that the staff of the national workforce file are in the book as
// the tables have them: in all, and which networks have returned nobody.
func (b *book) workforce() {
	b.t.Helper()
	path := file(b.t, "workforce_2026-06", "1.Primary Care Networks - June 2026 Individual Level.csv")
	for _, want := range []struct{ recorded, already int }{{1271, 0}, {0, 1271}} {
		began := time.Now()
		out, err := platform.ImportStaff(b.t.Context(), b.Client, platform.ReturningOf{}, path)
		if err != nil {
			b.t.Fatal(err)
		}
		b.t.Logf("workforce: %d returns of %d rows in %s", out.Returns, out.Rows, time.Since(began).Round(time.Millisecond))
		if out.Rows != 39_940 || out.Recorded != want.recorded || out.Already != want.already || out.WTE.Round(0).String() != "31253" {
			b.t.Errorf("%d rows, %d recorded, %d already, %s WTE", out.Rows, out.Recorded, out.Already, out.WTE)
		}
	}
	var all struct {
		Systems []struct{ Code string }
	}
	b.ask(&all, `{ systems { code } }`, nil)
	type seen struct {
		System struct {
			Workforce struct {
				Reconciliation struct {
					Roles []struct {
						Returned struct{ Value decimal.Decimal }
					}
					OutsideWTE struct{ Value *decimal.Decimal }
					Returns    struct {
						Networks int
						Missing  []string
					}
				}
			}
		}
	}
	began := time.Now()
	sum, networks, missing := decimal.Zero, 0, map[string]bool{}
	add := func(d decimal.Decimal) {
		var err error
		if sum, err = sum.Add(d); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, of := range all.Systems {
		var s seen
		b.ask(&s, systemsStaff, map[string]any{"system": of.Code})
		r := s.System.Workforce.Reconciliation
		for _, one := range r.Roles {
			add(one.Returned.Value)
		}
		if r.OutsideWTE.Value != nil {
			add(*r.OutsideWTE.Value)
		}
		networks += r.Returns.Networks
		for _, n := range r.Returns.Missing {
			missing[n] = true
		}
	}
	b.t.Logf("the reconciliation of every system: %s", time.Since(began).Round(time.Millisecond))
	want := map[string]bool{}
	for _, row := range table(b.t, "pcn_summary_2026.csv") {
		if row["workforce_fte_total_2026_06"] == "" {
			want[row["pcn_code"]] = true
		}
	}
	got := map[string]bool{}
	for n := range missing {
		if want[n] {
			got[n] = true
		}
	}
	// each role of each system is rounded to two places
	if by, _ := sum.SubAbs(decimal.MustParse("31253.33")); by.Cmp(decimal.MustParse("2")) > 0 || networks != 1271 {
		b.t.Errorf("systems have %s WTE of %d networks", sum, networks)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 27 {
		b.t.Errorf("%d networks have no return (-want +is):\n%s", len(want), fmt.Sprint(diff))
	}
}
