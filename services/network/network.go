// Package network is the registry's service: it decides what may happen to
// systems, places, networks and practices, by what it has seen of them.
package network

import (
	"context"
	"errors"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	asks "github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/person"
	"github.com/ics-openbook/openbook/services/network/practice"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

// stale is how long an ask waits for the registry to have seen what its asker
// has seen.
const stale = 2 * time.Second

// View is how the registry is followed, here and in the gateway.
var View = follow.View[view.State]{
	Name: "registry", Version: view.Version, Domains: []string{"network"},
	Evolve: view.Follow, Freeze: view.Freeze, Thaw: view.Thaw,
}

// Run is the service, in the surroundings it is given, until ctx is done.
func Run(ctx context.Context, e env.Env) (err error) {
	book := remote.New(e.NATS)
	keeper, err := newKeeper(e.Keys, e.Clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keeper.keys.Close()) }()
	registry, err := follow.New(e, book, View, follow.Options[view.State]{Keep: 1, Watch: keeper.watch}) // nobody asks it about the past
	if err != nil {
		return err
	}
	srv, err := serve.New(e, "network", "0.1.0")
	if err != nil {
		return err
	}
	known := func(ctx context.Context, after events.Position) (view.State, events.Ordinal, error) {
		ctx, cancel := context.WithTimeout(ctx, stale)
		defer cancel()
		seen, err := registry.Wait(ctx, after)
		return seen.State, seen.At.Ordinal, err
	}
	seen := func() view.State { return registry.Seen().State }
	systems := decider.New("network", book, fact.SystemFamily, system.Evolve)
	networks := decider.New("network", book, fact.NetworkFamily, pcn.Evolve)
	practices := decider.New("network", book, fact.PracticeFamily, practice.Evolve)
	persons := decider.New("network", book, fact.PersonFamily, person.Evolve)
	sources := decider.New("network", book, fact.SourceFamily, source.Evolve)
	if err := errors.Join(
		answer(srv, systems, known, system.Register),
		answer(srv, systems, known, system.Rename),
		answer(srv, systems, known, system.RegisterPlace),
		answer(srv, systems, known, system.RenamePlace),
		answer(srv, systems, known, system.Report),
		answer(srv, systems, known, system.Succeed),
		answer(srv, systems, known, system.RecordLMC),
		answer(srv, systems, known, system.Mandate),
		answer(srv, systems, known, system.EndMandate),
		answer(srv, networks, known, pcn.Register),
		answer(srv, networks, known, pcn.Rename),
		answer(srv, networks, known, pcn.Report),
		answer(srv, networks, known, pcn.Close),
		answer(srv, networks, known, pcn.Reopen),
		answer(srv, networks, known, pcn.Move),
		answer(srv, networks, known, pcn.Merge),
		answer(srv, networks, known, pcn.Split),
		answer(srv, networks, known, pcn.Appoint),
		answer(srv, networks, known, pcn.GiveNotice),
		answer(srv, networks, known, pcn.End),
		answer(srv, networks, known, pcn.NameDeputy),
		answer(srv, practices, known, practice.Register),
		answer(srv, practices, known, practice.Rename),
		answer(srv, practices, known, practice.Join),
		answer(srv, practices, known, practice.Leave),
		answer(srv, practices, known, practice.Report),
		answer(srv, practices, known, practice.Close),
		answer(srv, practices, known, practice.Move),
		answer(srv, practices, known, practice.GiveNotice),
		answer(srv, practices, known, practice.WithdrawNotice),
		answer(srv, practices, known, practice.Cover),
		answer(srv, practices, known, practice.RecordListSize),
		answer(srv, sources, known, source.Cite),
		answer(srv, sources, known, source.Complete),
		serve.Answer(srv, aboutPerson(persons, known, person.Name, keeper.seal)),
		serve.Answer(srv, aboutPerson(persons, known, person.Erase, nil)),
		serve.Tell(srv, asks.UnsealSubject, keeper.unseal(seen)),
	); err != nil {
		return err
	}
	answering := func(ctx context.Context) error {
		if err := keeper.apply(ctx, seen()); err != nil { // before any name is told
			return err
		}
		return srv.Run(ctx)
	}
	return follow.Together(ctx, []follow.Following{registry}, answering, func(ctx context.Context) error { return keeper.run(ctx, seen) })
}

func aboutPerson[A ask.Ask](
	d *decider.Decider[person.State, fact.PersonEvent], known func(context.Context, events.Position) (view.State, events.Ordinal, error),
	decide func(person.State, person.Known, A) ([]fact.PersonEvent, error),
	seal func(context.Context, person.Known, A, []byte) (person.Known, string, error),
) serve.Decision[person.State, person.Known, fact.PersonEvent, A] {
	return serve.Decision[person.State, person.Known, fact.PersonEvent, A]{
		Decider: d, Decide: decide, Seal: seal,
		Above: func(k person.Known, e events.Entity) []events.Entity { return k.Above(e) },
		Known: func(ctx context.Context, after events.Position) (person.Known, events.Ordinal, error) {
			s, upto, err := known(ctx, after)
			return person.Known{State: s}, upto, err
		},
	}
}

func answer[S any, E fact.Event, A ask.Ask](
	srv *serve.Server, d *decider.Decider[S, E],
	known func(context.Context, events.Position) (view.State, events.Ordinal, error),
	decide func(S, view.State, A) ([]E, error),
) error {
	return serve.Answer(srv, serve.Decision[S, view.State, E, A]{
		Decider: d, Known: known, Above: view.State.Above, Decide: decide,
	})
}
