package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/platform"
)

func TestSubmitClaims(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	const columns = "employeeId,profession,startedOn,leftOn,monthlySalary,monthlyEmployersNI,monthlyEmployersPension,monthlyFees,hoursWorkedPerWeek,meetsTrainingRequirements,reasonsTrainingNotMet\n"
	const good = "Role 1,clinical-pharmacist,2024-09-01,,4000.00,450,800.00,,37.5,yes,\nRole 2,Social prescribing link worker,01/02/2024,,£2500.00,,,200.00,30,,\n"
	p.put(t, "right.csv", columns+good)
	p.put(t, "wrong.csv", columns+good+
		"Role 3,wizard,2024-09-01,,1.00,,,,37.5,,\n"+
		"Ann Other,clinical-pharmacist,2024-09-01,,10000.01,,,,41,yes,\n"+
		"Role 5,clinical-pharmacist,2024-09-01,2025-05-31,1.00,,,,37.5,yes,\n"+
		"Role 6,clinical-pharmacist,soon,,=A1,,,,37.5,yes,\n"+
		"Role 1,clinical-pharmacist,2024-09-01,,1.00,,,,37.5,yes,\n")
	const submit = "submit|claims|%s|--for|u99001|--month|2025-06|--as|pcn"
	of := func(file string, more ...string) string {
		return strings.Join(append([]string{strings.Replace(submit, "%s", file, 1)}, more...), "|")
	}
	wrong := strings.Join([]string{
		`wrong\.csv, line 4, column profession: The contract of 2025/26 reimburses no role wizard\..*`,
		`wrong\.csv, line 5, column employeeId: "Ann Other" is not how an employee is written\..*`,
		`wrong\.csv, line 5, column hoursWorkedPerWeek: 41 is beyond the portal's form: .*`,
		`wrong\.csv, line 5, column monthlySalary: £10000\.01 is beyond the portal's form: .*`,
		`wrong\.csv, line 6, column leftOn: Role 5 left on 2025-05-31, before 2025-06\..*`,
		`wrong\.csv, line 7, column monthlySalary: It holds a formula\..*`,
		`wrong\.csv, line 8, column employeeId: Role 1 has a line in this claim already\..*`,
	}, "\n")
	p.check(t, []expect{
		{args: of("right.csv", "--dry-run"), code: notDone, out: `Nothing would be submitted of .*`, err: `right\.csv, line 2: The claim of U99001 for 2025-06: The book has no contract of 2025/26, .*`},
		{args: "contract|publish|--shipped|--year|2025/26", out: `2025/26  \d+ entries recorded .*`},
		{args: of("right.csv", "--dry-run"), out: `To submit: 1 claim, of 2 lines in 1 claim\. Nothing was submitted\.`},
		{args: of("wrong.csv"), code: notDone, out: `Nothing was submitted of 7 lines in 1 claim, 5 of the lines wrong\. Put the file right and submit it again, or say --good-lines\.`, err: wrong},
		{args: of("wrong.csv", "--good-lines"), code: notDone, out: `Submitted: 1 claim, of 7 lines in 1 claim, 5 of the lines wrong\. The commissioner approves them\.\nKept 1 signed receipt in receipts\.`, err: wrong},
		{args: of("right.csv"), out: `Submitted: 0 claims; 1 submitted already, of 2 lines in 1 claim\. (.*\n?)*`},
		{args: "submit|claims|right.csv|--as|pcn", code: notDone, out: `Nothing was submitted of .*`, err: `right\.csv, line 2.*: "" is not the code of a network\. .*\n(.*\n)*.*`},
		{args: "submit|claims|none.csv|--for|U99001|--month|2025-06|--as|pcn", code: notDone, err: `none\.csv: There is no such file\. Check the name and the folder and try again\.`},
		{args: "submit|claims", code: misread, err: `FILE is missing\..*`},
	})
	p.check(t, []expect{
		{args: "claims|show|u99001|2025/26|--as|pcn", out: `U99001  North  additional roles 2025/26\n\nCLAIM +MONTH +LINES +CLAIMED +APPROVED +STATUS\n1 +2025-06 +2 +– +– +submitted, late\n(.*\n)*will be lost +not known: .*\nwhole weeks left +\d+`},
		{args: "claims|approve|U99001|2025/26|1|--as|pcn", code: notDone, err: `Your roles do not allow this\..*`},
		{args: "claims|approve|U99001|2025/26|1|--as|commissioner", code: notDone, err: `The book has no maximum of social-prescribing-link-worker for line 2\..*`},
		{args: "claims|approve|U99001|2025/26|1|--figure|2=36000.00 letter of 3 July|--as|commissioner", out: `Recorded as entry .*`},
		{args: "claims|reject|U99001|2025/26|1|--reason|2: left in May|--as|commissioner", code: notDone, err: `CLAIM: Claim 1 has been approved already\.`},
		{args: "claims|show|u99001|2025/26|--as|pcn", out: `U99001 (.*\n)*1 +2025-06 +2 +– +£7650\.00 +approved, late\n(.*\n)*approved +£7650\.00\nof it paid +£0\.00\n(.*\n)*.*`},
		{args: "submit|claims|right.csv|--for|U99001|--month|2025-07|--as|pcn", out: `Submitted: 1 claim, .*\nKept 1 signed receipt in receipts\.`},
		{args: "claims|reject|U99001|2025/26|2|--reason|2: left in May|--reason|look again|--as|commissioner", out: `Recorded as entry .*`},
		{args: "claims|show|u99001|2025/26|--as|pcn", out: `U99001 (.*\n)*2 +2025-07 +2 +– +– +rejected, late; line 2; left in May; look again\n(.*\n)*.*`},
		{args: "submit|claims|right.csv|--for|U99001|--month|2025-07|--as|pcn", out: `Submitted: 1 claim, .*\nKept 1 signed receipt in receipts\.`},
		{args: "claims|withdraw|U99001|2025/26|3|--reason|a line is missing|--as|pcn", out: `Recorded as entry .*`},
		{args: "claims|approve|U99001|2025/26|9|--as|commissioner", code: notDone, err: `CLAIM: Network U99001 has no claim 9 in 2025/26\..*`},
		{args: "claims|show|U99001|2025/26|--as|board", code: notDone, err: `.*Your roles do not allow this\..*`},
		{args: "claims|show|U12345|2025/26|--as|pcn", code: notDone, err: `The book knows no network U12345: .*`},
		{args: "claims|approve|North|2025/26|1", code: misread, err: `NETWORK: "North" is not the code of a network: .*`},
		{args: "claims|approve|U99001|2025|1", code: misread, err: `YEAR: "2025" is not a financial year: .*`},
		{args: "claims|approve|U99001|2025/26|first", code: misread, err: `CLAIM: "first" is not the number of a claim: .*`},
		{args: "claims|approve|U99001|2025/26|1|--figure|2=lots", code: misread, err: `--figure: write "2=lots" as 5=36000\.00 letter of 3 July.*`},
	})
	var out platform.SubmittedOf
	if got := p.openbook(t, strings.Split(of("right.csv", "--dry-run", "--json"), "|")...); json.Unmarshal([]byte(got.out), &out) != nil || out.Claims != 1 || out.Already != 1 {
		t.Errorf("%+v", got)
	}
}
