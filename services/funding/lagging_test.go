package funding

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	due "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/book/booktest"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// A view that lags behind the others, and so holds back how far the book counts
// as read, does not hide what the others see.
func TestOneViewLags(t *testing.T) {
	dir, year := t.TempDir(), events.Year("2025/26")
	nats, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(dir, "nats"), Log: telemetry.Off().Log})
	booktest.Must(t, err)
	defer func() { booktest.Must(t, nats.Stop()) }()
	book := booktest.Open(t, dir, nats)
	e := book.Env("funding", "funding")
	rate, err := events.ParseRate("2")
	booktest.Must(t, err)
	lists := func(patients int) events.Position {
		return book.Record("practice-Z99001", network.ListSizeRecorded{Practice: "Z99001", Basis: network.Registered, On: year.Freeze(), Patients: patients}).Positions[0]
	}
	book.Record(events.Stream(year.Contract()),
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "core", Title: "Core", Payee: contract.Network}},
		contract.RateSet{Year: year, Line: contract.Line{Key: "core-line", StreamKey: "core", Basis: contract.Registered, Rate: rate, Per: contract.PerYear, Period: year.Period()}},
	)
	book.Record("practice-Z99001", network.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane"}, network.ContractMemberRecorded{Practice: "Z99001", On: year.Freeze(), Network: "U99001"})
	at := lists(100)

	monies, err1 := follow.New(e, book.Remote, moneyView, follow.Options[money.State]{})
	bodies, err2 := follow.New(e, book.Remote, registryView, follow.Options[registry.State]{})
	years, err3 := follow.New(e, book.Remote, contractView, follow.Options[terms.State]{})
	for _, err := range []error{err1, err2, err3} {
		booktest.Must(t, err)
	}
	run := func(follow func(context.Context, func()) error) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ready, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- follow(ctx, func() { close(ready) }) }()
		<-ready
		return func() { cancel(); booktest.Must(t, <-ended) }
	}
	defer run(monies.Run)()
	defer run(bodies.Run)()
	run(years.Run)() // it stands still where it is
	s := service{env: e, monies: monies, bodies: bodies, years: years, due: decider.New("funding", book.Remote, due.Family, entitlement.Evolve), refused: &refusals{of: map[string]string{}}}
	for _, patients := range []int{100, 150} {
		if patients != 100 {
			at = lists(patients)
		}
		_, err := bodies.Wait(t.Context(), at)
		booktest.Must(t, err)
		booktest.Must(t, s.entitle(t.Context()))
		booktest.Eventually(t, "what was computed is seen", func() bool {
			e := monies.Seen().State.Entitled.Of("U99001", year)
			if e == nil {
				return false
			}
			last, _ := e.Last()
			return last.Lines[0].Quantity == patients
		})
	}
}
