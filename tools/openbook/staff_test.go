package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/platform"
)

// The national workforce file is imported, posts are shown, and the accounts of a
// month are held against each other.
func TestStaff(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	const columns = "Data_source,CENSUS_YEAR,CENSUS_MONTH,PCN_CODE,PCN_NAME,STAFF_GROUP,STAFF_ROLE,DETAILED_STAFF_ROLE,FTE,UNIQUE_IDENTIFIER\n"
	row := func(network, role, fte string) string {
		return "NWRS Staff,2025,6," + network + ",NORTH PCN,Other Direct Patient Care staff,Some," + role + "," + fte + ",person-seven\n"
	}
	p.put(t, "june.csv", columns+row("U99001", "Pharmacist", "1.6")+row("U99001", "Receptionist", "0.5"))
	p.put(t, "unknown.csv", columns+row("U99001", "Pharmacist", "1.6")+row("U12345", "Pharmacist", "1"))
	p.put(t, "wrong.csv", columns+row("U99001", "Pharmacist", "lots"))
	p.put(t, "claims.csv", "employeeId,profession,startedOn,monthlySalary,hoursWorkedPerWeek,meetsTrainingRequirements\nRole 1,clinical-pharmacist,2024-09-01,4000.00,37.5,yes\n")
	const post = `mutation { planPost(input: {network: "U99001", role: "clinical-pharmacist", band: "7", hoursPerWeek: "30", purpose: ADDITIONAL, employer: "Mill Lane", model: LEAD_PRACTICE, plannedFrom: "2025-04-01", idempotencyKey: "p"}) { problems { code } } ` +
		`fillPost(input: {network: "U99001", post: 1, employee: "Role 1", startsOn: "2025-04-01", from: HOSPITAL, idempotencyKey: "f"}) { problems { code } } }`
	p.check(t, []expect{
		{args: "import|workforce|wrong.csv", code: notDone, out: `Nothing of the file was recorded\. .*`, err: `wrong\.csv, line 2, column FTE: .*`},
		{args: "import|workforce|none.csv", code: notDone, err: `none\.csv: There is no such file\..*`},
		{args: "import|workforce", code: misread, err: `FILE is missing\..*`},
		{args: "import|workforce|june.csv|--dry-run", out: `1 return to record, 0 held already: 2\.1 WTE of 1 network in 2 rows \(.*\)\.`},
		{args: "import|workforce|june.csv", out: `1 return recorded, 0 held already: .*`},
		{args: "import|workforce|june.csv", out: `0 returns recorded, 1 held already: .*`},
		{args: "import|workforce|unknown.csv", code: notDone, out: `1 return recorded, .*`, err: `U12345 NORTH PCN: There is no network U12345 in the book\..*`},
		{args: "contract|publish|--shipped|--year|2025/26", out: `2025/26  \d+ entries recorded .*`},
		{args: "query|" + post + "|--as|pcn", out: `(?s).*"problems": \[\].*"problems": \[\].*`},
		{args: "submit|claims|claims.csv|--for|U99001|--month|2025-06|--as|pcn", out: `Submitted: 1 claim, .*`},
		{args: "posts|u99001|2025/26|--as|pcn", out: `U99001  North  posts 2025/26\n\nPOST .*\n1 +clinical-pharmacist +7 +30 +additional +filled +2025-04-01 +Role 1 +not known\n\npost 1: Network U99001 has not said how many WTE .*\nleft since the year began: 0; turnover 0(\.0)? %`},
		{args: "posts|U99001|2025/26|--as|board", code: notDone, err: `.*Your roles do not allow this\..*`},
		{args: "posts|North|2025/26", code: misread, err: `NETWORK: "North" is not the code of a network: .*`},
		{args: "reconcile|U99001|2025-06|--as|pcn", out: `U99001  North  2025-06, whole-time equivalents\n\nROLE .*\nclinical-pharmacist +1 +1 +0\.8 +1\.6\n\n- Role 1 is claimed for with 37\.5 hours a week and has 30 in post 1: .*\n- 1 WTE of clinical-pharmacist are claimed for on 2025-06-30, and the staff return has 1\.6: .*`},
		{args: "reconcile|U99001|2025-05|--as|pcn", out: `(?s)U99001 .*- Network U99001 has no claim for 2025-05 that stands\. .*- Network U99001 has no staff return for 2025-05 in the book\..*`},
		{args: "reconcile|qz1|2025-06|--as|board", out: `(?s)QZ1 .*clinical-pharmacist +– +– +– +1\.6\n.*1 network of 1 have claimed\..*–: It is of fewer than 5 people, .*`},
		{args: "reconcile|U99001|2099-06|--as|pcn", code: notDone, err: `.*2099-06 has not begun.*`},
		{args: "reconcile|U99001|June", code: misread, err: `MONTH: "June" is not a month: .*`},
		{args: "reconcile|North|2025-06", code: misread, err: `"North" is not the code of a network, .*`},
		{args: "reconcile|U12345|2025-06|--as|pcn", code: notDone, err: `The book knows no U12345: .*`},
	})
	var out platform.ReturnedOf
	if got := p.openbook(t, "import", "workforce", "june.csv", "--dry-run", "--json"); json.Unmarshal([]byte(got.out), &out) != nil || out.Returns != 1 || strings.Contains(got.out, "person-seven") {
		t.Errorf("%+v", got)
	}
}
