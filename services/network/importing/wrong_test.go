package importing_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/sheet"
	"github.com/ics-openbook/openbook/services/network/importing"
)

// nothing is how a complaint about rows ends.
const nothing = "\nNothing was recorded. Correct the file, or ask who published it, and import it again."

// wrong is files, and the sentence that says what is wrong with them.
type wrong struct {
	o     importing.Options
	files []string
	want  string
}

// refuse holds that wrong files are refused in exactly those words, dry or not,
// and leave the book as it was.
func refuse(t *testing.T, b *book, cases map[string]wrong) {
	t.Helper()
	before := b.recorded()
	for what, c := range cases {
		for _, o := range []importing.Options{c.o, dry(c.o)} {
			out, err := importing.Run(t.Context(), b.Client, o, c.files...)
			if err == nil {
				t.Errorf("%s is imported: %+v", what, out)
			} else if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("%s: want -, got +\n%s", what, diff)
			}
		}
		if after := b.recorded(); after != before {
			t.Errorf("%s made %d entries", what, after-before)
			before = after
		}
	}
}

func TestWhatIsNoSuchFile(t *testing.T) {
	b := open(t)
	july := "01Jul2026"
	rows := at(july, "Z99001", "A", "U99001") + at(july, "Z99002", "B", "U99002")
	right := mapHead + rows
	mapping := file(t, "map.csv", right)
	ages := file(t, "ages.csv", ageHead+aged(july, "GP", "Z99001", "ALL", "ALL", "1"))
	ePCN := workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north("")), partners(partner("Z99001", "A", "U99001", "2020-04-01", "")))
	pop := file(t, "pop.csv", popHead+"Z99001,A,U99001,QZ1,1,1,1,Yes\n")
	imd := file(t, "imd.csv", imdHead+"Z99001,A,2025,1\n")
	saved := workbook(t, "ePCN.xlsx", "2006-09-16", nil, networks(north("")), partners(partner("Z99001", "A", "U99001", "2020-04-01", "")))
	const (
		wantMapping = "not the files for this import: registrations need the mapping of practices to networks (gp-reg-pat-prac-map.csv) and, if you have them, the list sizes (gp-reg-pat-prac-quin-age.zip)"
		choose      = " Choose the right file, or name its columns so, and try again."
		lacksMap    = "For the mapping of practices to networks it lacks the columns "
		lacksAges   = " For the list sizes by age it lacks the columns "
		mapColumns  = "EXTRACT_DATE, PRACTICE_CODE, PRACTICE_NAME, PCN_CODE, PCN_NAME, SUB_ICB_LOCATION_CODE, SUB_ICB_LOCATION_NAME, ICB_CODE, ICB_NAME, COMM_REGION_CODE."
		ageColumns  = "EXTRACT_DATE, ORG_TYPE, ORG_CODE, SEX, AGE_GROUP_5, NUMBER_OF_PATIENTS."
		mapHeader   = "Its header reads: PUBLICATION, EXTRACT_DATE, PRACTICE_CODE, PRACTICE_NAME, PCN_CODE, PCN_NAME, SUB_ICB_LOCATION_CODE, SUB_ICB_LOCATION_NAME, ICB_CODE, ICB_NAME, COMM_REGION_CODE, SUPPLIER_NAME."
		noDetails   = "For the networks it lacks the columns PCN Code, PCN Name, Current Sub ICB Loc Code, Open Date, Close Date. "
	)
	wide := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(right)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	refuse(t, b, map[string]wrong{
		"no file":                       {registrations, nil, wantMapping},
		"too many files":                {registrations, []string{mapping, ages, mapping}, wantMapping},
		"two workbooks":                 {epcn, []string{ePCN, ePCN}, "not the files for this import: epcn needs one workbook (ePCN.xlsx) at a time, the oldest first"},
		"two populations":               {populations, []string{pop, pop}, "not the files for this import: populations need one file of adjusted populations at a time"},
		"two indices":                   {deprivation, []string{imd, imd}, "not the files for this import: deprivation needs one file of scores at a time"},
		"no such kind":                  {importing.Options{Kind: "WORKFORCE"}, []string{mapping}, `not the files for this import: nothing reads "WORKFORCE"`},
		"list sizes alone":              {registrations, []string{ages}, wantMapping},
		"a second mapping":              {registrations, []string{mapping, file(t, "other.csv", right)}, "not the files for this import: other.csv is a second file of the mapping of practices to networks"},
		"second list sizes":             {registrations, []string{ages, ages}, "not the files for this import: ages.csv is a second file of the list sizes by age"},
		"a missing file":                {registrations, []string{filepath.Join(t.TempDir(), "gone.csv")}, "gone.csv: There is no such file. Check the name and the folder and try again."},
		"a folder":                      {registrations, []string{filepath.Dir(mapping)}, filepath.Base(filepath.Dir(mapping)) + ": This is a folder. Choose a file in it and try again."},
		"an empty file":                 {registrations, []string{file(t, "map.csv", "")}, "map.csv: The file is empty. Get the file anew from where it came from and try again."},
		"an empty table":                {registrations, []string{file(t, "map.csv", "\n\n")}, "map.csv: There is nothing in it. Choose the right file and try again."},
		"a header alone":                {registrations, []string{file(t, "map.csv", mapHead)}, "map.csv: It has a header but no rows. Choose the file with the data and try again."},
		"cut off in a row":              {registrations, []string{file(t, "map.csv", right[:len(right)-20])}, "map.csv, line 3: The row has fewer fields (9) than the header (12). Look for a comma too many or too few, or for text with a comma that is not in quotation marks, and try again."},
		"cut off in a zip":              {registrations, []string{cut(t, zipped(t, "map.zip", right))}, "map.zip: The archive is not complete. Get the file anew from where it came from and try again."},
		"cut off in a workbook":         {epcn, []string{cut(t, ePCN)}, "ePCN.xlsx: The archive is not complete. Get the file anew from where it came from and try again."},
		"UTF-16":                        {registrations, []string{file(t, "map.csv", string(wide))}, "map.csv: The text is in UTF-16 (“Unicode text”), not in UTF-8. Save it as CSV UTF-8 and try again."},
		"Windows-1252":                  {registrations, []string{file(t, "map.csv", strings.Replace(right, ",B,", ",Caf\xE9,", 1))}, "map.csv, line 3, column PRACTICE_NAME: The text is not in UTF-8; it may be in Windows-1252. Save it as CSV UTF-8 and try again."},
		"a stray quotation mark":        {registrations, []string{file(t, "map.csv", strings.Replace(right, ",B,", `,B 6" x,`, 1))}, "map.csv, line 3: There is a quotation mark in a field that does not begin with one. Double it and put the field in quotation marks, and try again."},
		"an open quotation mark":        {registrations, []string{file(t, "map.csv", strings.Replace(right, ",A,", `,"A,`, 1))}, "map.csv, line 2: In the row that begins here, a quotation mark is not closed, or one inside a field is not doubled. Mend it and try again."},
		"a NUL":                         {registrations, []string{file(t, "map.csv", strings.Replace(right, ",B,", ",B\x00,", 1))}, "map.csv, line 3, column PRACTICE_NAME: There is a NUL character in it, which no text has. Save it as CSV UTF-8 and try again."},
		"semicolons":                    {registrations, []string{file(t, "map.csv", strings.ReplaceAll(right, ",", ";"))}, "map.csv, line 1: The fields are not separated by commas: the header is \"PUBLICATION;EXTRACT_DATE;PRACTICE_CODE;P…\". Save it as CSV UTF-8 (comma delimited) and try again."},
		"a web page":                    {registrations, []string{file(t, "map.csv", "<!doctype html><html>")}, "map.csv: This is not a table: it looks like a web page, perhaps one that says why the download failed. Choose a CSV, zip or XLSX file and try again."},
		"other columns":                 {registrations, []string{file(t, "x.csv", "Code,Name\nZ99001,A\n")}, "x.csv: " + lacksMap + mapColumns + lacksAges + ageColumns + " Its header reads: Code, Name." + choose},
		"one column less":               {registrations, []string{file(t, "x.csv", strings.Replace(right, ",ICB_NAME", ",Board", 1))}, "x.csv: For the mapping of practices to networks it lacks the column ICB_NAME." + lacksAges + "ORG_TYPE, ORG_CODE, SEX, AGE_GROUP_5, NUMBER_OF_PATIENTS. " + strings.Replace(mapHeader, "ICB_NAME", "Board", 1) + choose},
		"two columns that could be one": {registrations, []string{file(t, "x.csv", strings.Replace(right, ",PCN_NAME", ",PCN CODE", 1))}, "x.csv, line 1: The columns E (PCN_CODE) and F (PCN CODE) could both be PCN_CODE. Delete or rename one of them and try again."},
		"an ePCN workbook for registrations": {registrations, []string{ePCN}, "ePCN.xlsx: For the mapping of practices to networks it has too many sheets (PCNDetails, PCN Core Partner Details): keep the one that is meant. " +
			"For the list sizes by age it has too many sheets (PCNDetails, PCN Core Partner Details): keep the one that is meant." + choose + "\nePCN.xlsx is a file of epcn: import it as that"},
		"a mapping for epcn": {epcn, []string{mapping}, "map.csv: For the networks it lacks the columns Current Sub ICB Loc Code, Open Date, Close Date. " + mapHeader + choose + "\nmap.csv is a file of registrations: import it as that"},
		"populations for epcn": {epcn, []string{pop}, "pop.csv: For the networks it lacks the columns PCN Name, Current Sub ICB Loc Code, Open Date, Close Date. " +
			"Its header reads: Practice Code, Practice Name, PCN Code, ICB Code, Raw list size, Adjusted Population, Weighted Population, PCN member January 25." + choose + "\npop.csv is a file of populations: import it as that"},
		"scores for populations":     {populations, []string{imd}, "imd.csv: For the adjusted populations it lacks the columns Raw list size, Adjusted Population. Its header reads: PRACTICE_CODE, PRACTICE_NAME, IMD_YEAR, IMD_SCORE." + choose + "\nimd.csv is a file of deprivation: import it as that"},
		"list sizes for deprivation": {deprivation, []string{ages}, "ages.csv: For the deprivation scores it lacks the columns PRACTICE_CODE, PRACTICE_NAME, IMD_YEAR, IMD_SCORE. Its header reads: PUBLICATION, EXTRACT_DATE, ORG_TYPE, ORG_CODE, SEX, AGE_GROUP_5, NUMBER_OF_PATIENTS." + choose + "\nages.csv is a file of registrations: import it as that"},
		"a workbook without a sheet": {epcn, []string{workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north("")))}, "ePCN.xlsx: For the members of the networks it lacks the sheet PCN Core Partner Details (it has PCNDetails)." + choose},
		"a workbook saved too early": {epcn, []string{saved}, "ePCN.xlsx: it says that it was saved on 2006-09-16, before any day in it, so which day it describes is not known. Say --as-at 2025-01-31"},
		"nothing that a table is of": {epcn, []string{file(t, "x.csv", "a,b\n1,2\n")}, "x.csv: " + noDetails + "Its header reads: a, b." + choose},
		"populations of no year":     {populations, []string{file(t, "pop.csv", "Practice Code,Practice Name,Raw list size,Adjusted Population\nZ99001,A,1,1\n")}, "pop.csv, line 2, column Practice Code: The file does not say of which year it is: there is no column “PCN member January 25” or alike. Say --as-at 2025-01-01."},
		"scores of nobody":           {deprivation, []string{file(t, "imd.csv", imdHead+"Z99001,A,2025,\n")}, "imd.csv: no practice in it has a score. Choose the file with the data and try again"},
		"a packed file among a list's": {registrations, []string{mapping, zipped(t, "imd.zip", imdHead+"Z99001,A,2025,1\n")}, "imd.zip: For the mapping of practices to networks it lacks the columns EXTRACT_DATE, PCN_CODE, PCN_NAME, SUB_ICB_LOCATION_CODE, SUB_ICB_LOCATION_NAME, ICB_CODE, ICB_NAME, COMM_REGION_CODE." + lacksAges + ageColumns +
			" Its header reads: PRACTICE_CODE, PRACTICE_NAME, IMD_YEAR, IMD_SCORE." + choose + "\nimd.zip is a file of deprivation: import it as that"},
	})
	var problem *sheet.Problem
	if _, err := importing.Run(t.Context(), b.Client, epcn, mapping); !errors.As(err, &problem) || problem.File != "map.csv" {
		t.Errorf("it is no problem of a file: %v", err)
	}
	if _, err := importing.Run(t.Context(), b.Client, registrations); !errors.Is(err, importing.ErrFiles) {
		t.Errorf("it is not about files: %v", err)
	}
}

// cut is a file without its end.
func cut(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, filepath.Base(path), string(content[:len(content)-40]))
}

func TestWrongRows(t *testing.T) {
	b := open(t)
	july, june := "01Jul2026", "01Jun2026"
	right := at(july, "Z99001", "A", "U99001")
	mapping := func(rows string) []string { return []string{file(t, "map.csv", mapHead+right+rows)} }
	swapped := func(what, with string) []string {
		return mapping(strings.Replace(at(july, "Z99002", "B", "U99001"), what, with, 1))
	}
	sized := func(rows string) []string {
		return append(mapping(at(july, "Z99002", "B", "U")), file(t, "ages.csv", ageHead+aged(july, "GP", "Z99001", "ALL", "ALL", "7")+rows))
	}
	members := func(rows ...[]any) []string {
		return []string{workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north(""), west()), partners(rows...))}
	}
	pcns := func(rows ...[]any) []string {
		return []string{workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(rows...), partners(partner("Z99001", "A", "U99001", "2020-04-01", "")))}
	}
	mine := partner("Z99001", "A", "U99001", "2020-04-01", "")
	formula := workbook(t, "ePCN.xlsx", "2024-10-05", func(f *excelize.File) error {
		return f.SetCellFormula("PCN Core Partner Details", "D2", `"U99"&"001"`)
	}, networks(north("")), partners(mine))
	shown := workbook(t, "ePCN.xlsx", "2024-10-05", func(f *excelize.File) error {
		return f.SetCellValue("PCNDetails", "E2", 43647)
	}, networks(north("")), partners(mine))
	people := func(rows string) []string {
		return []string{file(t, "pop.csv", popHead+"Z99001,A,U99001,QZ1,10,20,,Yes\n"+rows)}
	}
	scores := func(rows string) []string {
		return []string{file(t, "imd.csv", imdHead+"Z99001,A,2025,1.5\n"+rows)}
	}
	var many strings.Builder
	for n := range 25 {
		many.WriteString(at(july, fmt.Sprintf("X%d", n), "A", "U99001"))
	}
	var told strings.Builder
	for n := range 20 {
		fmt.Fprintf(&told, "map.csv, line %d, column PRACTICE_CODE: \"X%d\" is not the code of a GP practice. It looks like A81001.\n", n+3, n)
	}
	const (
		partnerSheet = "ePCN.xlsx, sheet PCN Core Partner Details, line 3, column "
		detailSheet  = "ePCN.xlsx, sheet PCNDetails, line 3, column "
		notDate      = " is not a date. Write it as 2026-07-01, 20260701, 01Jul2026 or 01/07/2026 (the day first) and try again."
	)
	long := strings.Repeat("L", 201)
	refuse(t, b, map[string]wrong{
		"a code of no practice":         {registrations, swapped("Z99002", "Z9900"), `map.csv, line 3, column PRACTICE_CODE: "Z9900" is not the code of a GP practice. It looks like A81001.` + nothing},
		"a code of no network":          {registrations, swapped("U99001", "99001"), `map.csv, line 3, column PCN_CODE: "99001" is not the code of a Primary Care Network. It looks like U12345.` + nothing},
		"no code of a network":          {registrations, swapped("U99001", ""), `map.csv, line 3, column PCN_CODE: "" is not the code of a Primary Care Network. It looks like U12345.` + nothing},
		"a code of no system":           {registrations, swapped("QZ1", "Q"), `map.csv, line 3, column ICB_CODE: "Q" is not the code of a system. It looks like QU9 or D4U1Y.` + nothing},
		"a code of no sub-ICB location": {registrations, swapped(",99A,", ",99,"), `map.csv, line 3, column SUB_ICB_LOCATION_CODE: "99" is not the code of a sub-ICB location. It looks like 15C or D4U1Y.` + nothing},
		"a code of no region":           {registrations, swapped("Y59", "London"), `map.csv, line 3, column COMM_REGION_CODE: "London" is not the code of a region. It looks like Y59.` + nothing},
		"no name":                       {registrations, swapped(",B,", ", ,"), `map.csv, line 3, column PRACTICE_NAME: The name is missing.` + nothing},
		"a long name":                   {registrations, swapped(",B,", ","+long+","), `map.csv, line 3, column PRACTICE_NAME: The name has 201 characters; 200 is the most.` + nothing},
		"a name that cannot be shown":   {registrations, swapped(",B,", ",B\u200bB,"), `map.csv, line 3, column PRACTICE_NAME: The name has characters that cannot be shown. Write it as plain text on one line.` + nothing},
		"a supplier's long name":        {registrations, swapped("EMIS", long), `map.csv, practice Z99002: The name has 201 characters; 200 is the most.` + nothing},
		"no day":                        {registrations, swapped(july, ""), `map.csv, line 3, column EXTRACT_DATE: The date is missing.` + nothing},
		"a day of nobody's":             {registrations, swapped(july, "31Jun2026"), `map.csv, line 3, column EXTRACT_DATE: "31Jun2026"` + notDate + nothing},
		"a practice twice":              {registrations, mapping(right), `map.csv, line 3, column PRACTICE_CODE: Practice Z99001 is here twice: line 2 has it too.` + nothing},
		"two days":                      {registrations, mapping(at(june, "Z99002", "B", "U")), `map.csv, line 3, column EXTRACT_DATE: It is of 2026-06-01, and the rows before are of 2026-07-01. One file describes one day.` + nothing},
		"25 wrong rows":                 {registrations, mapping(many.String()), strings.TrimSuffix(told.String(), "\n") + "\nand 5 more" + nothing},
		"list sizes of another day":     {registrations, sized(aged(june, "GP", "Z99002", "ALL", "ALL", "1")), `ages.csv, line 3, column EXTRACT_DATE: The list sizes are of 2026-06-01, and the mapping is of 2026-07-01. Import two files of one day.` + nothing},
		"a list size of nobody":         {registrations, sized(aged(july, "GP", "Z99003", "ALL", "ALL", "1")), `ages.csv, line 3, column ORG_CODE: Practice Z99003 has a list size, and is not in the mapping. Import two files of one day.` + nothing},
		"two list sizes":                {registrations, sized(aged(july, "GP", "Z99001", "ALL", "ALL", "7")), `ages.csv, line 3, column ORG_CODE: Practice Z99001 is here twice: line 2 has it too.` + nothing},
		"half a patient":                {registrations, sized(aged(july, "GP", "Z99002", "ALL", "ALL", "0.5")), `ages.csv, line 3, column NUMBER_OF_PATIENTS: "0.5" is not a whole number. Write it as 1234, with nothing else, and try again.` + nothing},
		"no number of patients":         {registrations, sized(aged(july, "GP", "Z99002", "ALL", "ALL", "")), `ages.csv, line 3, column NUMBER_OF_PATIENTS: A number is missing. Write 0 if none is meant, and try again.` + nothing},
		"patients beyond belief":        {registrations, sized(aged(july, "GP", "Z99002", "ALL", "ALL", "1000001")), `map.csv, ages.csv, practice Z99002: A practice has 0 to 1000000 patients.` + nothing},
		"regions that do not add up":    {registrations, sized(aged(july, "Comm Region", "Y59", "ALL", "ALL", "8")), `ages.csv: its practices have 7 patients, and its regions 8. Nothing was recorded. Download it again, or ask who published it`},

		"a network not in the workbook":    {epcn, members(mine, partner("Z99002", "B", "U99003", "2020-04-01", "")), partnerSheet + `PCN Code: Practice Z99002 is a member of network U99003, which the sheet PCNDetails does not have.` + nothing},
		"a membership that ends first":     {epcn, members(mine, partner("Z99002", "B", "U99001", "2020-04-01", "2020-03-31")), partnerSheet + `Practice to PCN Relationship End Date: The membership ends on 2020-03-31, before it begins on 2020-04-01.` + nothing},
		"a membership without a day":       {epcn, members(mine, partner("Z99002", "B", "U99001", "", "")), partnerSheet + `Practice to PCN Relationship Start Date: The date is missing.` + nothing},
		"a membership of the month first":  {epcn, members(mine, partner("Z99002", "B", "U99001", "04/13/2020", "")), partnerSheet + `Practice to PCN Relationship Start Date: "04/13/2020"` + notDate + nothing},
		"a membership twice":               {epcn, members(mine, mine), partnerSheet + `Partner Organisation Code: The membership of practice Z99001 in network U99001 from 2020-04-01 is here twice.` + nothing},
		"a member of no code":              {epcn, members(mine, partner("Z9", "B", "U99001", "2020-04-01", "")), partnerSheet + `Partner Organisation Code: "Z9" is not the code of a GP practice. It looks like A81001.` + nothing},
		"a network twice":                  {epcn, pcns(north(""), north("")), detailSheet + `PCN Code: Network U99001 is here twice: line 2 has it too.` + nothing},
		"a network closed before":          {epcn, pcns(west(), north("2019-06-30")), detailSheet + `Close Date: Network U99001 closed on 2019-06-30, before it opened on 2019-07-01.` + nothing},
		"a formula":                        {epcn, []string{formula}, `ePCN.xlsx, sheet PCN Core Partner Details, line 2, column PCN Code: The cell D2 holds a formula. Copy the column, paste it as values over itself, save and try again.`},
		"a day that Excel shows as number": {epcn, []string{shown}, `ePCN.xlsx, sheet PCNDetails, line 2, column Open Date: "43647" looks like Excel's number for a day. Format the column as a date and try again.` + nothing},

		"a population of no practice":         {populations, people("Z9,B,U99001,QZ1,1,1,,Yes\n"), `pop.csv, line 3, column Practice Code: "Z9" is not the code of a GP practice. It looks like A81001.` + nothing},
		"a population twice":                  {populations, people("Z99001,A,U99001,QZ1,1,1,,Yes\n"), `pop.csv, line 3, column Practice Code: Practice Z99001 is here twice: line 2 has it too.` + nothing},
		"a population that is not whole":      {populations, people("Z99002,B,U99001,QZ1,1,1.5,,Yes\n"), `pop.csv, line 3, column Adjusted Population: "1.5" is not a whole number. Write it as 1234, with nothing else, and try again.` + nothing},
		"populations that do not add up":      {populations, people(",,,,10,21,,\n"), `pop.csv, line 3, column Adjusted Population: A row without a practice is the total, and says 21; the rows before come to 20.` + nothing},
		"populations that end at their total": {populations, people(",,,,10,20,,\nZ99002,B,U99001,QZ1,1,1,,Yes\n,,,,11,22,,\n"), `pop.csv, line 5, column Adjusted Population: A row without a practice is the total, and says 22; the rows before come to 21.` + nothing},
		"a population of no network":          {populations, people("Z99002,B,no_data,QZ1,1,1,,Yes\n"), `pop.csv, line 3, column PCN Code: "no_data" is not the code of a Primary Care Network. It looks like U12345.` + nothing},
		"a population without a network":      {populations, people("Z99002,B,,QZ1,1,1,,Yes\n"), `pop.csv, line 3, column PCN Code: "" is not the code of a Primary Care Network. It looks like U12345.` + nothing},
		"a population of no system":           {populations, people("Z99002,B,U99001,no_data,1,1,,Yes\n"), `pop.csv, line 3, column ICB Code: "no_data" is not the code of a system. It looks like QU9 or D4U1Y.` + nothing},
		"a member perhaps":                    {populations, people("Z99002,B,U99001,QZ1,1,1,,Y\n"), `pop.csv, line 3, column PCN member January 25: "Y" is neither Yes nor No.` + nothing},
		"a member or not":                     {populations, people("Z99002,B,U99001,QZ1,1,1,,\n"), `pop.csv, line 3, column PCN member January 25: "" is neither Yes nor No.` + nothing},

		"a score of n/a":                {deprivation, scores("Z99002,B,2025,n/a\n"), `imd.csv, line 3, column IMD_SCORE: "n/a" is not a score. It looks like 33.519.` + nothing},
		"a score below zero":            {deprivation, scores("Z99002,B,2025,-1\n"), `imd.csv, line 3, column IMD_SCORE: "-1" is not a score. It looks like 33.519.` + nothing},
		"a score of another year":       {deprivation, scores("Z99002,B,2019,1\n"), `imd.csv, line 3, column IMD_YEAR: It is of 2019, and the rows before are of 2025. One file holds one index.` + nothing},
		"a score of no year":            {deprivation, scores("Z99002,B,,1\n"), `imd.csv, line 3, column IMD_YEAR: A number is missing. Write 0 if none is meant, and try again.` + nothing},
		"a score twice":                 {deprivation, scores("Z99001,A,2025,1\n"), `imd.csv, line 3, column PRACTICE_CODE: Practice Z99001 is here twice: line 2 has it too.` + nothing},
		"a score of a year before 2000": {deprivation, []string{file(t, "imd.csv", imdHead+"Z99001,A,1999,1\n")}, `imd.csv, practice Z99001: A deprivation score is 0 or more, of an index of a year such as 2025.` + nothing},
	})
	var rows *importing.WrongRows
	if _, err := importing.Run(t.Context(), b.Client, registrations, mapping(many.String())...); !errors.As(err, &rows) || len(rows.First) != 20 || rows.More != 5 {
		t.Errorf("they are not wrong rows: %v", err)
	}
}

// A list that lacks many practices is taken for a part of one, and whoever says
// that it is one concludes nothing from it.
func TestAPartOfAList(t *testing.T) {
	b := open(t)
	b.imports(registrations, file(t, "map.csv", mapHead+at("20260601", "Z99001", "A", "U99001")+at("20260601", "Z99002", "B", "U99001")+at("20260601", "Z99003", "C", "U99001")))
	part := file(t, "part.csv", mapHead+at("20260701", "Z99001", "A", "U99002"))
	refuse(t, b, map[string]wrong{
		"a part": {registrations, []string{part}, "only a part, it seems: part.csv lists 1 practices, and 2 of the 3 that the book has open are not among them. Say --part, and nothing is concluded from what it does not have"},
	})
	b.imports(importing.Options{Kind: fact.Registrations, Part: true}, part)
	if diff := cmp.Diff([]string{
		"Z99001 A, QZ1 99A U99002 EMIS; U99001 [, 2026-06-01]…[2026-06-01, 2026-06-30]; U99002 [2026-06-02, 2026-07-01]…",
		"Z99002 B, QZ1 99A U99001 EMIS; U99001 [, 2026-06-01]…", "Z99003 C, QZ1 99A U99001 EMIS; U99001 [, 2026-06-01]…",
	}, b.said("2026-07-01")); diff != "" {
		t.Error(diff)
	}
	if got := b.ask(`{ sources { title complete } }`); !strings.Contains(got, `{"title":"part.csv","complete":false}`) {
		t.Errorf("it is complete: %s", got)
	}
}

// What an older file says of members would come too late: it is refused, unless
// somebody says that it is older, who then gets what has dates of its own.
func TestAnOlderList(t *testing.T) {
	b := open(t)
	b.imports(registrations, file(t, "july.csv", mapHead+at("20260701", "Z99001", "A", "U99001")))
	june := file(t, "june.csv", mapHead+at("20260601", "Z99001", "B", "U99002"))
	workbook := workbook(t, "ePCN.xlsx", "2024-10-05", nil, networks(north(""), west()), partners(partner("Z99001", "B", "U99002", "2020-04-01", "2024-03-31")))
	told := ", and july.csv, which the book has already, describes 2026-07-01. Import the oldest first. " +
		"Say --older to add what has dates, and leave names and places as the newer has them"
	refuse(t, b, map[string]wrong{
		"a map":      {registrations, []string{june}, "the book rests on a newer file: june.csv describes 2026-06-01" + told},
		"a workbook": {epcn, []string{workbook}, "the book rests on a newer file: ePCN.xlsx describes 2024-03-31" + told},
	})
	b.imports(importing.Options{Kind: fact.EPCN, Older: true}, workbook)
	if diff := cmp.Diff([]string{"Z99001 A, QZ1 99A U99001 EMIS; U99002 2020-04-01…2024-03-31; U99001 [, 2026-07-01]…"}, b.said("2026-07-01")); diff != "" {
		t.Error(diff)
	}
}
