//go:build national

package reconcile_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

// Every role of the national collection that NHS England's list has as one of the
// scheme is a role of the contract, and no other is.
func TestRolesOfEngland(t *testing.T) {
	folder := os.Getenv("OPENBOOK_NATIONAL")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(folder, "tables", "workforce_roles_2026-06.csv"))
	if err != nil {
		t.Fatalf("the national files are needed for this: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 70 {
		t.Fatal(len(rows), err)
	}
	terms, err := os.ReadFile(filepath.Join("..", "..", "..", "contract", "terms", "2026-27.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[contract.Key]bool{}
	for _, k := range regexp.MustCompile(`(?m)^  - key: (\S+)$`).FindAllSubmatch(terms, -1) {
		keys[contract.Key(k[1])] = true
	}
	is, not, roles := decimal.Zero, decimal.Zero, 0
	for _, r := range rows[1:] {
		name, wte, listed := r[2], decimal.MustParse(r[4]), r[5] == "yes"
		key, of := reconcile.KeyOf(name, "2026/27")
		if of != listed || of && !keys[key] {
			t.Errorf("%q is %q of the contract (%t), and listed: %t", name, key, keys[key], listed)
		}
		if of {
			is, err = is.Add(wte)
			roles++
		} else {
			not, err = not.Add(wte)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d roles and %s WTE are of the scheme, %d and %s are not", roles, is, len(rows)-1-roles, not)
}
