package importing_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/importing"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/platform"
)

// site is a platform in this process, with a system, two networks and a practice
// of one.
type site struct {
	t         *testing.T
	url, data string

	maker, checker, manager, practice *client.Client
}

func start(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, data: t.TempDir()}
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan platform.Started, 1), make(chan error, 1)
	go func() {
		ended <- platform.Up(ctx, platform.Config{Data: s.data, Listen: "127.0.0.1:0", Log: io.Discard}, func(s platform.Started) { started <- s })
	}()
	t.Cleanup(sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the platform ended with: %v", err)
		}
	}))
	select {
	case at := <-started:
		s.url = at.URL
	case err := <-ended:
		ended <- nil
		t.Fatalf("the platform did not start: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("the platform did not start within a minute")
	}
	steward := s.as("steward", ask.Steward, ask.England)
	finance := events.ICB("QZ1").Entity()
	s.maker, s.checker = s.as("maker", ask.Finance, finance), s.as("checker", ask.Finance, finance)
	s.manager, s.practice = s.as("manager", ask.PCN, "network-U99001"), s.as("practice", ask.Practice, "practice-Z99001")
	must(t, steward.RegisterSystem, network.RegisterSystem{Code: "QZ1", Name: "System"})
	must(t, steward.RegisterNetwork, network.RegisterNetwork{Code: "U99001", Name: "North", System: "QZ1"})
	must(t, steward.RegisterNetwork, network.RegisterNetwork{Code: "U99002", Name: "South", System: "QZ1"})
	must(t, steward.RegisterPractice, network.RegisterPractice{Code: "Z99001", Name: "Mill Lane", System: "QZ1"})
	return s
}

// as signs somebody in who has a role for an organisation.
func (s *site) as(person string, role ask.Role, of events.Entity) *client.Client {
	s.t.Helper()
	local, err := identity.OpenLocal(s.data, clock.System, slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := local.Mint(identity.Person{Ref: events.PersonRef("person-" + person), Name: person, Client: "test", Grants: []ask.Grant{{Role: role, Of: of}}}, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := client.New(s.url, client.Token(token), client.Visible())
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func must[A, R any](t *testing.T, do func(context.Context, A) (R, error), a A) R {
	t.Helper()
	r, err := do(t.Context(), a)
	if err != nil {
		t.Fatalf("%T: %v", a, err)
	}
	return r
}

var ledger = funding.Ledger{System: "QZ1", Year: "2025/26"}

var july = events.Day(2025, time.July, 1)

// act is an act upon money of a stream in July.
func act(stream fact.Stream, reference string, amount events.GBP) funding.Act {
	return funding.Act{Ledger: ledger, On: july, Reference: reference, Money: funding.Money{FundingStream: stream, Purpose: "anything", Amount: amount}}
}

// allocated gives network U99001 money that is not paid yet.
func (s *site) allocated(stream fact.Stream, amount events.GBP) {
	s.t.Helper()
	must(s.t, s.maker.ReceiveFunding, funding.ReceiveFunding{Act: act(stream, "E1", amount)})
	must(s.t, s.maker.AllocateFunding, funding.AllocateFunding{Upon: funding.Upon{Act: act(stream, "A1", amount), Payee: north}})
}

var north = funding.Payee{Network: "U99001"}

// funded gives network U99001 money that it has confirmed.
func (s *site) funded(stream fact.Stream, amount events.GBP) {
	s.t.Helper()
	s.allocated(stream, amount)
	asked := must(s.t, s.maker.RequestPayment, funding.RequestPayment{Upon: funding.Upon{Act: act(stream, "P1", amount), Payee: north}})
	must(s.t, s.checker.ApproveFundingRequest, funding.ApproveRequest{Answer: funding.Answer{Ledger: ledger, On: july, Entry: int(asked.Receipt.Revision) + 1}})
	must(s.t, s.manager.ConfirmReceipt, funding.ConfirmReceipt{Own: funding.Own{Act: act(stream, "C1", amount), Payee: north}})
}

// entries are the types of the ledger's entries.
func (s *site) entries() (all []string) {
	s.t.Helper()
	for e, err := range s.checker.Entries(s.t.Context(), fact.Ledger{System: "QZ1", Year: "2025/26"}.Entity(), time.Time{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(e.Type, "funding."), ".v1"))
	}
	return all
}

// file writes a file of that content.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// told is an outcome in short: the counts and each problem.
func told(out *importing.Outcome) (all []string) {
	for _, p := range out.Problems {
		all = append(all, p.Error())
	}
	return append(all, out.Notes...)
}
