package importing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/importing"
)

// All four kinds one after another, as NHS England publishes them: what a dry
// run proposes is what is then recorded, and again records nothing.
func TestFilesBecomeTheBook(t *testing.T) {
	b := open(t)
	workbook1 := workbook(t, "ePCN.xlsx", "2024-10-05", nil,
		networks(north(""), west(), []any{"U99003", "South PCN", "99A", "One", "2019-07-01", "2023-03-31"}),
		partners(
			partner("Z99001", "Mill Lane", "U99001", "2020-04-01", ""),
			partner("Z99002", "Old Road", "U99001", "2020-04-01", ""),
			partner("Z99003", "High Street", "U99003", "2019-07-01", "2023-03-31"),
			partner("Z99003", "High Street", "U99002", "2023-04-01", ""),
			partner("Z99004", "Low Street", "U99002", "2024-10-01", ""),
			partner("Z99005", "Gone Lane", "U99002", "2019-07-01", "2021-03-31"),
			partner("Z99006", "Planned Lane", "U99002", "2025-04-01", ""),
			partner("Z99008", "Same Lane", "U99002", "2019-07-01", ""),
			partner("Z99009", "Same Road", "U99002", "2019-07-01", "")))
	july := "01Jul2026"
	mapping := file(t, "gp-reg-pat-prac-map.csv", mapHead+
		at(july, "Z99001", "MILL LANE SURGERY", "U99001")+ // has stayed
		at(july, "Z99002", "OLD ROAD", "U99002")+ // has moved
		at(july, "Z99003", "HIGH STREET", "U")+ // has left
		at(july, "Z99006", "PLANNED LANE", "U99002")+
		strings.Replace(at(july, "Z99007", "NEW LANE", "U99001"), "EMIS", "Unknown", 1)+
		at(july, "Z99008", "Same Lane", "U99002")+at(july, "Z99009", "Same Road", "U99002"))
	ages := zipped(t, "gp-reg-pat-prac-quin-age.zip", ageHead+
		aged(july, "Comm Region", "Y59", "ALL", "ALL", "10000")+aged(july, "Comm Region", "Y59", "FEMALE", "0_4", "1")+
		aged(july, "ICB", "QZ1", "ALL", "ALL", "10000")+
		aged(july, "GP", "Z99001", "ALL", "ALL", "4000")+aged(july, "GP", "Z99001", "MALE", "0_4", "12")+
		aged(july, "GP", "Z99002", "ALL", "ALL", "3000")+aged(july, "GP", "Z99003", "ALL", "ALL", "2000")+
		aged(july, "GP", "Z99006", "ALL", "ALL", "900")+
		aged(july, "GP", "Z99008", "ALL", "ALL", "99")+aged(july, "GP", "Z99009", "ALL", "ALL", "1"))
	people := file(t, "populations.csv", popHead+
		"Z99001,Mill Lane,U99001,QZ1,\"3,900\",3950,,Yes\nZ99002,Old Road,U98765,QZ9,2900,2890,2880,yes\nZ99003,High Street,no_data,no_data,2000,,,No\n,,,,8800,6840,2880,\n")
	scores := file(t, "imd.csv", imdHead+"Z99001,Mill Lane,2025,33.519\nZ99002,Old Road,2025,\nZ99003,High Street,2025,0\n")
	about := []events.Entity{"system-QZ1", "subicb-99A"}
	for n := range 9 {
		about = append(about, events.Practice(fmt.Sprintf("Z9900%d", n+1)).Entity())
		about = append(about, events.PCN(fmt.Sprintf("U9900%d", n+1)).Entity())
	}
	for _, c := range []struct {
		o     importing.Options
		files []string
		asAt  string
		notes []string
	}{
		{epcn, []string{workbook1}, "2024-10-01", []string{"The workbook does not say which day it describes. It is taken to be 2024-10-01, the newest day in it; say --as-at if you know better."}},
		{registrations, []string{mapping, ages}, "2026-07-01", []string{"Z99007 NEW LANE has no list size."}},
		{populations, []string{people}, "2025-01-01", nil},
		{deprivation, []string{scores}, "2025-01-01", nil},
	} {
		before := b.recorded()
		would := b.imports(dry(c.o), c.files...)
		if got := b.recorded(); got != before {
			t.Errorf("%s: a dry run made %d entries of %d", c.o.Kind, got, before)
		}
		did := b.imports(c.o, c.files...)
		want := b.recorded() - before
		if n := len(would.Proposed); int(want) != n || did.AsAt.String() != c.asAt {
			t.Errorf("%s as at %s: %d entries, %d were proposed", c.o.Kind, did.AsAt, want, n)
		}
		if diff := cmp.Diff(c.notes, did.Notes); diff != "" {
			t.Errorf("%s: %s", c.o.Kind, diff)
		}
		if diff := cmp.Diff(proposed(t, would), b.entries(before, append(about, did.Source.Entity())...)); diff != "" {
			t.Errorf("%s: proposed -, recorded +\n%s", c.o.Kind, diff)
		}
		counts := 0
		for typ, n := range did.Entries {
			counts += n
			if would.Entries[typ] != n {
				t.Errorf("%s: %d of %s, of which %d were proposed", c.o.Kind, n, typ, would.Entries[typ])
			}
		}
		if counts != int(want) || would.Reports != did.Reports || would.Source != did.Source {
			t.Errorf("%s: it says %+v of %d entries; rehearsed %d reports of %s", c.o.Kind, did, want, would.Reports, would.Source)
		}
		slices.Reverse(c.files) // in any order they are one source
		if at := b.imports(c.o, c.files...); at.Reports > 0 || at.Source != did.Source {
			t.Errorf("%s, which the book has, is reported: %+v", c.o.Kind, at)
		}
		c.o.Again = true
		again, rehearsed := b.imports(c.o, c.files...), b.imports(dry(c.o), c.files...)
		if again.Reports == 0 || len(again.Entries)+len(rehearsed.Entries)+len(rehearsed.Proposed) > 0 || again.Source != did.Source || b.recorded() != before+want {
			t.Errorf("%s again: %+v, rehearsed %+v", c.o.Kind, again, rehearsed)
		}
	}
	if diff := cmp.Diff([]string{
		"Z99001 MILL LANE SURGERY, QZ1 99A U99001 EMIS; U99001 2020-04-01…; ADJUSTED 2025-01-01 3950; REGISTERED 2025-01-01 3900; REGISTERED 2026-07-01 4000; 2025/26 for U99001 QZ1; score 33.519",
		"Z99002 OLD ROAD, QZ1 99A U99002 EMIS; U99001 2020-04-01…[2024-10-01, 2026-06-30]; U99002 [2024-10-02, 2026-07-01]…; ADJUSTED 2025-01-01 2890; REGISTERED 2025-01-01 2900; WEIGHTED 2025-01-01 2880; REGISTERED 2026-07-01 3000; 2025/26 for U98765 QZ9",
		"Z99003 HIGH STREET, QZ1 99A EMIS; U99003 2019-07-01…2023-03-31; U99002 2023-04-01…[2024-10-01, 2026-06-30]; REGISTERED 2025-01-01 2000; REGISTERED 2026-07-01 2000; 2025/26 for; score 0",
		"Z99004 Low Street, 99A, closed 2026-06-30; U99002 2024-10-01…[2024-10-01, 2026-06-30]",
		"Z99005 Gone Lane, 99A, closed 2026-06-30; U99002 2019-07-01…2021-03-31",
		"Z99006 PLANNED LANE, QZ1 99A U99002 EMIS; U99002 2025-04-01…; REGISTERED 2026-07-01 900",
		"Z99007 NEW LANE, QZ1 99A U99001; U99001 [2024-10-02, 2026-07-01]…",
		"Z99008 Same Lane, QZ1 99A U99002 EMIS; U99002 2019-07-01…; REGISTERED 2026-07-01 99",
		"Z99009 Same Road, QZ1 99A U99002 EMIS; U99002 2019-07-01…; REGISTERED 2026-07-01 1",
	}, b.said("2026-07-01")); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if diff := cmp.Diff(`{"networks":{"nodes":[`+
		`{"code":"U99001","name":"NORTH PCN","opened":"2019-07-01","lastDay":null,"system":{"code":"QZ1"},"subICB":{"code":"99A"}},`+
		`{"code":"U99002","name":"WEST PCN","opened":"2019-07-01","lastDay":null,"system":{"code":"QZ1"},"subICB":{"code":"99A"}},`+
		`{"code":"U99003","name":"South PCN","opened":"2019-07-01","lastDay":"2023-03-31","system":null,"subICB":{"code":"99A"}}]},`+
		`"systems":[{"code":"QZ1","name":"One Board","region":"Y59","subICBs":[{"code":"99A","name":"One Board - 99A"}]}]}`,
		b.ask(`{ networks(first: 9, on: "2026-07-01", filter: {closed: true}) { nodes { code name opened lastDay system { code } subICB { code } } } systems { code name region subICBs { code name } } }`)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	var sources struct {
		Sources []struct {
			Source, Title, AsAt string
			Complete            bool
		}
	}
	if err := json.Unmarshal([]byte(b.ask(`{ sources { source title asAt complete } }`)), &sources); err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, s := range sources.Sources {
		titles = append(titles, fmt.Sprint(fact.Source(s.Source).Kind(), " ", s.AsAt, " ", s.Title, " ", s.Complete))
	}
	if diff := cmp.Diff([]string{
		"EPCN 2024-10-01 ePCN.xlsx true", "DEPRIVATION 2025-01-01 imd.csv true", "POPULATIONS 2025-01-01 populations.csv true",
		"REGISTRATIONS 2026-07-01 gp-reg-pat-prac-map.csv, gp-reg-pat-prac-quin-age.zip true",
	}, titles); diff != "" {
		t.Error(diff)
	}
}

// However a file is written, it says the same.
func TestWaysToWriteAFile(t *testing.T) {
	b := open(t)
	rows := func(day string) string {
		return at(day, "Z99001", "MILL LANE", "U99001") + at(day, "Z99002", `"OLD ROAD, THE"`, "U")
	}
	right := mapHead + rows("01Jul2026")
	table := func(text string) (rows [][]any) {
		for line := range strings.Lines(text) {
			var row []any
			for field := range strings.SplitSeq(strings.TrimSpace(line), ",") {
				row = append(row, field)
			}
			rows = append(rows, row)
		}
		return rows
	}
	sheet := table(strings.ReplaceAll(right, `"OLD ROAD, THE"`, "OLD ROAD;"))
	sheet[2][3] = "OLD ROAD, THE"
	cased := strings.NewReplacer("Z99", "z99", "U99", "u99", "QZ1", "qz1", ",99A,", ",99a,", "MILL LANE", " MILL \t LANE ").Replace(rows("01Jul2026"))
	blank := strings.Repeat(",", strings.Count(mapHead, ","))
	same(t, b, registrations, map[string][]string{
		"":                         {file(t, "map.csv", right)},
		"with a mark":              {file(t, "map.csv", "\uFEFF"+right)},
		"by Windows":               {file(t, "map.csv", strings.ReplaceAll(right, "\n", "\r\n"))},
		"with a mark, by Windows":  {file(t, "map.csv", "\uFEFF"+strings.ReplaceAll(right, "\n", "\r\n"))},
		"without an end":           {file(t, "map.csv", strings.TrimSuffix(right, "\n"))},
		"with empty rows":          {file(t, "map.csv", right+blank+"\n\n"+blank+"\n")},
		"before 2022":              {file(t, "map.csv", strings.NewReplacer("SUB_ICB_LOCATION_CODE", "CCG_CODE", "SUB_ICB_LOCATION_NAME", "CCG_NAME").Replace(right))},
		"in small letters":         {file(t, "map.csv", strings.ToLower(mapHead)+cased)},
		"with a day of digits":     {file(t, "map.csv", mapHead+rows("20260701"))},
		"with a day of ISO":        {file(t, "map.csv", mapHead+rows("2026-07-01"))},
		"with a day of ours":       {file(t, "map.csv", mapHead+rows("01/07/2026"))},
		"with a day of whichever":  {file(t, "map.csv", mapHead+at("01/07/2026", "Z99001", "MILL LANE", "U99001")+at("20260701", "Z99002", `"OLD ROAD, THE"`, "U"))},
		"packed":                   {zipped(t, "map.zip", right)},
		"as a workbook":            {workbook(t, "map.xlsx", "2026-07-09", nil, sheetOf{"Data", sheet})},
		"as a workbook with dates": {workbook(t, "map.xlsx", "2026-07-09", dates("Data", "B2", "B3"), sheetOf{"Data", sheet})},
	})

	members := partners(partner("Z99001", "Mill Lane", "U99001", "2020-04-01", ""), partner("Z99002", "Old Road", "U99001", "2020-04-01", "2023-03-31"))
	older := partners(members.rows[1:]...)
	older.rows[0] = slices.Clone(partnerHead)
	older.rows[0][2] = "Practice\nParent\nCCG Code"
	ccg := networks(north(""))
	ccg.rows[0] = slices.Clone(networkHead)
	ccg.rows[0][2] = "Current CCG Code"
	digits := partners(partner("Z99001", "Mill Lane", "U99001", "20200401", ""), partner("Z99002", "Old Road", "U99001", "01Apr2020", "31/03/2023"))
	small := members
	small.name = "pcn core PARTNER details"
	same(t, b, epcn, map[string][]string{
		"":                     {workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north("")), members)},
		"before 2022":          {workbook(t, "ePCN.xlsx", "2024-10-05", nil, ccg, older)},
		"in another order":     {workbook(t, "ePCN.xlsx", "2024-10-05", nil, sheetOf{"Notes", [][]any{{"Read me"}}}, members, networks(north("")))},
		"with days of digits":  {workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north("")), digits)},
		"with days of Excel's": {workbook(t, "ePCN.xlsx", "2024-10-05", dates(members.name, "E2", "E3", "F3"), networks(north("")), members)},
		"under another name":   {workbook(t, "workbook.xlsm", "2024-10-05", nil, networks(north("")), small)},
	})

	same(t, b, populations, map[string][]string{
		"":                 {file(t, "p.csv", popHead+"Z99001,Mill Lane,U99001,QZ1,3900,3950,,Yes\n,,,,3900,3950,,\n")},
		"without a total":  {file(t, "p.csv", popHead+"Z99001,Mill Lane,U99001,QZ1,3900,3950,,Yes\n")},
		"with commas":      {file(t, "p.csv", popHead+"Z99001,Mill Lane,U99001,QZ1,\"3,900\",\"3,950\",,Yes\n,,,,\"3,900\",\"3,950\",,\n")},
		"in small letters": {file(t, "p.csv", popHead+"z99001,Mill Lane,u99001,qz1,3900,3950,,yes\n")},
		"another year's":   {file(t, "p.csv", "Practice Code,Practice Name,PCN Code,ICB Code,Raw list size,PCN Adjusted Population,PCN member January 2025\nZ99001,Mill Lane,U99001,QZ1,3900,3950,Yes\n")},
		"as a workbook":    {workbook(t, "p.xlsx", "2025-03-01", nil, sheetOf{"Any", [][]any{{"Practice Code", "Practice Name", "PCN Code", "ICB Code", "Raw list size", "Adjusted Population", "PCN member January 25"}, {"Z99001", "Mill Lane", "U99001", "QZ1", 3900, 3950, "Yes"}}})},
	})
	same(t, b, populations, map[string][]string{
		"":                       {file(t, "p.csv", "Practice Code,Practice Name,Raw list size,Adjusted Population,PCN member January 25\nZ99001,Mill Lane,3900,3950,Yes\n")},
		"and with other columns": {file(t, "p.csv", "Practice Code,Practice Name,ICB Code,Raw list size,Adjusted Population,PCN member January 25\nZ99001,Mill Lane,QZ1,3900,3950,No\n")},
	})
	same(t, b, deprivation, map[string][]string{
		"":              {file(t, "d.csv", imdHead+"Z99001,Mill Lane,2025,33.519\n")},
		"as a workbook": {workbook(t, "d.xlsx", "2025-11-01", nil, sheetOf{"Any", [][]any{{"PRACTICE_CODE", "PRACTICE_NAME", "IMD_YEAR", "IMD_SCORE"}, {"Z99001", "Mill Lane", 2025, 33.519}}})},
	})
	if n := b.recorded(); n != 0 {
		t.Errorf("dry runs made %d entries", n)
	}
}

// A file that is published again, to correct one of the same year, says when its
// lists were frozen all the same.
func TestPopulationsPublishedAgain(t *testing.T) {
	b := open(t)
	b.imports(populations, file(t, "p.csv", popHead+"Z99001,Mill Lane,U99001,QZ1,3900,3950,,Yes\nZ99002,Old Road,U99001,QZ1,2900,2950,,Yes\n"))
	june := populations
	june.AsAt = events.Day(2025, time.June, 1)
	b.imports(june, file(t, "p.csv", popHead+"Z99001,Mill Lane,U99001,QZ1,3900,3960,,Yes\nZ99002,Old Road,,,2900,2950,,No\n"))
	if diff := cmp.Diff([]string{
		"Z99001 Mill Lane,; ADJUSTED 2025-01-01 3960; REGISTERED 2025-01-01 3900; 2025/26 for U99001 QZ1",
		"Z99002 Old Road,; ADJUSTED 2025-01-01 2950; REGISTERED 2025-01-01 2900; 2025/26 for",
	}, b.said("2026-07-01")); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if got := b.ask(`{ practice(code: "Z99001") { countedFor { on network { code } source } } unknowns(first: 9, code: "NETWORK_NOT_KNOWN") { nodes { about reason } } }`); !strings.Contains(got,
		`[{"on":"2025-01-01","network":null,"source":"populations-2025-01-01-`) || !strings.Contains(got,
		`"nodes":[{"about":"practice-Z99001","reason":"Z99001 Mill Lane counts for U99001 in the contract year 2025/26, and no source tells what that network is."}]`) {
		t.Error(got)
	}
}

// A dry run proposes in the order of the codes, whichever report is answered
// first.
func TestADryRunIsInOrder(t *testing.T) {
	b := open(t)
	var rows strings.Builder
	for n := range 100 {
		rows.WriteString(at("20260701", fmt.Sprintf("Z99%03d", 99-n), "Lane", "U"))
	}
	n := 0
	for _, p := range b.imports(dry(registrations), file(t, "map.csv", mapHead+rows.String())).Proposed {
		if p.Type == "network.practice_registered.v1" {
			if code := fmt.Sprintf(`"Z99%03d"`, n); !strings.Contains(string(p.Data), code) {
				t.Fatalf("%d is not %s: %s", n, code, p.Data)
			}
			n++
		}
	}
	if n != 100 {
		t.Errorf("%d are proposed", n)
	}
}

// dates makes Excel's dates of cells with text.
func dates(sheet string, cells ...string) func(*excelize.File) error {
	return func(f *excelize.File) error {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		for _, cell := range cells {
			text, _ := f.GetCellValue(sheet, cell)
			day, err1 := events.ParseDate(text)
			if err1 != nil {
				day, err1 = events.ParseDate("2026-07-01")
			}
			err = errors.Join(err, err1, f.SetCellValue(sheet, cell, day.Time()), f.SetCellStyle(sheet, cell, cell, style))
		}
		return err
	}
}

// same holds that files propose what the one without a name does.
func same(t *testing.T, b *book, o importing.Options, ways map[string][]string) {
	t.Helper()
	want := proposed(t, b.imports(dry(o), ways[""]...), "source", "sha256", "title")
	if len(want) < 2 {
		t.Fatalf("%s: %q", o.Kind, want)
	}
	for way, files := range ways {
		if diff := cmp.Diff(want, proposed(t, b.imports(dry(o), files...), "source", "sha256", "title")); diff != "" {
			t.Errorf("%s %s: want -, got +\n%s", o.Kind, way, diff)
		}
	}
}

// The day that a workbook describes is the newest it knows of, and none that it
// was not saved yet on; whoever imports it may know better.
func TestTheDayOfAWorkbook(t *testing.T) {
	b := open(t)
	path := workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north("2025-03-31"), west()), partners(
		partner("Z99001", "Mill Lane", "U99001", "2020-04-01", "2024-09-30"), partner("Z99001", "Mill Lane", "U99002", "2024-10-06", "")))
	if out := b.imports(dry(epcn), path); out.AsAt != events.Day(2024, 9, 30) || len(out.Notes) != 1 {
		t.Errorf("%s, %q", out.AsAt, out.Notes)
	}
	told := dry(epcn)
	told.AsAt = events.Day(2024, 10, 5)
	if out := b.imports(told, path); out.AsAt != told.AsAt || len(out.Notes) > 0 {
		t.Errorf("%s, %q", out.AsAt, out.Notes)
	}
}

// What differs between two practices of one network is told, not decided.
func TestANetworkInTwoSystems(t *testing.T) {
	b := open(t)
	out := b.imports(registrations, file(t, "map.csv", mapHead+at("20260701", "Z99001", "A", "U99001")+at("20260701", "Z99002", "B", "U99002")+
		strings.NewReplacer("QZ1", "QZ2", "99A", "98A", "One", "Two").Replace(at("20260701", "Z99003", "C", "U99001")+at("20260701", "Z99004", "D", "U99002")+at("20260701", "Z99005", "E", "U99002"))))
	if diff := cmp.Diff([]string{
		"U99001 NORTH PCN has practices in QZ1 and QZ2. It is taken to be in QZ1.", // of equals the first
		"U99002 WEST PCN has practices in QZ1 and QZ2. It is taken to be in QZ2.",
		"Without the list sizes (gp-reg-pat-prac-quin-age.zip) no patients are recorded.",
	}, out.Notes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Z99001 A, QZ1 99A U99001 EMIS; U99001 [, 2026-07-01]…", "Z99002 B, QZ1 99A U99002 EMIS; U99002 [, 2026-07-01]…", "Z99003 C, QZ2 98A U99001 EMIS; U99001 [, 2026-07-01]…",
		"Z99004 D, QZ2 98A U99002 EMIS; U99002 [, 2026-07-01]…", "Z99005 E, QZ2 98A U99002 EMIS; U99002 [, 2026-07-01]…"}, b.said("2026-07-01")); diff != "" {
		t.Error(diff)
	}
}

// An import that is stopped half-way leaves a source that is not complete, from
// which nothing follows that it does not say, and is finished by doing it again.
func TestStoppedHalfWay(t *testing.T) {
	b := open(t)
	var members [][]any
	var rows strings.Builder
	const practices = 200
	code := func(n int) string { return fmt.Sprintf("Z99%03d", n) }
	for n := range practices {
		members = append(members, partner(code(n), "Lane", "U99001", "2020-04-01", ""))
		rows.WriteString(at("20260701", code(n), "Lane", "U99002"))
	}
	october := epcn
	october.AsAt = events.Day(2024, time.October, 1)
	b.imports(october, workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north(""), west()), partners(members...)))
	list := file(t, "map.csv", mapHead+rows.String())

	before := b.recorded()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stopping := registrations
	stopping.Progress = func(step importing.Step, done, _ int64) {
		if step == importing.Reporting && done == 60 {
			cancel()
		}
	}
	if _, err := importing.Run(ctx, b.Client, stopping, list); !errors.Is(err, context.Canceled) {
		t.Fatalf("it ends with %v", err)
	}
	if n := b.recorded() - before; n < 60 || n > practices*3 {
		t.Fatalf("%d entries are not half of it", n)
	}
	if got := b.ask(`{ sources { title complete } }`); !strings.Contains(got, `{"title":"map.csv","complete":false}`) {
		t.Errorf("it is complete: %s", got)
	}
	// A list that is not complete does not close what it has not named.
	b.imports(populations, file(t, "p.csv", popHead+"Z98001,Elsewhere,U99001,QZ1,3900,3950,,Yes\n"))
	if data := b.ask(`{ practice(code: "Z98001", on: "2026-07-01") { open } }`); !strings.Contains(data, "true") {
		t.Error(data)
	}
	moved, stayed := 0, 0
	for _, line := range b.said("2026-07-01") {
		switch {
		case strings.HasSuffix(line, "; U99001 2020-04-01…[2024-10-01, 2026-06-30]; U99002 [2024-10-02, 2026-07-01]…"):
			moved++
		case strings.HasSuffix(line, ", 99A U99001; U99001 2020-04-01…"):
			stayed++
		case !strings.HasPrefix(line, "Z98001 "):
			t.Fatal(line)
		}
	}
	if moved+stayed != practices || moved == 0 || stayed == 0 {
		t.Errorf("%d have moved and %d have not", moved, stayed)
	}

	b.imports(registrations, list)
	if got := b.ask(`{ sources { title complete } }`); !strings.Contains(got, `{"title":"map.csv","complete":true}`) {
		t.Errorf("it is not complete: %s", got)
	}
	moved = 0
	for _, line := range b.said("2026-07-01") {
		if strings.Contains(line, "U99001 2020-04-01…[2024-10-01, 2026-06-30]; U99002 [2024-10-02, 2026-07-01]…") {
			moved++
		}
	}
	if moved != practices {
		t.Errorf("%d of %d have moved", moved, practices)
	}
	again := registrations
	again.Again = true
	if again := b.imports(again, list); again.Reports == 0 || len(again.Entries) > 0 {
		t.Errorf("again it records %+v", again)
	}
}

// A dry run that is stopped does not pass for a whole one.
func TestStoppedDryRun(t *testing.T) {
	b := open(t)
	var rows strings.Builder
	for n := range 300 {
		rows.WriteString(at("20260701", fmt.Sprintf("Z99%03d", n), "Lane", "U99002"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := dry(registrations)
	o.Progress = func(step importing.Step, done, _ int64) {
		if step == importing.Reporting && done == 1 { // the only system: nothing is on its way
			cancel()
		}
	}
	if _, err := importing.Run(ctx, b.Client, o, file(t, "map.csv", mapHead+rows.String())); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}
