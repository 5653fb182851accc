//go:build national

// Package national puts NHS England's own files into a book and holds what it
// says against tables that others have made of the same files. It is run by
// `task test:national`, and fails where the files are not.
package national

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/client"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/platform"
)

// folder is where the files are: beside the project, or where OPENBOOK_NATIONAL
// says.
func folder() string {
	if dir := os.Getenv("OPENBOOK_NATIONAL"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "shared", "data")
}

func file(t *testing.T, name ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{folder()}, name...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the national files are needed for this: %v", err)
	}
	return path
}

// table reads a CSV file of others' results.
func table(t *testing.T, name string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(file(t, "tables", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
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

// book is a platform in this process, and a steward's way in.
type book struct {
	*client.Client
	t *testing.T
}

// open starts a platform with an empty book. restart ends it and says how long
// the next start took.
func open(t *testing.T) (b *book, restart func() time.Duration) {
	t.Helper()
	b = &book{t: t}
	data := t.TempDir()
	start := func() (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		started, ended := make(chan platform.Started, 1), make(chan error, 1)
		go func() {
			ended <- platform.Up(ctx, platform.Config{Data: data, Listen: "127.0.0.1:0", Log: io.Discard}, func(s platform.Started) { started <- s })
		}()
		stop = sync.OnceFunc(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("the platform ended with: %v", err)
			}
		})
		t.Cleanup(stop)
		select {
		case s := <-started:
			b.Client = steward(t, data, s.URL)
		case err := <-ended:
			t.Fatalf("the platform did not start: %v", err)
		case <-time.After(time.Minute):
			t.Fatal("the platform did not start within a minute")
		}
		return stop
	}
	stop := start()
	return b, func() time.Duration {
		stop()
		began := time.Now()
		stop = start()
		return time.Since(began)
	}
}

func steward(t *testing.T, data, url string) *client.Client {
	t.Helper()
	token, err := platform.Token(platform.Config{Data: data}, "steward:england", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(url, client.Token(token))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// imports puts files into the book and returns how many entries of each type
// that made. All of it is reported, although the book may have it.
func (b *book) imports(kind fact.Kind, paths ...string) map[string]int {
	b.t.Helper()
	began := time.Now()
	out, err := platform.Import(b.t.Context(), b.Client, platform.Importing{Kind: kind, Older: true, Again: true}, paths...)
	if err != nil {
		b.t.Fatal(err)
	}
	if out.Reports == 0 {
		b.t.Errorf("%s is not reported", out.Source)
	}
	b.t.Logf("%s: %d reports in %s", out.Source, out.Reports, time.Since(began).Round(time.Millisecond))
	return out.Entries
}

// ask sends a document and reads its data into v.
func (b *book) ask(v any, document string, variables map[string]any) {
	b.t.Helper()
	data, _, err := b.Do(b.t.Context(), document, variables)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		b.t.Fatal(err)
	}
}

// each asks for a list page by page. The document names the list `list`.
func each[N any](b *book, document string) (all []N) {
	b.t.Helper()
	var after *string
	for {
		var page struct {
			List struct {
				Nodes    []N
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		b.ask(&page, document, map[string]any{"after": after})
		all = append(all, page.List.Nodes...)
		if !page.List.PageInfo.HasNextPage {
			return all
		}
		after = &page.List.PageInfo.EndCursor
	}
}

type (
	coded    struct{ Code string }
	quantity struct {
		Value   *decimal.Decimal
		Unknown *struct{ Code, Reason string }
	}
	network struct {
		Code, Name              string
		LastDay                 *string
		System, SubICB          *coded
		PracticeCount, Patients quantity
	}
	membership struct {
		Network                                  coded
		From                                     string
		FromUndated, LastDayUndated              bool
		LastDay, FromNotBefore, LastDayNotBefore *string
	}
	practice struct {
		Code                    string
		System, SubICB, Network *coded
		ClinicalSystem          *string
		Patients                quantity
		Deprivation             *struct{ Score decimal.Decimal }
		Memberships             []membership
	}
)

const (
	networksOn = `query($after: String) { list: networks(first: 100, after: $after, filter: {closed: true}, on: "2026-07-01") {
		nodes { code name lastDay system { code } subICB { code } practiceCount { value unknown { code reason } } patients { value unknown { code reason } } }
		pageInfo { hasNextPage endCursor } } }`
	practicesOn = `query($after: String) { list: practices(first: 100, after: $after, on: "2026-07-01") {
		nodes { code system { code } subICB { code } network { code } clinicalSystem patients { value unknown { code reason } } deprivation { score }
			memberships { network { code } from fromUndated fromNotBefore lastDay lastDayUndated lastDayNotBefore } }
		pageInfo { hasNextPage endCursor } } }`
)

// text is a figure as a table writes it.
func (q quantity) text() string {
	if q.Value == nil {
		return "unknown: " + q.Unknown.Reason
	}
	return q.Value.String()
}

func (c *coded) text() string {
	if c == nil {
		return ""
	}
	return c.Code
}

func TestAllOfEngland(t *testing.T) {
	b, restart := open(t)

	b.imports(fact.EPCN, file(t, "ods_epcn_2023-01", "ePCN.xlsx"))
	before := map[string]bool{} // whether it is open
	for _, n := range each[network](b, networksOn) {
		before[n.Code] = n.LastDay == nil
	}
	made := b.imports(fact.EPCN, file(t, "ods_epcn_2025-01", "ePCN.xlsx"))
	closed := 0
	for _, n := range each[network](b, networksOn) {
		if before[n.Code] && n.LastDay != nil {
			closed++
		}
	}
	got := []int{made["network.network_registered.v1"], closed, made["network.joined.v1"], made["network.left.v1"], made["network.redated.v1"]}
	if diff := cmp.Diff([]int{37, 12, 250, 398, 0}, got); diff != "" {
		t.Errorf("new networks, known ones closed, new memberships, known ones ended, corrected (-want, +is):\n%s", diff)
	}
	b.twoAtOnce()

	mapping, ages := file(t, "registrations_2026-07", "gp-reg-pat-prac-map.csv"), file(t, "registrations_2026-07", "gp-reg-pat-prac-quin-age.zip")
	b.imports(fact.Registrations, mapping, ages)
	b.intervals()
	b.imports(fact.Populations, file(t, "populations_2025-26", "pcn_adjusted_populations_2025-26.csv"))
	b.imports(fact.Deprivation, file(t, "deprivation", "fingertips-imd-2025-gp-practice.csv"))

	b.workforce()

	took := restart()
	t.Logf("a start with all of it in the book: %s", took.Round(time.Millisecond))
	b.equalsTheTables()
	b.contractMembers()
	b.entitlements()

	for kind, paths := range map[fact.Kind][]string{
		fact.EPCN: {file(t, "ods_epcn_2025-01", "ePCN.xlsx")}, fact.Registrations: {mapping, ages},
		fact.Populations: {file(t, "populations_2025-26", "pcn_adjusted_populations_2025-26.csv")},
		fact.Deprivation: {file(t, "deprivation", "fingertips-imd-2025-gp-practice.csv")},
	} {
		if again := b.imports(kind, paths...); len(again) > 0 {
			t.Errorf("%s imported again records %v", kind, again)
		}
	}
}

// twoAtOnce holds that what a national file says twice is flagged, not refused.
func (b *book) twoAtOnce() {
	b.t.Helper()
	type conflict struct {
		Practice    coded
		Code        string
		From        string
		LastDay     *string
		Memberships []membership
	}
	all := each[conflict](b, `query($after: String) { list: conflicts(first: 100, after: $after) {
		nodes { code from lastDay practice { code } memberships { network { code } from } } pageInfo { hasNextPage endCursor } } }`)
	july := 0
	for _, c := range all {
		if c.Code == "CONFLICTING_SOURCE" && c.From == "2024-07-01" && c.LastDay != nil && *c.LastDay == "2024-07-02" &&
			c.Memberships[0].Network.Code+" "+c.Memberships[1].Network.Code == "U04503 U17156" {
			july++
		}
	}
	if july != 7 || len(all) != 11 {
		b.t.Errorf("%d practices are in two networks on 1 and 2 July 2024, want 7; %d conflicts in all, want 11", july, len(all))
	}
}

// intervals holds that what the mapping of 2026 says without a date is known to
// lie between the workbook before it and itself.
func (b *book) intervals() {
	b.t.Helper()
	other, none, came, never := 0, 0, 0, 0
	for _, p := range each[practice](b, practicesOn) {
		var in, out bool
		for _, m := range p.Memberships {
			if m.FromUndated {
				in = true
				if m.From != "2026-07-01" || m.FromNotBefore == nil || *m.FromNotBefore != "2024-10-02" {
					b.t.Errorf("%s joined %s between %v and %s", p.Code, m.Network.Code, m.FromNotBefore, m.From)
				}
			}
			if m.LastDayUndated {
				out = true
				if *m.LastDay != "2026-06-30" || m.LastDayNotBefore == nil || *m.LastDayNotBefore != "2024-10-01" {
					b.t.Errorf("%s left %s between %v and %s", p.Code, m.Network.Code, m.LastDayNotBefore, *m.LastDay)
				}
			}
		}
		switch {
		case in && out:
			other++
		case out:
			none++
		case in:
			if came++; p.Code == "Y08411" && len(p.Memberships) == 1 {
				never++
			}
		}
	}
	if diff := cmp.Diff([]int{119, 7, 8, 1}, []int{other, none, came, never}); diff != "" {
		b.t.Errorf("in another network, in none, come into one, never seen before (-want, +is):\n%s", diff)
	}
}

func (b *book) equalsTheTables() {
	b.t.Helper()
	var count struct{ Networks, Practices, Outside struct{ TotalCount int } }
	b.ask(&count, `{ networks(first: 1, on: "2026-07-01", filter: {minPractices: 1}) { totalCount } practices(first: 1, on: "2026-07-01") { totalCount }
		outside: practices(first: 1, on: "2026-07-01", filter: {network: "none"}) { totalCount } }`, nil)
	if diff := cmp.Diff([]int{1298, 6139, 52}, []int{count.Networks.TotalCount, count.Practices.TotalCount, count.Outside.TotalCount}); diff != "" {
		b.t.Errorf("networks, practices, practices in no network (-want, +is):\n%s", diff)
	}

	var systems struct {
		Systems []struct {
			Code                                string
			NetworkCount, MemberCount, Patients quantity
		}
	}
	b.ask(&systems, `{ systems(on: "2026-07-01") { code networkCount { value unknown { code reason } } memberCount { value unknown { code reason } } patients { value unknown { code reason } } } }`, nil)
	want, got := map[string]string{}, map[string]string{}
	for _, row := range table(b.t, "icb_summary_2026-07.csv") {
		want[row["icb_code"]] = row["pcns"] + " " + row["practices"] + " " + row["registered_patients"]
	}
	for _, s := range systems.Systems {
		got[s.Code] = s.NetworkCount.text() + " " + s.MemberCount.text() + " " + s.Patients.text()
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 36 {
		b.t.Errorf("systems: networks, practices and patients in them (-want, +is):\n%s", diff)
	}

	want, got = map[string]string{}, map[string]string{}
	for _, row := range table(b.t, "pcn_summary_2026.csv") {
		want[row["pcn_code"]] = strings.Join([]string{row["pcn_name"], row["icb_code"], row["sub_icb_code"], row["practices"], row["registered_2026_07"]}, " ")
	}
	for _, n := range each[network](b, networksOn) {
		if n.PracticeCount.text() != "0" {
			got[n.Code] = strings.Join([]string{n.Name, n.System.text(), n.SubICB.text(), n.PracticeCount.text(), n.Patients.text()}, " ")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("networks (-want, +is):\n%s", diff)
	}

	want, got = map[string]string{}, map[string]string{}
	for _, row := range table(b.t, "practice_list_size_2026-07.csv") {
		want[row["practice_code"]] = strings.Join([]string{
			strings.TrimPrefix(row["pcn_code"]+" ", "U "), row["icb_code"], row["sub_icb_code"], strings.Replace(row["supplier"], "Unknown", "", 1), row["registered_patients_2026_07_01"], scored(row["imd2025_score"]),
		}, "|")
	}
	for _, p := range each[practice](b, practicesOn) {
		supplier, score := "", ""
		if p.ClinicalSystem != nil {
			supplier = *p.ClinicalSystem
		}
		if p.Deprivation != nil {
			score = p.Deprivation.Score.Trim(0).String()
		}
		in := ""
		if p.Network != nil {
			in = p.Network.Code + " "
		}
		got[p.Code] = strings.Join([]string{in, p.System.text(), p.SubICB.text(), supplier, p.Patients.text(), score}, "|")
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 6139 {
		b.t.Errorf("practices (-want, +is):\n%s", diff)
	}
}

// contractMembers holds that all counts in 2025/26 for whom NHS England's file
// says, and comes to what the file comes to. All its networks are in the book.
func (b *book) contractMembers() {
	b.t.Helper()
	type counted struct {
		Code       string
		CountedFor []struct {
			Year, On, Source string
			NetworkCode      *string
			Network          *coded
			SystemCode       *string
		}
		ListSizes []struct {
			Basis, On string
			Patients  int
		}
	}
	members, outside, inside, all := 0, 0, 0, 0
	networks, systems := map[string]bool{}, map[string]bool{}
	for _, p := range each[counted](b, `query($after: String) { list: practices(first: 100, after: $after, filter: {closed: true}) {
		nodes { code countedFor { year on source networkCode network { code } systemCode } listSizes { basis on patients } } pageInfo { hasNextPage endCursor } } }`) {
		adjusted := 0
		for _, l := range p.ListSizes {
			if l.Basis == "ADJUSTED" && l.On == "2025-01-01" {
				adjusted = l.Patients
			}
		}
		all += adjusted
		for _, c := range p.CountedFor {
			if c.Year != "2025/26" || c.On != "2025-01-01" || !strings.HasPrefix(c.Source, "populations-2025-01-01-") {
				b.t.Errorf("%s counts in %s, of %s, by %s", p.Code, c.Year, c.On, c.Source)
			}
			if c.NetworkCode == nil {
				outside++
				continue
			}
			members++
			inside += adjusted
			networks[*c.NetworkCode], systems[*c.SystemCode] = true, true
			if c.Network == nil || c.Network.Code != *c.NetworkCode {
				b.t.Errorf("%s counts for %s, which is %v", p.Code, *c.NetworkCode, c.Network)
			}
		}
	}
	if diff := cmp.Diff([]int{6_168, 81, 1_284, 42, 63_428_385, 63_724_141}, []int{members, outside, len(networks), len(systems), inside, all}); diff != "" {
		b.t.Errorf("practices that count, and that do not, their networks and systems, patients that count, and all (-want, +is):\n%s", diff)
	}
}

// scored is a score without zeros at its end, however a table writes it.
func scored(s string) string {
	d, err := decimal.Parse(s)
	if err != nil {
		return s
	}
	return d.Trim(0).String()
}
