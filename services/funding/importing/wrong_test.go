package importing_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/services/funding/importing"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// Each wrong line says where it is and what to do, and nothing is recorded of
// its file.
func TestWrongFiles(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.funded("core", 100_00)
	before := len(s.entries())
	const head = "Date,Stream,Purpose,Amount,Reference,What for,Category,Reason,Payee\n"
	const money = ` is not an amount of money. Write it as 1234.50, 1,234.50 or £1,234.50 and try again.`
	const day = ` is not a date. Write it as 2026-07-01, 20260701, 01Jul2026 or 01/07/2026 (the day first) and try again.`
	const commas = ` Look for a comma too many or too few, or for text with a comma that is not in quotation marks, and try again.`
	spending := importing.Options{Kind: importing.Spending}
	payments := importing.Options{Kind: importing.Payments}
	row := func(amount string) string { return "2025-07-02,core,," + amount + ",S1,it,,,U99001\n" }
	for name, c := range map[string]struct {
		o       importing.Options
		content string
		want    []string
	}{
		"nothing in it":          {spending, "", []string{`x.csv: The file is empty. Get the file anew from where it came from and try again.`}},
		"a header alone":         {spending, head, []string{`x.csv: It has a header but no rows. Choose the file with the data and try again.`}},
		"no column of amounts":   {spending, "Date,Stream,Reference,What for\n", []string{`x.csv: For spending it lacks the column Amount. Its header reads: Date, Stream, Reference, What for. Choose the right file, or name its columns so, and try again.`}},
		"two columns of amounts": {spending, "Date,Stream,Amount,Value,Reference,What for\n2025-07-02,core,1,1,S1,it\n", []string{`x.csv, line 1: The columns C (Amount) and D (Value) could both be Amount. Delete or rename one of them and try again.`}},
		"payments to nobody":     {payments, spendingHead, []string{`x.csv: For payments it lacks the column Payee. Its header reads: Date, Stream, Amount, Reference, What for. Choose the right file, or name its columns so, and try again.`}},
		"nobody's":               {spending, spendingHead + "2025-07-02,core,1,S1,it\n", []string{`x.csv, line 2, column Payee: Whose line is it? Write the code of the network or practice, such as U12345 or A81001, or name it by --for.`}},
		"a name for a code":      {spending, head + "2025-07-02,core,,1,S1,it,,,North\n", []string{`x.csv, line 2, column Payee: "NORTH" is not the code of a network or practice. It looks like U12345 or A81001.`}},
		"not in the book":        {spending, head + "2025-07-02,core,,1,S1,it,,,U12345\n", []string{`x.csv, line 2, column Payee: The book does not say which system U12345 is in. Check the code, or name the system by --system.`}},
		"of another": {importing.Options{Kind: importing.Spending, For: "U99002"}, head + row("1"),
			[]string{`x.csv, line 2, column Payee: It is of U99001, and the file is imported for U99002. Import the lines of each for itself.`}},
		"not one's own":    {spending, head + "2025-07-02,core,,1,S1,it,,,U99002\n", []string{`x.csv, line 2: Your roles do not allow this. It may be done by: pcn, practice of the organisation concerned.`}},
		"no amount":        {spending, head + row(""), []string{`x.csv, line 2, column Amount: An amount is missing. Write it as 1234.50 and try again.`}},
		"a decimal comma":  {spending, head + row(`"1.234,50"`), []string{`x.csv, line 2, column Amount: "1.234,50"` + money}},
		"a mill":           {spending, head + row("1.005"), []string{`x.csv, line 2, column Amount: "1.005" cannot be an amount of money: it has a fraction of a penny, or is too large. Write it as 1234.50 and try again.`}},
		"a credit":         {spending, head + row("-5"), []string{`x.csv, line 2, column Amount: An amount is more than nothing: £-5.00 is not. What was wrong is put right by reversing its entry.`}},
		"nothing spent":    {spending, head + row("0"), []string{`x.csv, line 2, column Amount: An amount is more than nothing: £0.00 is not. What was wrong is put right by reversing its entry.`}},
		"too much":         {spending, head + row("10000000000.01"), []string{`x.csv, line 2, column Amount: £10000000000.01 is more than one entry can hold, which is £10000000000.00. Look whether a decimal point is missing.`}},
		"a formula":        {spending, head + row(`=SUM(D3:D9)`), []string{`x.csv, line 2, column Amount: It holds a formula. Write what the formula comes to, and try again.`}},
		"a formula to run": {spending, head + "2025-07-02,core,,1,S1,\"=HYPERLINK(\"\"http://x\"\")\",,,U99001\n", []string{`x.csv, line 2, column What for: It holds a formula. Write what the formula comes to, and try again.`}},
		"no date":          {spending, head + ",core,,1,S1,it,,,U99001\n", []string{`x.csv, line 2, column Date: A date is missing. Write it as 2025-07-31 or 31/07/2025 and try again.`}},
		"a short year":     {spending, head + "02/07/25,core,,1,S1,it,,,U99001\n", []string{`x.csv, line 2, column Date: "02/07/25"` + day}},
		"a day too many":   {spending, head + "31/06/2025,core,,1,S1,it,,,U99001\n", []string{`x.csv, line 2, column Date: "31/06/2025"` + day}},
		"another year": {importing.Options{Kind: importing.Spending, Year: "2024/25"}, head + row("1"),
			[]string{`x.csv, line 2, column Date: 2025-07-02 is not in the financial year 2024/25, which is from 2024-04-01 to 2025-03-31. Name a day in it, or the ledger of the other year.`}},
		"the month first": {spending, head + "04/05/2025,core,,1,S1,it,,,U99001\n04/13/2025,core,,1,S2,it,,,U99001\n05/05/2025,core,,1,S3,it,,,U99001\n2025-05-06,core,,1,S4,it,,,U99001\n", []string{
			`x.csv, line 2, column Date: "04/05/2025" could be two days, as line 3 of this file has the month first. Write every date as 2025-07-31 and try again.`,
			`x.csv, line 3, column Date: "04/13/2025" has the month first. Write it as 2025-07-31 or 31/07/2025 and try again.`,
		}},
		"a stream in words":  {spending, head + "2025-07-02,Core money,,1,S1,it,,,U99001\n", []string{`x.csv, line 2, column Stream: "Core money" is not the name of a funding stream. It looks like core: 1 to 60 letters, digits, hyphens, underscores and dots.`}},
		"a purpose in words": {spending, head + "2025-07-02,core,what it is for,1,S1,it,,,U99001\n", []string{`x.csv, line 2, column Purpose: "what it is for" is not the name of a purpose. It looks like management-support, or is anything where the money is for whatever its stream is for.`}},
		"for nothing":        {spending, head + "2025-07-02,core,,1,S1,,,,U99001\n", []string{`x.csv, line 2, column What for: Say in a few words why, or what for: whoever reads the entry later wants to know.`}},
		"no reference":       {spending, head + "2025-07-02,core,,1,,it,,,U99001\n", []string{`x.csv, line 2, column Reference: A reference is what the entry is called in your own books, such as the number of a payment or an invoice: 1 to 40 characters of plain text.`}},
		"a reference twice":  {spending, head + row("1") + row("1") + "2025-07-02,core,,1,S1,else,,,U99001\n", []string{`x.csv, line 3, column Reference: Line 2 has this reference too. Each entry has its own: leave out the line if it is the same entry, or give it another reference.`, `x.csv, line 4, column Reference: Line 2 has this reference too. Each entry has its own: leave out the line if it is the same entry, or give it another reference.`}},
		"a category in words": {spending, head + "2025-07-02,core,,1,S1,it,a printer,,U99001\n",
			[]string{`x.csv, line 2, column Category: "a printer" is not the name of what may be bought. It looks like additional-roles.`}},
		"all at once": {spending, head + "x,core,,y,S1,it,,,z\n", []string{
			`x.csv, line 2, column Date: "x"` + day, `x.csv, line 2, column Amount: "y"` + money,
			`x.csv, line 2, column Payee: "Z" is not the code of a network or practice. It looks like U12345 or A81001.`,
		}},
		"fields missing":     {spending, head + "2025-07-02,core\n\n" + row("x"), []string{`x.csv, line 2: The row has fewer fields (2) than the header (9).` + commas, `x.csv, line 4, column Amount: "x"` + money}},
		"an unquoted comma":  {spending, spendingHead + "2025-07-02,core,1,234.50,S1,it\n", []string{`x.csv, line 2: The row has more fields (6) than the header (5).` + commas}},
		"a stray quote":      {spending, head + "2025-07-02,core,,1,S1,6\" nails,,,U99001\n" + row("x"), []string{`x.csv, line 2: There is a quotation mark in a field that does not begin with one. Double it and put the field in quotation marks, and try again.`, `x.csv, line 3, column Amount: "x"` + money}},
		"a quote left open":  {spending, head + row("x") + "2025-07-02,core,,1,S1,\"it,,,U99001\n", []string{`x.csv, line 2, column Amount: "x"` + money, `x.csv, line 3: In the row that begins here, a quotation mark is not closed, or one inside a field is not doubled. Mend it and try again.`}},
		"semicolons":         {spending, "Date;Stream;Amount;Reference;What for;Payee\n2025-07-02;core;1,234;S1;it;U99001\n", []string{`x.csv, line 2, column Amount: "1,234" could be two amounts, as fields are separated by semicolons where the comma is for decimals. Write it as 1234.50 and try again.`}},
		"two codes of text":  {spending, head + "2025-07-02,core,,1,S1,café,,,U99001\n2025-07-02,core,,1,S2,caf\xe9,,,U99001\n", []string{`x.csv: Its text is partly in UTF-8 and partly in Windows-1252. Save it as CSV UTF-8 and try again.`}},
		"more than there is": {spending, head + row("100.01"), []string{`x.csv, line 2, column Amount: network-U99001 has £100.00 confirmed out of stream core for anything, and this needs £100.01. Enter no more than is there, or first what is missing.`}},
	} {
		out, err := importing.Run(t.Context(), s.manager, c.o, file(t, "x.csv", c.content))
		var whole *sheet.Problem
		got := told(out)
		if errors.As(err, &whole) {
			got = append(got, err.Error())
		} else if !errors.Is(err, importing.ErrWrong) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || out.Recorded != 0 {
			t.Errorf("%s: recorded %d (-want +got)\n%s", name, out.Recorded, diff)
		}
	}
	if after := len(s.entries()); after != before {
		t.Errorf("wrong files have led to %d entries", after-before)
	}
	if _, err := importing.Run(t.Context(), s.manager, spending, filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there is imported")
	}
	if _, err := importing.Run(t.Context(), s.manager, importing.Options{Kind: importing.Spending, System: "one"}, file(t, "x.csv", head+row("1"))); err == nil || !strings.Contains(err.Error(), "not the code of a system") {
		t.Errorf("a system in words: %v", err)
	}
}

// A workbook is read as what Excel shows of it.
func TestAWorkbook(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.funded("core", 100_00)
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{
		{"Date", "Stream", "Amount (£)", "Invoice number", "Description", "PCN code"},
		{"02/07/2025", "core", 0.29, 1001, "Stamps", "U99001"},
		{},
		{"2025-07-02", "core", "£1.01", "INV-2", "Envelopes", "u99001"},
	} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	out, err := importing.Run(t.Context(), s.manager, importing.Options{Kind: importing.Spending}, path)
	if err != nil || out.Recorded != 2 || out.Amount != 1_30 {
		t.Errorf("%+v, %v, %q", out, err, told(out))
	}
	if err := f.SetCellFormula("Sheet1", "C2", "=1+1"); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	out, err = importing.Run(t.Context(), s.manager, importing.Options{Kind: importing.Spending}, path)
	if !errors.Is(err, importing.ErrWrong) || len(out.Problems) != 1 || !strings.Contains(told(out)[0], "sheet Sheet1, line 2, column Amount (£): The cell C2 holds a formula.") {
		t.Errorf("%+v, %v, %q", out, err, told(out))
	}
}
