package importstaff_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/sheet"
	"github.com/ics-openbook/openbook/services/workforce/importstaff"
)

// header is NHS England's.
const header = "Data_source,CENSUS_YEAR,CENSUS_MONTH,PCN_CODE,PCN_NAME,SUB_ICB_CODE,STAFF_GROUP,STAFF_ROLE,DETAILED_STAFF_ROLE,FTE,UNIQUE_IDENTIFIER\n"

const care, nurses = "Other Direct Patient Care staff", "Other Nurses"

func row(month int, network, group, role, fte, person string) string {
	return fmt.Sprintf("NWRS Staff,2026,%d,%s,\"WEST, PCN\",93C,%s,%ss,%s,%s,%s\n", month, network, group, role, role, fte, person)
}

// good are two networks' rows, not in order.
var good = row(6, "U99002", care, "Pharmacist", "1", "145743") +
	row(6, "U99001", nurses, "Other", "0.5", "145746") +
	row(6, "U99001", care, "Pharmacist", "0.453333333", "") +
	row(6, "U99001", care, "Pharmacist", "0.80", "145744") +
	row(6, "U99001", care, "Pharmacist", "0.2", "145744") +
	row(6, "U99001", care, "Care Coordinator", "0", "145745")

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "staff.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEachNetworkAndMonthIsAReturn(t *testing.T) {
	read := 0
	f, err := importstaff.Read(file(t, "\ufeff"+header+good), func(done, total int64) {
		if read++; done > total || total == 0 {
			t.Errorf("%d of %d bytes are read", done, total)
		}
	})
	if err != nil || read == 0 {
		t.Fatal(err, read)
	}
	want := map[events.PCN][]fact.Returned{
		"U99001": {
			{Group: care, Role: "Care Coordinator", Records: 1, People: 1, WTE: decimal.MustParse("0")},
			{Group: care, Role: "Pharmacist", Records: 3, People: 1, WTE: decimal.MustParse("1.453333333")},
			{Group: nurses, Role: "Other", Records: 1, People: 1, WTE: decimal.MustParse("0.5")},
		},
		"U99002": {{Group: care, Role: "Pharmacist", Records: 1, People: 1, WTE: decimal.MustParse("1")}},
	}
	for i, network := range []events.PCN{"U99001", "U99002"} {
		a := f.Asks[i]
		if problems := a.Problems(); len(problems) > 0 {
			t.Error("it is asked and not in form:", problems)
		}
		if diff := cmp.Diff(want[network], a.Staff, cmp.Comparer(decimal.Decimal.Equal)); diff != "" || a.Network != network || a.Month != "2026-06" {
			t.Errorf("%s of %s: want -, got +\n%s", a.Network, a.Month, diff)
		}
		if a.Source != "NHS England, Primary Care Network Workforce, individual level, 2026-06 (the file's SHA-256 is "+f.SHA256+")" {
			t.Error(a.Source)
		}
	}
	if len(f.Asks) != 2 || f.Networks != 2 || f.Rows != 6 || f.WTE.String() != "2.953333333" || cmp.Diff([]events.Month{"2026-06"}, f.Months) != "" || f.Name != "staff.csv" {
		t.Errorf("%+v", f)
	}
}

func TestTwoMonthsAreTwoReturns(t *testing.T) {
	f, err := importstaff.Read(file(t, header+row(6, "U99002", care, "Paramedic", "1", "1")+row(5, "u99002", care, "Paramedic", "0.5", "1")+row(6, "U99001", care, "Paramedic", "1", "1")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range f.Asks {
		got = append(got, fmt.Sprint(a.Network, " ", a.Month, " ", a.Staff[0].WTE, " ", a.Staff[0].People))
	}
	if diff := cmp.Diff([]string{"U99001 2026-06 1 1", "U99002 2026-05 0.5 1", "U99002 2026-06 1 1"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]events.Month{"2026-05", "2026-06"}, f.Months); diff != "" || f.Networks != 2 {
		t.Error(diff, f.Networks)
	}
}

// Every row that is wrong is told of, where it is and what to do, and nothing is asked.
func TestWrongRows(t *testing.T) {
	for what, c := range map[string]struct {
		row, column, want string
	}{
		"below nothing":       {row(6, "U99001", care, "Paramedic", "-0.5", "145743"), "FTE", `"-0.5" is no FTE.`},
		"words":               {row(6, "U99001", care, "Paramedic", "full time", "145743"), "FTE", `"full time" is no FTE.`},
		"an exponent":         {row(6, "U99001", care, "Paramedic", "1E-3", "145743"), "FTE", `"1E-3" is no FTE.`},
		"too fine":            {row(6, "U99001", care, "Paramedic", "0.1234567891", "145743"), "FTE", `"0.1234567891" is no FTE.`},
		"nothing":             {row(6, "U99001", care, "Paramedic", "", "145743"), "FTE", "missing"},
		"another column's":    {row(6, "U99001", care, "Paramedic", "145743", "1"), "FTE", "above 1,000"},
		"a formula":           {row(6, "U99001", care, "Paramedic", "=1/2", "145743"), "FTE", "formula"},
		"a formula elsewhere": {row(6, "U99001", "=A1", "Paramedic", "1", "145743"), "STAFF_GROUP", "formula"},
		"the 13th month":      {row(13, "U99001", care, "Paramedic", "1", "145743"), "CENSUS_MONTH", `"13" is not a month of the year`},
		"no year":             {strings.Replace(row(6, "U99001", care, "Paramedic", "1", "145743"), "2026", "26", 1), "CENSUS_YEAR", `"26" is not a year`},
		"no network":          {row(6, "A81001", care, "Paramedic", "1", "145743"), "PCN_CODE", `"A81001" is not the code of a Primary Care Network. It looks like U12345.`},
		"no role":             {row(6, "U99001", care, "", "1", "145743"), "DETAILED_STAFF_ROLE", "A name is missing."},
		"a long role":         {row(6, "U99001", care, strings.Repeat("x", 201), "1", "145743"), "DETAILED_STAFF_ROLE", "201 characters"},
		"a long identifier":   {row(6, "U99001", care, "Paramedic", "1", strings.Repeat("7", 41)), "UNIQUE_IDENTIFIER", "longer than 40"},
		"a field too many":    {strings.ReplaceAll(row(6, "U99001", care, "Paramedic", "1", "145743"), `"`, ""), "", "more fields"},
		"Windows-1252":        {row(6, "U99001", "Directors", "Clinical Director \x96 Medical", "1", "145743"), "STAFF_ROLE", "not in UTF-8"},
	} {
		f, err := importstaff.Read(file(t, header+good+c.row+row(6, "U99003", care, "Paramedic", "1", "145743")), nil)
		if !errors.Is(err, importstaff.ErrWrong) || len(f.Asks) != 0 || len(f.Problems) != 1 {
			t.Errorf("%s: %v, %d asks, problems %v", what, err, len(f.Asks), f.Problems)
			continue
		}
		p := f.Problems[0]
		if p.Line != 8 || p.Column != c.column || !strings.Contains(p.Message, c.want) {
			t.Errorf("%s: %v", what, p)
		}
		if strings.Contains(p.Error(), "145743") {
			t.Errorf("%s tells whose it is: %v", what, p)
		}
	}
}

func TestAllThatIsWrongIsTold(t *testing.T) {
	f, err := importstaff.Read(file(t, header+row(13, "U9", "", "", "x", "")+good+row(6, "U99001", care, "Paramedic", "-1", "")), nil)
	var lines []string
	for _, p := range f.Problems {
		lines = append(lines, fmt.Sprint(p.Line, " ", p.Column))
	}
	if diff := cmp.Diff([]string{"2 CENSUS_MONTH", "2 PCN_CODE", "2 STAFF_GROUP", "2 DETAILED_STAFF_ROLE", "2 FTE", "9 FTE"}, lines); diff != "" || !errors.Is(err, importstaff.ErrWrong) {
		t.Error(diff, err)
	}
	f, err = importstaff.Read(file(t, header+strings.Repeat(row(6, "U99001", care, "Paramedic", "-1", ""), 150)), nil)
	if len(f.Problems) != 100 || f.More != 50 || !errors.Is(err, importstaff.ErrWrong) {
		t.Errorf("%d problems, %d more, %v", len(f.Problems), f.More, err)
	}
}

// A return that the platform would refuse by its form is told of where it begins.
func TestAReturnOfTooManyRoles(t *testing.T) {
	rows := row(6, "U99002", care, "Paramedic", "1", "")
	for i := range 201 {
		rows += row(6, "U99001", care, fmt.Sprint("Role ", i), "1", "")
	}
	f, err := importstaff.Read(file(t, header+rows+row(6, "U99002", care, "Paramedic", "x", "")), nil)
	if !errors.Is(err, importstaff.ErrWrong) || len(f.Problems) != 2 || f.Problems[0].Line != 3 || f.Problems[1].Line != 204 || len(f.Asks) != 0 ||
		f.Problems[0].Message != "The return of U99001 for 2026-06: There are 201 roles; 200 is the most for one request." {
		t.Error(err, f.Problems)
	}
}

func TestWhatIsNoSuchFile(t *testing.T) {
	many := strings.Repeat(row(6, "U99001", care, "Paramedic", "1", "145743"), 200_001)
	var roles, networks strings.Builder
	for i := range 20_001 {
		networks.WriteString(row(6, fmt.Sprintf("U%05d", i), care, "Paramedic", "1", "145743"))
	}
	for i := range 2_001 {
		roles.WriteString(row(6, fmt.Sprintf("U%05d", i/100), care, fmt.Sprint("Role ", i), "1", "145743"))
	}
	for what, c := range map[string]struct{ text, want string }{
		"a missing column":        {strings.Replace(header, "PCN_CODE", "PCN", 1) + good, "For NHS England's individual-level workforce file it lacks the column PCN_CODE."},
		"an unknown header":       {"a,b\n1,2\n", "it lacks the columns CENSUS_YEAR, CENSUS_MONTH, PCN_CODE, STAFF_GROUP, DETAILED_STAFF_ROLE, FTE, UNIQUE_IDENTIFIER. Its header reads: a, b."},
		"no header":               {good, "Its first line is no header"},
		"an empty file":           {"", "The file is empty."},
		"a header alone":          {header, "It has a header but no rows."},
		"too many rows":           {header + many, "There are more than 200,000 rows"},
		"too many networks":       {header + networks.String(), "There are more than 20,000 networks and months"},
		"too many roles":          {header + roles.String(), "There are more than 2,000 different roles"},
		"Windows-1252 throughout": {strings.Replace(header, "FTE", "FT\xc9", 1) + good, "not in UTF-8"},
		"UTF-16":                  {"\xff\xfea\x00", "UTF-16"},
		"two columns of one kind": {strings.Replace(header, "Data_source", "WTE", 1) + good, "could both be FTE"},
	} {
		f, err := importstaff.Read(file(t, c.text), nil)
		var p *sheet.Problem
		if !errors.As(err, &p) || !strings.Contains(p.Message, c.want) || len(f.Asks) != 0 {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "14574") {
			t.Errorf("%s tells whose it is: %v", what, err)
		}
	}
	if _, err := importstaff.Read(filepath.Join(t.TempDir(), "none.csv"), nil); err == nil {
		t.Error("no file is read")
	}
}

// A formula of a workbook is not what somebody typed, and its rows are nobody's either.
func TestAWorkbook(t *testing.T) {
	right := header + row(6, "U99001", care, "Paramedic", "1", "145743")
	for what, c := range map[string]struct{ text, formula, want string }{
		"typed":     {right, "", ""},
		"a formula": {right, "=1+0", "formula"},
		"no header": {row(6, "U99001", care, "Paramedic", "1", "145743"), "", "Its first line is no header"},
	} {
		book := excelize.NewFile()
		for i, line := range strings.Split(strings.TrimSpace(c.text), "\n") {
			for j, field := range strings.Split(strings.Replace(line, "\"WEST, PCN\"", "WEST PCN", 1), ",") {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if err := book.SetCellStr("Sheet1", cell, field); err != nil {
					t.Fatal(err)
				}
			}
		}
		if c.formula != "" {
			if err := book.SetCellFormula("Sheet1", "J2", c.formula); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "staff.xlsx")
		if err := book.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		f, err := importstaff.Read(path, nil)
		said := fmt.Sprint(err, f.Problems)
		if c.want == "" && (err != nil || f.WTE.String() != "1") || c.want != "" && (err == nil || !strings.Contains(said, c.want) || strings.Contains(said, "145743")) {
			t.Errorf("%s: %s", what, said)
		}
	}
}

// Nothing that comes of a file says whose record it is.
func TestNobodyIsNamed(t *testing.T) {
	f, err := importstaff.Read(file(t, header+good), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ReplaceAll(string(text), f.SHA256, ""), "14574") {
		t.Errorf("%s", text)
	}
}
