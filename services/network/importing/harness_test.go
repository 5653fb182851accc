package importing_test

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/importing"
	"github.com/ics-openbook/openbook/services/platform"
)

// book is a platform in this process, and a steward's way in.
type book struct {
	*client.Client
	t *testing.T
}

// open starts a platform with an empty book.
func open(t *testing.T) *book {
	t.Helper()
	data := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan platform.Started, 1), make(chan error, 1)
	go func() {
		ended <- platform.Up(ctx, platform.Config{Data: data, Listen: "127.0.0.1:0", Log: io.Discard}, func(s platform.Started) { started <- s })
	}()
	t.Cleanup(sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the platform ended with: %v", err)
		}
	}))
	var url string
	select {
	case s := <-started:
		url = s.URL
	case err := <-ended:
		ended <- nil
		t.Fatalf("the platform did not start: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("the platform did not start within a minute")
	}
	token, err := platform.Token(platform.Config{Data: data}, "steward:england", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(url, client.Token(token), client.Visible())
	if err != nil {
		t.Fatal(err)
	}
	return &book{c, t}
}

// imports puts files into the book and returns what came of it.
func (b *book) imports(o importing.Options, paths ...string) *importing.Outcome {
	b.t.Helper()
	out, err := importing.Run(b.t.Context(), b.Client, o, paths...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// recorded is how many entries the book has, all of which it shows.
func (b *book) recorded() events.Ordinal {
	b.t.Helper()
	for range 100 {
		s, err := b.Status(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		if s.Visible == s.Recorded {
			return s.Recorded
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatal("the book does not show what it has")
	return 0
}

// ask sends a document and returns its data without what the schema calls it.
func (b *book) ask(document string) string {
	b.t.Helper()
	data, _, err := b.Do(b.t.Context(), document, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

// said is what the book shows of every practice on a day, each in a line.
func (b *book) said(day string) (lines []string) {
	b.t.Helper()
	after := ""
	for {
		var all struct {
			Practices struct {
				Nodes    []practice
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		data := b.ask(`{ practices(first: 100` + after + `, on: "` + day + `", filter: {closed: true}) { pageInfo { hasNextPage endCursor } nodes {
			code name open lastDay clinicalSystem system { code } subICB { code } network { code } deprivation { year score }
			listSizes { basis on patients } countedFor { year networkCode systemCode } memberships { network { code } from fromUndated fromNotBefore lastDay lastDayUndated lastDayNotBefore } } } }`)
		if err := json.Unmarshal([]byte(data), &all); err != nil {
			b.t.Fatal(err)
		}
		for _, p := range all.Practices.Nodes {
			lines = append(lines, p.String())
		}
		if !all.Practices.PageInfo.HasNextPage {
			return lines
		}
		after = `, after: "` + all.Practices.PageInfo.EndCursor + `"`
	}
}

type (
	coded    struct{ Code string }
	practice struct {
		Code, Name, LastDay, ClinicalSystem string
		Open                                bool
		System, SubICB, Network             coded
		Deprivation                         *struct {
			Year  int
			Score string
		}
		ListSizes []struct {
			Basis, On string
			Patients  json.Number
		}
		CountedFor  []struct{ Year, NetworkCode, SystemCode string }
		Memberships []membership
	}
	membership struct {
		Network                                        coded
		From, FromNotBefore, LastDay, LastDayNotBefore string
		FromUndated, LastDayUndated                    bool
	}
)

// String writes a practice as a row of a test: "Z99001 Mill Lane, QZ1 99A
// U99001; U99001 2020-04-01…; REGISTERED 2026-07-01 9000". A day that is not
// known is written [earliest, latest].
func (p practice) String() string {
	words := []string{strings.Join(strings.Fields(p.Code+" "+p.Name+", "+p.System.Code+" "+p.SubICB.Code+" "+p.Network.Code+" "+p.ClinicalSystem), " ")}
	if p.LastDay != "" {
		words[0] += ", closed " + p.LastDay
	}
	for _, m := range p.Memberships {
		words = append(words, m.Network.Code+" "+dated(m.From, m.FromUndated, m.FromNotBefore)+"…"+dated(m.LastDay, m.LastDayUndated, m.LastDayNotBefore))
	}
	for _, l := range p.ListSizes {
		words = append(words, l.Basis+" "+l.On+" "+l.Patients.String())
	}
	for _, c := range p.CountedFor {
		words = append(words, strings.TrimSpace(c.Year+" for "+c.NetworkCode+" "+c.SystemCode))
	}
	if d := p.Deprivation; d != nil {
		words = append(words, "score "+d.Score)
	}
	return strings.Join(words, "; ")
}

func dated(day string, undated bool, notBefore string) string {
	if undated {
		return "[" + notBefore + ", " + day + "]"
	}
	return day
}

// entries are the entries about organisations after the first n of the book, as
// "type data", sorted.
func (b *book) entries(n events.Ordinal, about ...events.Entity) (all []string) {
	b.t.Helper()
	seen := map[events.ID]bool{}
	for _, e := range about {
		for entry, err := range b.Entries(b.t.Context(), e, time.Time{}) {
			if err != nil {
				b.t.Fatal(err)
			}
			if entry.Ordinal > n && !seen[entry.Id] {
				all = append(all, entry.Type+" "+plain(b.t, entry.Data))
			}
			seen[entry.Id] = true
		}
	}
	slices.Sort(all)
	return all
}

// proposed are the entries of a dry run likewise.
func proposed(t *testing.T, out *importing.Outcome, without ...string) (all []string) {
	t.Helper()
	for _, p := range out.Proposed {
		all = append(all, p.Type+" "+plain(t, p.Data, without...))
	}
	slices.Sort(all)
	return all
}

// plain is JSON with its fields in order, without some of them.
func plain(t *testing.T, data json.RawMessage, without ...string) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(fields, func(k string, _ any) bool { return slices.Contains(without, k) })
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// file writes a file into a new folder.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t *testing.T, name, content string) string {
	t.Helper()
	var b strings.Builder
	w := zip.NewWriter(&b)
	f, err := w.Create(strings.TrimSuffix(name, ".zip") + ".csv")
	if err == nil {
		_, err = io.WriteString(f, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return file(t, name, b.String())
}

// sheetOf is one sheet of a workbook: its name, and its rows from the header on.
type sheetOf struct {
	name string
	rows [][]any
}

// workbook writes a workbook that was saved on a day; change may do what it
// likes with it before.
func workbook(t *testing.T, name, saved string, change func(*excelize.File) error, sheets ...sheetOf) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for n, row := range s.rows {
			cell, _ := excelize.CoordinatesToCellName(1, n+1)
			if err := f.SetSheetRow(s.name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if change != nil {
		if err := change(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Modified: saved + "T12:00:00Z"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// What the files of these tests look like.
const (
	mapHead = "PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,PCN_CODE,PCN_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ICB_CODE,ICB_NAME,COMM_REGION_CODE,SUPPLIER_NAME\n"
	ageHead = "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS\n"
	popHead = "Practice Code,Practice Name,PCN Code,ICB Code,Raw list size,Adjusted Population,Weighted Population,PCN member January 25\n"
	imdHead = "PRACTICE_CODE,PRACTICE_NAME,IMD_YEAR,IMD_SCORE\n"
)

// at is a row of the mapping, of one day: a practice, its name, and its network
// or U.
func at(day, code, name, network string) string {
	pcn := map[string]string{"U": "UNALLOCATED", "U99001": "NORTH PCN", "U99002": "WEST PCN", "U99003": "SOUTH PCN"}[network]
	return "GP_PRAC_PAT_LIST," + day + "," + code + "," + name + "," + network + "," + pcn + ",99A,One Board - 99A,QZ1,One Board,Y59,EMIS\n"
}

// aged is a row of the list sizes.
func aged(day, kind, code, sex, age, patients string) string {
	return "GP_PRAC_PAT_LIST," + day + "," + kind + "," + code + "," + sex + "," + age + "," + patients + "\n"
}

var (
	networkHead = []any{"PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Sub ICB Location", "Open Date", "Close Date"}
	partnerHead = []any{
		"Partner\nOrganisation\nCode", "Partner\nName", "Practice\nParent\nSub ICB Loc Code", "PCN Code",
		"Practice to PCN\nRelationship\nStart Date", "Practice to PCN\nRelationship\nEnd Date",
	}
)

// networks and partners are the sheets of an ePCN workbook.
func networks(rows ...[]any) sheetOf {
	return sheetOf{"PCNDetails", append([][]any{networkHead}, rows...)}
}

func partners(rows ...[]any) sheetOf {
	return sheetOf{"PCN Core Partner Details", append([][]any{partnerHead}, rows...)}
}

func north(closed string) []any {
	return []any{"U99001", "North PCN", "99A", "One", "2019-07-01", closed}
}

func west() []any { return []any{"U99002", "West PCN", "99A", "One", "20190701", ""} }

func partner(code, name, network, from, last string) []any {
	return []any{code, name, "99A", network, from, last}
}

var (
	registrations = importing.Options{Kind: fact.Registrations}
	epcn          = importing.Options{Kind: fact.EPCN}
	populations   = importing.Options{Kind: fact.Populations}
	deprivation   = importing.Options{Kind: fact.Deprivation}
)

func dry(o importing.Options) importing.Options {
	o.DryRun = true
	return o
}
