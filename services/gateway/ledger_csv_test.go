package gateway

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/network/view"
)

var books = funding.Ledger{System: "QZ1", Year: "2025/26"}

const year = "?system=QZ1&year=2025/26"

// withMoney is a desk over the two systems, and a ledger of that.
func withMoney(t interface{ Fatal(...any) }, all ...funding.Event) (desk, *ledgers.Ledger) {
	var s graph.Money
	for i, e := range all {
		var err error
		if s.State.Ledgers, err = ledgers.Evolve(s.State.Ledgers, e, ledgers.Place{ID: events.ID(fmt.Sprint("id-", i)), Ordinal: events.Ordinal(i + 1), Time: recorded}); err != nil {
			t.Fatal(err)
		}
	}
	d := over(registrytest.Fold(two), view.State{})
	d.api.resolver.Money = stillMoney{&s}
	return d, s.State.Ledgers.Ledger(books)
}

// entriesOf draws entries as a ledger may have them, of awkward words.
func entriesOf(t *rapid.T) (all []funding.Event) {
	holder := rapid.SampledFrom([]events.Entity{"network-U99001", "network-U99003", "practice-Z99001", "practice-Z99009"})
	stage := rapid.SampledFrom([]funding.Stage{funding.StageAllocated, funding.StageHeld, funding.StagePaid, funding.StageConfirmed, funding.StageDeclared})
	stream := rapid.SampledFrom([]funding.Stream{"core", "a-b", "a"})
	purpose := rapid.SampledFrom([]funding.Purpose{"anything", "c", "b-c"})
	words := rapid.SampledFrom([]string{"", "agreed", "=1+1", "-x", "a, \"b\"\nc", "'"})
	for n := range rapid.IntRange(1, 40).Draw(t, "entries") {
		s, p := stream.Draw(t, "stream"), purpose.Draw(t, "purpose")
		account := func(h events.Entity, at funding.Stage) funding.Account {
			return funding.Account{Holder: h, Stage: at, Stream: s, Purpose: p}
		}
		whose, other := holder.Draw(t, "holder"), holder.Draw(t, "other")
		head := funding.Head{Ledger: books, Number: n + 1, On: books.Year.First().AddDays(n), Party: "system-QZ1", By: "person-1", Reason: words.Draw(t, "reason")}
		amount := events.GBP(rapid.Int64Range(1, 1<<40).Draw(t, "amount"))
		move := func(from, to funding.Account) funding.Move {
			return funding.Move{Head: head, Reference: words.Draw(t, "reference"), Postings: funding.Transfer(amount, from, to)}
		}
		pot := account("system-QZ1", funding.StagePot)
		switch rapid.IntRange(0, 6).Draw(t, "act") {
		case 0:
			all = append(all, funding.Received{Move: move(account(funding.England, funding.StageSource), pot)})
		case 1:
			all = append(all, funding.Allocated{Move: move(pot, account(whose, funding.StageAllocated))})
		case 2:
			all = append(all, funding.Spent{Work: funding.Work{Move: move(account(whose, stage.Draw(t, "stage")), account(whose, funding.StageSpent)), For: words.Draw(t, "for"), Use: funding.UseUnknown}})
		case 3:
			all = append(all, funding.Reallocated{Move: move(account(whose, funding.StageOffered), account(other, funding.StageAllocated))})
		case 4:
			all = append(all, funding.PaymentRequested{Request: funding.Request{Head: head, Reference: "P", Proposed: funding.Transfer(amount, account(whose, funding.StageAllocated), account(whose, funding.StagePaid))}})
		case 5:
			all = append(all, funding.Paid{Answer: funding.Answer{Head: head, Entry: 1, Postings: funding.Transfer(amount, account(whose, funding.StageAllocated), account(whose, funding.StagePaid))}})
		case 6:
			about := rapid.IntRange(1, n+1).Draw(t, "about")
			if about > n || len(all[about-1].Posted()) == 0 {
				all = append(all, funding.RequestRejected{Note: funding.Note{Head: head, Entry: about, Holder: whose}})
				break
			}
			all = append(all, funding.Reversed{Answer: funding.Answer{Head: head, Entry: about, Postings: funding.Negated(all[about-1].Posted())}})
		}
	}
	return all
}

// An export read back is the ledger, to the penny: its rows add up to what is in
// each account, and its grants to what networks and practices have of it.
func TestALedgerReadsBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := entriesOf(rt)
		d, l := withMoney(rt, all...)
		who := d.as(ask.Grant{Role: ask.Auditor, Of: "system-QZ1"})
		table := rows(t, who, "/csv/ledger"+year)
		cell := func(row []string, name string) string { return row[slices.Index(table[0], name)] }
		sums, asked := map[funding.Account]events.GBP{}, events.GBP(0)
		postings, numbers := 0, map[string]bool{}
		for _, row := range table[1:] {
			numbers[cell(row, "entry")] = true
			account := funding.Account{Holder: events.Entity(cell(row, "holder")), Stage: funding.Stage(cell(row, "stage")), Stream: funding.Stream(cell(row, "stream")), Purpose: funding.Purpose(cell(row, "purpose"))}
			if amount := cell(row, "amount"); amount != "" {
				sums[account] += pounds(rt, amount)
				postings++
			}
			if amount := cell(row, "asked"); amount != "" {
				asked += pounds(rt, amount)
			}
		}
		for _, a := range l.Accounts("") {
			if sums[a.Account] != a.Balance() {
				rt.Fatalf("%+v has £%s, and the export £%s", a.Account, a.Balance(), sums[a.Account])
			}
			delete(sums, a.Account)
		}
		if len(sums) > 0 || asked != 0 || len(numbers) != len(all) {
			rt.Fatalf("the export has accounts of its own, %v, requests of £%s, %d of %d entries", sums, asked, len(numbers), len(all))
		}
		grants := rows(t, who, "/csv/grants"+year)
		checkGrants(rt, grants)
		var awarded, has events.GBP
		for _, amount := range column(grants, "Amount Awarded") {
			awarded += pounds(rt, amount)
		}
		for _, a := range l.Accounts("") {
			if strings.HasPrefix(string(a.Holder), "network-") || strings.HasPrefix(string(a.Holder), "practice-") {
				has += a.Balance()
			}
		}
		if awarded != has {
			rt.Fatalf("£%s is awarded, and £%s there", awarded, has)
		}
	})
}

func pounds(t *rapid.T, text string) events.GBP {
	amount, err := events.ParseGBP(text)
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

// standard are the columns that the 360Giving Data Standard has for spreadsheets,
// of those the ten that it requires first.
var standard = []string{
	"Identifier", "Title", "Description", "Currency", "Amount Awarded", "Award Date", "Recipient Org:Identifier", "Recipient Org:Name", "Funding Org:Identifier", "Funding Org:Name",
	"Amount Applied For", "Amount Disbursed", "URL", "Planned Dates:Start Date", "Planned Dates:End Date", "Planned Dates:Duration (months)",
	"Recipient Org:Charity Number", "Recipient Org:Company Number", "Recipient Org:Street Address", "Recipient Org:City", "Recipient Org:Country", "Recipient Org:Postal Code",
	"Recipient Org:Description", "Recipient Org:Web Address", "Beneficiary Location:Name", "Beneficiary Location:Country Code", "Beneficiary Location:Latitude", "Beneficiary Location:Longitude",
	"Beneficiary Location:Geographic Code", "Beneficiary Location:Geographic Code Type", "Funding Org:Department", "Grant Programme:Code", "Grant Programme:Title", "Grant Programme:URL",
	"From an open call?", "Related Activity", "Last modified", "Data Source",
}

// formats are what the standard's schema says of the columns that we have.
var formats = map[string]*regexp.Regexp{
	"Identifier": regexp.MustCompile(`^\S+$`), "Title": regexp.MustCompile(`^.{1,140}$`), "Description": regexp.MustCompile(`.`), "Currency": regexp.MustCompile(`^GBP$`),
	"Amount Awarded": regexp.MustCompile(`^-?\d+(\.\d+)?$`), "Amount Disbursed": regexp.MustCompile(`^-?\d+(\.\d+)?$`), "Award Date": day,
	"Planned Dates:Start Date": day, "Planned Dates:End Date": day,
	"Recipient Org:Identifier": nhs, "Funding Org:Identifier": nhs, "Recipient Org:Name": regexp.MustCompile(`\S`), "Funding Org:Name": regexp.MustCompile(`\S`),
	"Grant Programme:Code": regexp.MustCompile(`\S`), "Grant Programme:Title": regexp.MustCompile(`\S`), "From an open call?": regexp.MustCompile(`^(Yes|No)$`),
	"Last modified": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`),
}

var (
	day = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$`)
	nhs = regexp.MustCompile(`^GB-NHS-[A-Z0-9]{3,6}$`)
)

// checkGrants holds a table against the standard.
func checkGrants(t interface{ Errorf(string, ...any) }, all [][]string) {
	for _, required := range standard[:10] {
		if !slices.Contains(all[0], required) {
			t.Errorf("the required column %s is missing", required)
		}
	}
	seen := map[string]bool{}
	for i, name := range all[0] {
		if !slices.Contains(standard, name) || formats[name] == nil || seen[name] {
			t.Errorf("the standard has no column %s, or this test no format of it, or it is here twice", name)
			continue
		}
		seen[name] = true
		for _, row := range all[1:] {
			if !formats[name].MatchString(row[i]) {
				t.Errorf("%s is %q", name, row[i])
			}
		}
	}
	ids := map[string]bool{}
	for _, row := range all[1:] {
		if ids[row[0]] {
			t.Errorf("two grants are %s", row[0])
		}
		ids[row[0]] = true
	}
}

func TestLedgerAsCSV(t *testing.T) {
	account := func(holder events.Entity, at funding.Stage) funding.Account {
		return funding.Account{Holder: holder, Stage: at, Stream: "core", Purpose: "anything"}
	}
	pot, north := account("system-QZ1", funding.StagePot), account("network-U99001", funding.StageAllocated)
	move := func(number int, amount events.GBP, from, to funding.Account) funding.Move {
		head := funding.Head{Ledger: books, Number: number, On: books.Year.First(), Party: "system-QZ1", By: "person-1", Reason: "agreed"}
		return funding.Move{Head: head, Reference: fmt.Sprint("A-", number), Postings: funding.Transfer(amount, from, to)}
	}
	d, _ := withMoney(t,
		funding.Received{Move: move(1, 20_000_00, account(funding.England, funding.StageSource), pot)},
		funding.Allocated{Move: move(2, 15_000_00, pot, north)},
		funding.Held{Move: move(3, 1_000_00, north, account("network-U99001", funding.StageHeld))},
	)
	who := d.as(ask.Grant{Role: ask.PCN, Of: "network-U99001"})
	answer, body := fetch(t, who, "/csv/ledger"+year+"&columns=1")
	for header, want := range map[string]string{
		"Openbook-Columns": "1", "Content-Disposition": `attachment; filename="openbook-ledger-QZ1-2025-26.csv"`, "Openbook-As-Of": "2",
	} {
		if got := answer.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	want := "entry,posting,type,on,recorded,party,by,reference,about,holder,stage,stream,purpose,amount,asked,reason,for,category,use,id,ordinal\r\n" +
		"1,1,funding.received.v1,2025-04-01,"
	if !strings.HasPrefix(body, want) || !strings.Contains(body, ",A-2,,network-U99001,ALLOCATED,core,anything,15000.00,,agreed,") || strings.Count(body, "\n") != 7 {
		t.Errorf("got\n%s", body)
	}
	said, err := os.ReadFile("../../docs/funding.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range rows(t, who, "/csv/ledger"+year)[0] {
		if !strings.Contains(string(said), "`"+name+"`") {
			t.Errorf("docs/funding.md does not say what %s is", name)
		}
	}
	grants := rows(t, who, "/csv/grants"+year+"&prefix=360G-sample")
	if got := strings.Join(grants[1], "|"); len(grants) != 2 || !strings.HasPrefix(got, "360G-sample-QZ1-2025-26-U99001-core:anything|core funding of 2025/26 to Cedar|") || !strings.Contains(got, "|GBP|15000.00|0.00|2025-04-01|2025-04-01|2026-03-31|GB-NHS-U99001|Cedar|GB-NHS-QZ1|First|core|") {
		t.Errorf("a grant is %s", got)
	}
	for _, list := range []string{"ledger", "grants"} {
		if all := rows(t, who, "/csv/"+list+"?system=QZ1&year=2030/31"); len(all) != 1 {
			t.Errorf("of a year without entries: %q", all)
		}
	}
}

// A ledger is read by those of its system, and by nobody else.
func TestLedgerCSVOfASystemsOwn(t *testing.T) {
	d := over(registrytest.Fold(two), view.State{})
	for _, role := range ask.Roles {
		for _, of := range organisations {
			may := of == ask.England || slices.Contains(ofFirst, of)
			for _, list := range []string{"ledger", "grants"} {
				answer, body := fetch(t, d.as(someone(role, of)...), "/csv/"+list+year)
				if may != (answer.StatusCode == http.StatusOK) || !may && (!strings.Contains(body, "OTHER_SYSTEM") || strings.Contains(body, "network-U9")) {
					t.Errorf("%s of %q is answered %d %s", role, of, answer.StatusCode, body)
				}
			}
		}
	}
}

func TestLedgerCSVRefuses(t *testing.T) {
	who := over(registrytest.Fold(two), view.State{}).as(steward)
	for path, says := range map[string]string{
		"/csv/ledger":                                  `Write a financial year, such as 2025/26.`,
		"/csv/ledger?system=QZ1":                       `Write a financial year, such as 2025/26.`,
		"/csv/ledger?system=QZ1&year=2025":             `\"2025\" does not do for the parameter \"year\". Write a financial year, such as 2025/26.`,
		"/csv/ledger?year=2025/26":                     `CODE_INVALID`,
		"/csv/grants?year=2025/26&system=one":          `CODE_INVALID`,
		"/csv/ledger" + year + "&columns=2":            `\"2\" does not do for the parameter \"columns\". Write 1, which is the only version of them so far.`,
		"/csv/ledger" + year + "&on=2025-04-01":        `It has: system, year, columns, asAt.`,
		"/csv/grants" + year + "&prefix=QZ1":           `Write your publisher's prefix as 360Giving has given it to you, such as 360G-example.`,
		"/csv/grants" + year + "&prefix=360G-%22%0A1,": `PARAMETER_INVALID`,
	} {
		if answer, body := fetch(t, who, path); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, says) {
			t.Errorf("%s is answered %d %s", path, answer.StatusCode, body)
		}
	}
}

// What a ledger has sent is in sight of those of its system, and of those it is
// sent to, until it has arrived.
func TestMoneyInTransit(t *testing.T) {
	next := funding.Ledger{System: "QZ2", Year: "2026/27"}
	account := func(holder events.Entity, at funding.Stage) funding.Account {
		return funding.Account{Holder: holder, Stage: at, Stream: "core", Purpose: "anything"}
	}
	pot, transit := account("system-QZ1", funding.StagePot), account(books.Entity(), funding.StageTransit)
	all := []funding.Event{
		funding.Received{Move: funding.Move{Head: funding.Head{Ledger: books, Number: 1}, Postings: funding.Transfer(100_00, account(funding.England, funding.StageSource), pot)}},
		funding.CarriedForward{Head: funding.Head{Ledger: books, Number: 2}, To: next, Postings: funding.Transfer(100_00, pot, transit), Arriving: []funding.Posting{{Account: pot, Amount: 100_00}}},
	}
	const document = `{ status { inTransit { fromSystem fromYear toSystem toYear amount entry since } } }`
	for sees, of := range map[string][]events.Entity{
		`{"status":{"inTransit":[{"fromSystem":"QZ1","fromYear":"2025/26","toSystem":"QZ2","toYear":"2026/27","amount":"100.00","entry":2,"since":"` + recorded.UTC().Format(time.RFC3339Nano) + `"}]}}`: {ask.England, "system-QZ1", "network-U99001", "system-QZ2"},
		`{"status":{"inTransit":[]}}`: {"partner-X1", "system-QZ9"},
	} {
		for _, one := range of {
			d, _ := withMoney(t, all...)
			if got := query(t, d.as(someone(ask.Auditor, one)...), document); string(got.Data) != sees {
				t.Errorf("%s is shown %s", one, got.body)
			}
		}
	}
	arrived := append(slices.Clone(all), funding.CarriedIn{Head: funding.Head{Ledger: next, Number: 1}, From: books, Entry: 2, Postings: funding.Transfer(100_00, transit, pot)})
	d, _ := withMoney(t, arrived...)
	if got := query(t, d.as(steward), document); string(got.Data) != `{"status":{"inTransit":[]}}` {
		t.Errorf("once arrived: %s", got.body)
	}
}
