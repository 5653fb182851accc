// Package demo is an Integrated Care System that does not exist, to try the
// platform with: three places, fourteen networks, some fifty practices, and
// those who lead and speak for them. Nobody and nothing in it is real, but for the
// terms of the Network Contract, which hold for it as for all England.
//
// It is put into a book as anything else is: by asking. Each ask has an id for
// ever, so that it is recorded once, however often it is asked.
package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/contract/importing"
)

const (
	system = events.ICB("QZ1")
	// atOnce is how many asks are under way together.
	atOnce = 16
)

var (
	start   = events.Day(2019, time.July, 1)
	frozen  = events.Day(2026, time.January, 1)
	before  = events.Day(2025, time.January, 1)
	term    = events.Period{From: events.Day(2024, time.April, 1), To: events.Day(2027, time.March, 31)}
	mandate = events.Period{From: events.Day(2026, time.April, 1), To: events.Day(2027, time.March, 31)}
)

// Load asks for everything, a step at a time: what a step asks may build on the
// steps before, and is asked at once. send answers when it is recorded, with
// where; what is asked next has seen that. It stops at the first error.
func Load(ctx context.Context, send func(context.Context, Act, events.Position) (events.Position, error)) error {
	var seen events.Position
	for _, step := range Steps() {
		work, ctx := errgroup.WithContext(ctx)
		work.SetLimit(atOnce)
		at := make([]events.Position, len(step))
		for i, a := range step {
			work.Go(func() (err error) {
				at[i], err = send(ctx, a, seen)
				return err
			})
		}
		if err := work.Wait(); err != nil {
			return fmt.Errorf("the demonstration does not fit this book, choose an empty folder: %w", err)
		}
		for _, p := range at {
			if seen.Compare(p) < 0 {
				seen = p
			}
		}
	}
	return nil
}

// Steps are all asks, in an order in which each is possible. No step has two of
// one history, so that each history is the same wherever it is made.
func Steps() [][]Act {
	file := sha256.Sum256([]byte("invented"))
	digest := hex.EncodeToString(file[:])
	source := fact.NewSource(fact.Registrations, frozen, digest)

	opening := []ask.Ask{
		network.RegisterSystem{Code: system, Name: "Demonstration Integrated Care Board", Region: "Y59"},
		network.CiteSource{Source: source, Title: "invented-for-the-demonstration.csv", AsAt: frozen, SHA256: digest},
	}
	var registered, told, joined []ask.Ask
	for _, n := range networks {
		registered = append(registered, network.RegisterNetwork{Code: n.code, Name: n.name, System: system, Place: n.place})
		for _, p := range n.practices {
			registered = append(registered, network.RegisterPractice{Code: p.code, Name: p.name, System: system})
			told = append(told, network.ReportPractice{
				Report: network.Report{Source: source, AsAt: frozen},
				Code:   p.code, Name: p.name, System: system, Supplier: p.supplier,
				ListSizes: append(lists(p, before, 99), lists(p, frozen, 100)...),
			})
			from := start
			if day, later := joins[p.code]; later {
				from = day
			}
			joined = append(joined, network.Join{Practice: p.code, Network: n.code, From: from})
		}
	}
	steps := [][]ask.Ask{opening}
	for _, p := range places {
		steps = append(steps, []ask.Ask{p})
	}
	complete := network.CompleteSource{Source: source, Reports: len(told)}
	steps = append(steps, registered, told, append(joined, complete))
	return append(append(acts(append(append(steps, terms()), governance()...)), money()...), claims()...)
}

// lists are how many patients a practice had on a day: so many in a hundred of
// those it has.
func lists(p practice, on events.Date, percent int) []network.ListSize {
	return []network.ListSize{
		{Basis: fact.Registered, On: on, Patients: p.registered * percent / 100},
		{Basis: fact.Adjusted, On: on, Patients: p.adjusted * percent / 100},
		{Basis: fact.Weighted, On: on, Patients: p.weighted * percent / 100},
	}
}

// terms are the Network Contract of every year, as it is shipped: that is real.
func terms() (all []ask.Ask) {
	shipped, err := importing.Shipped()
	if err != nil {
		panic(err) // they are in the binary, and a test reads them
	}
	for _, d := range shipped {
		all = append(all, d.Ask)
	}
	return all
}

var places = []network.RegisterPlace{
	{System: system, Code: "NORTH", Name: "North Vale"},
	{System: system, Code: "CITY", Name: "City"},
	{System: system, Code: "COAST", Name: "Coast and Downs"},
}

// joins are the first days of those practices that were not there at the start.
var joins = map[events.Practice]events.Date{
	"Z99008": events.Day(2021, time.April, 1),
	"Z99045": events.Day(2023, time.October, 1),
}

// governance is who leads, speaks, moves and gives notice.
func governance() (steps [][]ask.Ask) {
	moved := []ask.Ask{
		// one came from another network
		network.Join{Practice: "Z99008", Network: "U99001", From: start, LastDay: events.Day(2021, time.March, 31)},
		// one left, is in none, and is looked after by a neighbour
		network.Leave{Practice: "Z99052", Network: "U99014", LastDay: events.Day(2025, time.March, 31)},
		// one will leave
		network.GiveNotice{Practice: "Z99027", Network: "U99007", Notice: fact.Leave, GivenOn: events.Day(2026, time.April, 14), LastDay: events.Day(2027, time.March, 31)},
		network.RecordLMC{System: system, Code: "DEMO", Name: "Demonstration Local Medical Committee"},
	}
	appointed, others := directors()
	steps = [][]ask.Ask{append(moved, appointed...), append(others,
		network.CoverPatients{Practice: "Z99052", Network: "U99013", From: events.Day(2025, time.April, 1)},
		speaks("person-demo-rep-1", networks[:7]),
	), {speaks("person-demo-rep-2", networks[7:])}}
	return append(steps, ends()...)
}

// directors are those who hold a post alone or first, and those who share one.
func directors() (first, second []ask.Ask) {
	one, half := decimal.One, decimal.MustParse("0.5")
	appoint := func(n events.PCN, person events.PersonRef, share decimal.Decimal, profession string, firstRole bool) ask.Ask {
		return network.AppointDirector{
			Network: n, Person: person, Share: share, Profession: profession, FirstRole: &firstRole,
			From: term.From, LastDay: term.To,
		}
	}
	for i, n := range networks {
		person := events.PersonRef(fmt.Sprintf("person-demo-cd-%02d", i+1))
		switch n.code {
		case jobShare:
			first = append(first, appoint(n.code, person, half, "GP", false))
			second = append(second, appoint(n.code, person+"b", half, "pharmacist", true))
		case notGP:
			first = append(first, appoint(n.code, person, one, "nurse", true))
		default:
			first = append(first, appoint(n.code, person, one, "GP", i%3 == 0))
		}
	}
	return first, second
}

const (
	jobShare = events.PCN("U99004")
	notGP    = events.PCN("U99006")
	vacant   = events.PCN("U99009")
	leaving  = events.PCN("U99011")
)

// ends are the director who has gone, the one who will, and the deputies.
func ends() [][]ask.Ask {
	return [][]ask.Ask{{
		network.EndDirector{Network: vacant, Person: "person-demo-cd-09", LastDay: events.Day(2026, time.February, 28)},
		network.GiveDirectorNotice{Network: leaving, Person: "person-demo-cd-11", GivenOn: events.Day(2026, time.June, 1), LastDay: events.Day(2026, time.December, 31)},
	}, {
		network.NameDeputy{Network: vacant, Person: "person-demo-deputy-09", From: events.Day(2026, time.March, 1)},
		network.NameDeputy{Network: "U99001", Person: "person-demo-deputy-01", From: term.From},
	}}
}

func speaks(person events.PersonRef, of []net) ask.Ask {
	a := network.MandateRepresentative{
		System: system, Person: person, Body: "Primary Care Board",
		Topics: []string{"estates", "workforce"}, From: mandate.From, LastDay: mandate.To,
	}
	for _, n := range of {
		a.Networks = append(a.Networks, n.code)
	}
	return a
}

// ID is what an ask of the demonstration is known by: the same for the same
// request, for ever. One that a later release asks otherwise is another.
func ID(a ask.Ask) (events.ID, error) {
	if act, is := a.(Act); is {
		a = act.Ask
	}
	input, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://openbook/demo"))
	return events.ID(uuid.NewSHA1(space, fmt.Appendf(nil, "%s\n%s\n%s", a.Stream(), a.Subject(), input)).String()), nil
}
