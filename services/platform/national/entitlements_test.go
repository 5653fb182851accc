//go:build national

package national

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"
)

// entitlements holds what the contract of 2025/26 entitles all England to against
// the published national figures: £204.4m of capacity and access support and
// £87.6m of improvement, of which the networks' members are part.
func (b *book) entitlements() {
	b.t.Helper()
	published := shipped(b.t)["2025/26"]
	if _, err := b.PublishContract(b.t.Context(), published.Ask); err != nil {
		b.t.Fatal(err)
	}
	began := time.Now()
	type amount struct {
		Value   *string
		Unknown *struct{ Code, OwedBy string }
	}
	type national struct {
		Entitlements struct {
			Networks, Outside int
			Streams           []struct {
				Key                     string
				Networks                int
				Members, Outside, Total amount
			}
		}
	}
	var all national
	got := map[string]string{}
	for end := began.Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		b.ask(&all, `{ entitlements(year: "2025/26") { networks outside streams {
			key networks members { value unknown { code owedBy } } outside { value unknown { code owedBy } } total { value unknown { code owedBy } }
		} } }`, nil)
		for _, s := range all.Entitlements.Streams {
			for of, a := range map[string]amount{"members": s.Members, "outside": s.Outside, "total": s.Total} {
				if a.Value != nil {
					got[s.Key+" "+of] = *a.Value
				} else {
					got[s.Key+" "+of] = a.Unknown.Code + " " + a.Unknown.OwedBy
				}
			}
		}
		if all.Entitlements.Networks == 1284 && all.Entitlements.Streams[0].Networks == 1284 {
			break
		}
	}
	b.t.Logf("the entitlements of %d networks are worked out and shown %s after the contract was published", all.Entitlements.Networks, time.Since(began).Round(time.Millisecond))
	want := map[string]string{"arrs_sum members": "NOT_SUBMITTED england", "network_participation members": "NOT_SUBMITTED england"}
	members, outside := b.adjusted()
	for key, rate := range map[string]int{"casp": 3208, "caip": 1375} { // thousandths of a pound
		pence := func(patients int) int { return (patients*rate + 5) / 10 }
		sum := 0
		for _, patients := range members {
			sum += pence(patients)
		}
		for of, n := range map[string]int{"members": sum, "outside": pence(outside), "total": sum + pence(outside)} {
			want[key+" "+of] = fmt.Sprintf("%d.%02d", n/100, n%100)
		}
	}
	for key, amount := range want {
		if diff := cmp.Diff(amount, got[key]); diff != "" {
			b.t.Errorf("%s: %s", key, diff)
		}
	}
	// The published figures, in millions.
	for key, millions := range map[string]string{"casp members": "203.48", "caip members": "87.21", "casp total": "204.43", "caip total": "87.62"} {
		pounds, err := strconv.ParseFloat(got[key], 64)
		if is := strconv.FormatFloat(pounds/1e6, 'f', 2, 64); err != nil || is != millions {
			b.t.Errorf("%s are £%sm, published £%sm: %v", key, is, millions, err)
		}
	}
	if all.Entitlements.Networks != 1284 || all.Entitlements.Outside != 81 {
		b.t.Errorf("of %d networks, and %d practices outside", all.Entitlements.Networks, all.Entitlements.Outside)
	}
}

// adjusted is how many adjusted patients count for each network by the file, and
// for none.
func (b *book) adjusted() (members map[string]int, outside int) {
	b.t.Helper()
	f, err := os.Open(file(b.t, "populations_2025-26", "pcn_adjusted_populations_2025-26.csv"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.t.Fatal(err)
	}
	members = map[string]int{}
	const practice, network, patients, member = 0, 2, 9, 10
	for _, row := range rows[1:] {
		n, err := strconv.Atoi(row[patients])
		switch {
		case row[practice] == "": // the total
		case err != nil:
			b.t.Fatal(err)
		case row[member] == "Yes":
			members[row[network]] += n
		default:
			outside += n
		}
	}
	return members, outside
}
