package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/services/platform"
)

// put writes a file into the place.
func (p place) put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// published are small files of invented practices, as NHS England would publish
// them.
func (p place) published(t *testing.T) {
	t.Helper()
	const head = "EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,PCN_CODE,PCN_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ICB_CODE,ICB_NAME,COMM_REGION_CODE\n"
	row := func(practice, network string) string {
		return "01Jul2026," + practice + ",Lane " + practice + "," + network + ",PCN " + network + ",99A,Sub,QZ1,One Board,Y59\n"
	}
	p.put(t, "map.csv", head+row("Z99001", "U99001")+row("Z99002", "U99002")+row("Z99003", "U")+row("Z99004", "U99001")+row("Z99005", "U99001")+row("Z99006", "U99001")+row("Z99007", "U99001"))
	p.put(t, "part.csv", strings.ReplaceAll(head+row("Z99001", "U99002"), "01Jul2026", "01Aug2026"))
	p.put(t, "wrong.csv", head+row("Z99001", "U99001")+row("Z9", "U99001"))
	p.put(t, "ages.csv", "EXTRACT_DATE,ORG_TYPE,ORG_CODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS\n2026-07-01,GP,Z99001,ALL,ALL,9000\n")
	p.put(t, "pop.csv", "Practice Code,Practice Name,Raw list size,Adjusted Population\nZ99001,Lane,8900,8950\n")
	p.put(t, "imd.csv", "PRACTICE_CODE,PRACTICE_NAME,IMD_YEAR,IMD_SCORE\nZ99001,Lane,2025,33.519\n")

	f := excelize.NewFile()
	defer f.Close()
	for name, rows := range map[string][][]any{
		"PCNDetails":               {{"PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Open Date", "Close Date"}, {"U99001", "North", "99A", "2019-07-01"}},
		"PCN Core Partner Details": {{"Partner Organisation Code", "Partner Name", "Practice Parent Sub ICB Loc Code", "PCN Code", "Practice to PCN Relationship Start Date", "Practice to PCN Relationship End Date"}, {"Z99001", "Mill Lane", "99A", "U99001", "2020-04-01"}},
	} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := f.SetSheetRow(name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Modified: "2024-10-05T12:00:00Z"}); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(filepath.Join(p.dir, "ePCN.xlsx")); err != nil {
		t.Fatal(err)
	}
}

func TestImport(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.published(t)
	const took = `in [0-9.]+m?s\)\.`
	p.check(t, []expect{
		{args: "import epcn ePCN.xlsx --as-at 2024-10-01 --dry-run", out: "" +
			"       1  network\\.joined\\.v1\n            from 2020-04-01, network U99001, practice Z99001\n" +
			"       1  network\\.network_registered\\.v1\n            name North, network U99001, opened 2019-07-01, subICB 99A\n" +
			"       1  network\\.practice_registered\\.v1\n            name Mill Lane, practice Z99001, subICB 99A\n" +
			"       1  network\\.source_cited\\.v1\n            sha256 [0-9a-f]{64}, title ePCN\\.xlsx\n" +
			"       1  network\\.source_completed\\.v1\n            reports 2\n" +
			"5 entries to record; nothing was recorded \\(source epcn-2024-10-01-[0-9a-f]{8}, as at 2024-10-01, 2 reports " + took},
		{args: "doctor", out: `.*recorded  0\n.*`},
		{args: "import epcn ePCN.xlsx --as-at 2024-10-01", out: "" +
			"       1  network\\.joined\\.v1\n       1  network\\.network_registered\\.v1\n       1  network\\.practice_registered\\.v1\n" +
			"       1  network\\.source_cited\\.v1\n       1  network\\.source_completed\\.v1\n" +
			"5 entries recorded \\(source epcn-2024-10-01-[0-9a-f]{8}, as at 2024-10-01, 2 reports " + took},
		{args: "doctor", out: `.*recorded  5\n.*`},
		{args: "import epcn ePCN.xlsx --as-at 2024-10-01", out: `Nothing recorded: the book holds all of it already \(source epcn-\S+, as at 2024-10-01, 0 reports ` + took},
		{args: "import epcn ePCN.xlsx --as-at 2024-10-01 --again", out: `Nothing recorded: the book holds all of it already \(source epcn-\S+, as at 2024-10-01, 2 reports ` + took},
		{args: "import epcn ePCN.xlsx --as-at 2024-10-01 --again --dry-run", out: `Nothing to record: the book holds all of it already \(source epcn-\S+, as at 2024-10-01, 2 reports ` + took},
		{args: "import registrations map.csv ages.csv --dry-run", out: "note: Z99002 Lane Z99002 has no list size\\.\n(note: .* has no list size\\.\n){5}" +
			"       6  network\\.practice_registered\\.v1\n {12}name Lane Z99002, practice Z99002, subICB 99A, system QZ1\n {12}name Lane Z99003, .*\n {12}name Lane Z99006, practice Z99006, subICB 99A, system QZ1\n {12}…\n" +
			".*       1  network\\.list_size_recorded\\.v1\n {12}basis REGISTERED, on 2026-07-01, patients 9000, practice Z99001\n.*" +
			" 1  network\\.practice_renamed\\.v1\n {12}name Lane Z99001, practice Z99001\n.*" +
			`\d+ entries to record; nothing was recorded \(source registrations-2026-07-01-\S+, as at 2026-07-01, 10 reports ` + took},
		{args: "import registrations ages.csv map.csv", out: "note: .*\n\\d+ entries recorded \\(source registrations-2026-07-01-\\S+, as at 2026-07-01, 10 reports " + took},
		{args: "import registrations map.csv ages.csv", out: `note: .*\nNothing recorded: .*`},
		{args: "import populations pop.csv --as-at 2025-01-01", out: ` {7}2  network\.list_size_recorded\.v1\n.*4 entries recorded \(source populations-2025-01-01-\S+, as at 2025-01-01, 1 reports ` + took},
		{args: "import deprivation imd.csv", out: `.*3 entries recorded \(source deprivation-2025-01-01-\S+, as at 2025-01-01, 1 reports ` + took},
		{args: "show practice Z99001 --on 2026-07-01", out: `practice +Z99001 +Lane Z99001\nsystem +QZ1 +One Board\n.*U99001 +PCN U99001 +2020-04-01.*`},
	})

	var out platform.Imported
	got := p.openbook(t, "import", "registrations", "map.csv", "ages.csv", "--again", "--json")
	if err := json.Unmarshal([]byte(got.out), &out); err != nil || got.err != "" || out.AsAt.String() != "2026-07-01" || out.Reports != 10 || len(out.Entries) != 0 ||
		strings.Join(out.Files, " ") != "map.csv ages.csv" || len(out.Notes) != 6 || !strings.HasPrefix(string(out.Source), "registrations-2026-07-01-") {
		t.Errorf("%v: %+v", err, got)
	}
	got = p.openbook(t, "import", "registrations", "part.csv", "--part", "--dry-run", "--json")
	out = platform.Imported{}
	if err := json.Unmarshal([]byte(got.out), &out); err != nil || len(out.Proposed) != 3 || out.Proposed[0].Type != "network.source_cited.v1" || out.Proposed[1].Type != "network.left.v1" || out.Proposed[2].Type != "network.joined.v1" ||
		!strings.Contains(string(out.Proposed[1].Data), `"notBefore": "2026-07-01"`) || !strings.Contains(string(out.Proposed[2].Data), `"notBefore": "2026-07-02"`) {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestImportRefuses(t *testing.T) {
	p := newPlace(t)
	p.published(t)
	p.check(t, []expect{
		{args: "import registrations", code: misread, err: `FILE is missing\.\nUse: openbook import registrations FILE\.\.\. \[flags\]\nSee .openbook import registrations --help.\.`},
		{args: "import epcn ePCN.xlsx --as-at October", code: misread, err: `--as-at: "October" is not a date: write it as 2026-04-01\.\nUse: openbook import epcn FILE \[flags\]\nSee .*`},
		{args: "import epcn ePCN.xlsx --as-at", code: misread, err: `--as-at is without its value\..*`},
		{args: "import staff x.csv", code: misread, err: `There is no command "openbook import staff"\.\n.*`},
		{args: "import registration x.csv", code: misread, err: `There is no command "openbook import registration": did you mean "openbook import registrations"\?.*`},
		{args: "import", out: `Puts files into the book as they are: .*deprivation .*epcn .*payments .*populations .*registrations .*spending .*`},
		{args: "import epcn ePCN.xlsx", code: notDone, err: `No platform has run in the folder openbook-data\..*`},
	})
	p.up(t)
	const nothing = `\nNothing was recorded\. Correct the file, or ask who published it, and import it again\.`
	const mapping = `Registrations need the mapping of practices to networks \(gp-reg-pat-prac-map\.csv\) and, if you have them, the list sizes \(gp-reg-pat-prac-quin-age\.zip\)\.`
	p.check(t, []expect{
		{args: "import registrations gone.csv", code: notDone, err: `gone\.csv: There is no such file\. Check the name and the folder and try again\.`},
		{args: "import registrations ages.csv", code: notDone, err: `Not the files for this import: r` + mapping[1:]},
		{args: "import registrations map.csv map.csv", code: notDone, err: `Not the files for this import: map\.csv is a second file of the mapping of practices to networks\.`},
		{args: "import epcn ePCN.xlsx ePCN.xlsx", code: notDone, err: `Not the files for this import: epcn needs one workbook \(ePCN\.xlsx\) at a time, the oldest first\.`},
		{args: "import registrations ePCN.xlsx", code: notDone, err: `ePCN\.xlsx: For .*try again\.\nePCN\.xlsx is a file of epcn: import it as that\.`},
		{args: "import populations imd.csv", code: notDone, err: `imd\.csv: For .*try again\.\nimd\.csv is a file of deprivation: import it as that\.`},
		{args: "import populations pop.csv", code: notDone, err: `pop\.csv, line 2, column Practice Code: The file does not say of which year it is: .* Say --as-at 2025-01-01\.`},
		{args: "import registrations wrong.csv", code: notDone, err: `wrong\.csv, line 3, column PRACTICE_CODE: "Z9" is not the code of a GP practice\. It looks like A81001\.` + nothing},
		{args: "import registrations wrong.csv --dry-run", code: notDone, err: `wrong\.csv, line 3, .*` + nothing},
		{args: "import registrations wrong.csv --json", code: notDone, err: `wrong\.csv, line 3, .*` + nothing},
		{args: "import registrations map.csv --as finance", code: notDone, err: `Your roles do not allow this\. It may be done by: steward\.`},
		{args: "import registrations map.csv --dry-run --as finance", code: notDone, err: `Your roles do not allow this\. It may be done by: steward\.`},
		{args: "doctor", out: `.*recorded  0\n.*`},
		{args: "import registrations map.csv", out: `note: Without the list sizes .*entries recorded .*`},
		{args: "import registrations part.csv", code: notDone, err: `Only a part, it seems: part\.csv lists 1 practices, and 6 of the 7 that the book has open are not among them\. Say --part, and nothing is concluded from what it does not have\.`},
	})
}
