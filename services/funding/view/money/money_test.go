package money_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/costed"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	year = events.Year("2025/26")
	ehch = "Enhanced Health in Care Homes"
)

var (
	july    = events.Day(2025, time.July, 1)
	of      = costing.Costing{Network: "U99001", Year: year}
	systems = registry.Evolve(registry.State{}, network.SystemRegistered{System: "QZ1", Name: "One"})
)

func head(system events.ICB, number int) funding.Head {
	return funding.Head{Ledger: funding.Ledger{System: system, Year: year}, Number: number, On: july, Party: system.Entity(), By: "person-1"}
}

func account(holder events.Entity, stage funding.Stage) funding.Account {
	return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
}

func received(system events.ICB) events.Fact {
	return funding.Received{Move: funding.Move{Head: head(system, 1), Postings: funding.Transfer(
		1000, account(funding.England, funding.StageSource), account(system.Entity(), funding.StagePot),
	)}}
}

func forward(system events.ICB) events.Fact {
	h, pot := head(system, 2), account(system.Entity(), funding.StagePot)
	return funding.CarriedForward{
		Head: h, To: funding.Ledger{System: system, Year: year.Next()},
		Postings: funding.Transfer(1000, pot, account(h.Entity(), funding.StageTransit)), Arriving: []funding.Posting{{Account: pot, Amount: 1000}},
	}
}

func said(after int) challenge.Head {
	return challenge.Head{Challenge: "U99001-2025-26-C1", System: "QZ1", On: july.AddDays(after), By: "person-1"}
}

func entitled(network events.PCN, practices ...events.Practice) events.Fact {
	c := entitlement.Computed{Subject: entitlement.Subject{Network: network, Year: year}}
	for _, p := range practices {
		c.Lines = append(c.Lines, entitlement.Line{Stream: "npp", Key: "npp-line", Practice: p, Basis: contract.Flat, Quantity: 1, Rates: []entitlement.Rate{{Amount: 5}}})
	}
	return c
}

func undertakes(days int) events.Fact {
	return policy.Set{System: "QZ1", From: july, Days: policy.Days{Acknowledge: days, Answer: 10, Pay: 14, Notice: 60}, Source: "Board", By: "person-1"}
}

func costs(key contract.Key, pence events.GBP) events.Fact {
	return costing.CostStated{Costing: of, Specification: ehch, Line: costing.Line{Key: key, What: "kit", Fixed: &pence, Source: "invoice"}}
}

var claims = workforce.Workforce{Network: "U99001", Year: year}

func claimed(number int, month events.Month) events.Fact {
	sum := events.GBP(100)
	return workforce.ClaimSubmitted{Workforce: claims, Number: number, Month: month, By: "person-1", Lines: []workforce.Line{{
		Claimed: workforce.Claimed{Employee: "Role 1", Role: "coach", StartedOn: july, Hours: decimal.MustParse("37.5"), Pay: workforce.Pay{Salary: 100}}, Reimbursable: &sum,
	}}}
}

// story is told of every part by turns; what comes later elsewhere matters too.
var story = []events.Fact{
	received("QZ2"), received("QZ1"),
	claimed(1, "2025-07"),
	entitled("U99002", "Z99001"),
	challenge.Opened{Head: said(0), Entry: 1, Words: "?", Due: challenge.Due{Acknowledgement: july.AddDays(7), Answer: july.AddDays(28)}},
	undertakes(5),
	partner.Registered{Organisation: "RYZ", Name: "Trust", System: "QZ1", From: year},
	costs("kit", 100),
	forward("QZ2"),
	challenge.Overdue{Head: said(8), Step: challenge.Acknowledgement, Due: july.AddDays(7)},
	forward("QZ1"),
	entitled("U99001", "Z99001"),
	partner.ControlTotalSet{Organisation: "RYZ", System: "QZ1", Year: year, Amount: -500, AgreedOn: july},
	undertakes(3),
	workforce.ClaimApproved{Workforce: claims, Claim: 1, Amounts: []events.GBP{100}, Amount: 90, Lost: 10, By: "person-2"},
	staffing.PostPlanned{Whose: staffing.Whose{Network: "U99001"}, Post: 1, Details: staffing.Details{Role: "coach", Hours: decimal.MustParse("30"), Purpose: staffing.Additional, PlannedFrom: july}},
	claimed(2, "2025-08"),
	staffing.PostFilled{Whose: staffing.Whose{Network: "U99001"}, Post: 1, Employee: "Role 1", StartsOn: july},
	staffing.BaselineStated{Whose: staffing.Whose{Network: "U99002"}, Role: "paramedic", WTE: decimal.MustParse("1"), Source: "survey"},
	costing.PaymentStated{Costing: of, Specification: ehch, StreamKey: "core", Share: decimal.MustParse("50"), Reason: "so"},
	entitlement.QuantityStated{Subject: entitlement.Subject{Network: "U99001", Year: year}, Line: "homes-line", Quantity: 9, Source: "CQC"},
	challenge.Answered{Head: said(9), Outcome: challenge.Explained, Words: "!"},
	partner.PositionReported{Organisation: "RYZ", Year: year, Month: 1, Position: partner.Position{Plan: 1, Actual: 2, Forecast: 3}, On: july},
	costs("more", 10),
}

// recorded is the n-th fact of a book.
func recorded(t *testing.T, n int, f events.Fact) events.Recorded {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return events.Recorded{
		Envelope: events.Envelope{ID: events.ID(fmt.Sprint("id-", n)), Type: f.EventType(), Time: time.Unix(int64(n), 0).UTC(), Cause: "why"},
		Ordinal:  events.Ordinal(n), Data: data,
	}
}

// follow folds what comes after the n-th of the story, of all domains or of one.
func follow(t *testing.T, s money.State, n int, all []events.Fact, domain string) money.State {
	t.Helper()
	for i, f := range all {
		r := recorded(t, n+i+1, f)
		if domain != "" && r.Domain() != domain {
			continue
		}
		var err error
		if s, err = money.Follow(s, r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// thawed is s after it was frozen and read back.
func thawed(t *testing.T, s money.State) money.State {
	t.Helper()
	var b bytes.Buffer
	if err := money.Freeze(s, &b); err != nil {
		t.Fatal(err)
	}
	back, err := money.Thaw(&b)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// tells is what each part tells, by its field of the state.
func tells(s money.State) map[string]string {
	all := map[string]string{}
	for _, l := range s.Ledgers.Ledgers() {
		all["Ledgers"] += fmt.Sprintln(l.Entity(), l.Totals())
		for n := range l.Len() {
			all["Ledgers"] += fmt.Sprintln(l.Entry(n+1).Event, l.Entry(n+1).Place)
		}
	}
	for _, sent := range s.Ledgers.InTransit() {
		all["Ledgers"] += fmt.Sprintln("in transit", sent)
	}
	for _, e := range s.Entitled.In(year) {
		all["Entitled"] += fmt.Sprintln(e.History())
	}
	if e := s.Entitled.OfPractice("Z99001", year); e != nil {
		all["Entitled"] += fmt.Sprintln("Z99001 is in", e.Network)
	}
	for _, c := range s.Challenges.About("QZ1") {
		all["Challenges"] += fmt.Sprintln(c.ID, c.Status(), c.Facts)
	}
	for d := range s.Challenges.LetGoBy(july.AddDays(90)) {
		all["Challenges"] += fmt.Sprintln("owed", d)
	}
	for _, p := range s.Policies.Of("QZ1") {
		all["Policies"] += fmt.Sprintln(p)
	}
	for _, p := range (&partners.Reading{State: s.Partners, Registry: systems, Today: year.Last()}).Positions("QZ1", year).Partners {
		all["Partners"] += fmt.Sprintln(p.Name(), p.ControlTotal().Value)
		for _, r := range p.Reports() {
			for _, h := range r.History() {
				all["Partners"] += fmt.Sprintln(r.Month(), h.Actual().Value, h.Entry(), h.Recorded().UTC())
			}
		}
	}
	for _, c := range s.Claims.Of("U99001", year).Claims() {
		all["Claims"] += fmt.Sprintln(c.Number, c.Status(), c.History(), c.Payment())
	}
	for _, c := range s.Claims.Unpaid() {
		all["Claims"] += fmt.Sprintln("to be paid:", c.Number)
	}
	for _, c := range s.Costed.Costs(of, nil, func(contract.Key) costed.Received { return costed.Received{} }, nil) {
		all["Costed"] += fmt.Sprintln(c.Name, c.Cost().Value)
		for _, p := range c.Payments() {
			all["Costed"] += fmt.Sprintln(p.Stream, p.Share, p.Entry())
		}
		for _, l := range c.Lines() {
			for _, h := range l.History() {
				all["Costed"] += fmt.Sprintln(l.Key, h.Cost(), h.Entry())
			}
		}
	}
	for n := range s.Staffing.Networks {
		for _, p := range n.Posts() {
			for _, h := range p.History() {
				all["Staffing"] += fmt.Sprintln(p.Number, h.Is.EventType(), h.Place)
			}
		}
		for _, b := range n.Baseline() {
			all["Staffing"] += fmt.Sprintln(b.Is.Role, b.Is.WTE, b.Place)
		}
	}
	return all
}

// Each domain's facts make a part of their own, and it comes back from a
// snapshot; there is no part but of these.
func TestEveryPartIsKept(t *testing.T) {
	of := map[string]string{
		"funding": "Ledgers", "entitlement": "Entitled", "challenge": "Challenges", "policy": "Policies", "partner": "Partners", "costing": "Costed", "workforce": "Claims", "staffing": "Staffing",
	}
	if parts := reflect.TypeFor[money.State]().NumField(); parts != len(of) || len(money.Domains) != len(of) {
		t.Fatalf("there are %d parts of %d domains, %d are tried", parts, len(money.Domains), len(of))
	}
	for _, domain := range money.Domains {
		s := follow(t, money.State{}, 0, story, domain)
		was, is := tells(s), tells(thawed(t, s))
		if _, there := was[of[domain]]; !there || len(was) != 1 {
			t.Errorf("%s makes %v", domain, was)
		}
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("%s is read back otherwise (-was +is):\n%s", domain, diff)
		}
	}
	at := view.Place{ID: "id-2", Ordinal: 2, Time: time.Unix(2, 0).UTC(), Cause: "why"}
	if e := thawed(t, follow(t, money.State{}, 0, story, "")).Ledgers.Ledger(head("QZ1", 1).Ledger).Entry(1); e.Place != at {
		t.Errorf("an entry stands at %+v, want %+v", e.Place, at)
	}
	if is := tells(thawed(t, money.State{})); len(is) > 0 {
		t.Errorf("nothing is read back as %v", is)
	}
}

// A state that was frozen at any moment and read back goes on as if it had not
// been.
func TestASnapshotGoesOn(t *testing.T) {
	whole := tells(follow(t, money.State{}, 0, story, ""))
	for n := range len(story) + 1 {
		part := follow(t, money.State{}, 0, story[:n], "")
		back := thawed(t, part)
		if diff := cmp.Diff(tells(part), tells(back)); diff != "" {
			t.Errorf("after %d facts, read back otherwise (-was +is):\n%s", n, diff)
		}
		if diff := cmp.Diff(whole, tells(follow(t, back, n, story[n:], ""))); diff != "" {
			t.Errorf("after %d facts, gone on otherwise (-was +is):\n%s", n, diff)
		}
	}
	for name, b := range map[string]string{
		"nothing": ``, "no parts": `[]{}`, "no ledgers": `{"entitled":[]}`, "a part that cannot be read": `[]{"entitled":[{"type":"entitlement.none.v1","data":{}}],"challenges":[],"policies":[],"partners":[],"costed":[],"claims":[]}`,
	} {
		if _, err := money.Thaw(strings.NewReader(b)); err == nil {
			t.Errorf("a snapshot of %s was read", name)
		}
	}
}

// What cannot be folded leaves all parts as they were.
func TestWhatIsNotFolded(t *testing.T) {
	s := follow(t, money.State{}, 0, story, "")
	was := tells(s)
	for name, r := range map[string]events.Recorded{
		"of another domain":    recorded(t, 99, network.NetworkRenamed{Network: "U99001", Name: "New"}),
		"of a later release":   {Envelope: events.Envelope{Type: "funding.received.v9"}, Data: json.RawMessage(`{}`)},
		"damaged":              {Envelope: events.Envelope{Type: "policy.set.v1"}, Data: json.RawMessage(`[]`)},
		"an entry twice":       recorded(t, 99, received("QZ1")),
		"a challenge's, twice": recorded(t, 99, story[4]),
	} {
		after, err := money.Follow(s, r)
		if diff := cmp.Diff(was, tells(after)); err == nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}
