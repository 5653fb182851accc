package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network"
	"github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// relay fills a book, counts it, and then has it relayed and folded from an
// empty JetStream.
func relay(ctx context.Context, o Options) (f Figure, err error) {
	s, err := openShelf(ctx, o.Dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := fill(ctx, s.store, o.Facts); err != nil {
		return f, err
	}
	// The first time round counts the book too; only the second is measured.
	for pass := range 2 {
		o.Progress([]string{"counting and relaying it once", "facts relayed and folded from an empty JetStream"}[pass])
		if f, err = s.relayed(ctx, o.Facts); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (s *shelf) relayed(ctx context.Context, facts int) (f Figure, err error) {
	if err := s.empty(ctx); err != nil {
		return f, err
	}
	start, cpu := clock.System.Now(), used()
	if err := s.serve(ctx); err != nil {
		return f, err
	}
	replica, err := follow.New(s.env("network", s.reader, nil), remote.New(s.reader), network.View, follow.Options[view.State]{SnapshotEvery: 1 << 60})
	if err != nil {
		return f, err
	}
	following, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- replica.Run(following, func() {}) }()
	for replica.Seen().At.Ordinal < events.Ordinal(facts) {
		select {
		case err := <-ended:
			return f, errors.Join(errors.New("the view ended"), err)
		case <-ctx.Done():
			return f, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	elapsed := clock.System.Now().Sub(start)
	if status, err := remote.New(s.reader).Status(ctx); err != nil || status.Relayed < events.Ordinal(facts) {
		return f, fmt.Errorf("relayed %d of %d: %w", status.Relayed, facts, err)
	}
	f = Figure{Of: "facts", Rate: float64(facts) / elapsed.Seconds(), Count: facts,
		Note: fmt.Sprintf("%.2f s from starting the book to the view's having all", elapsed.Seconds())}
	f.each(used() - cpu)
	return f, nil
}

// empty stops the book and takes JetStream's folder away from it.
func (s *shelf) empty(ctx context.Context) error {
	if err := s.halt(); err != nil {
		return err
	}
	s.reader.Close()
	if err := s.nats.Stop(); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "nats")); err != nil {
		return err
	}
	var err error
	if s.nats, err = natsd.Embedded(natsd.Config{Dir: filepath.Join(s.dir, "nats"), Log: telemetry.Off().Log}); err != nil {
		return err
	}
	s.reader, err = s.nats.Connect(ctx, "network")
	return err
}

// fill records renamings of 1,298 networks, as many as England has.
func fill(ctx context.Context, s store.Store, facts int) error {
	const england = 1298
	revisions := map[events.Stream]events.Revision{}
	for done := 0; done < facts; {
		var appends sync.WaitGroup
		errs := make(chan error, england)
		for n := 0; n < england && done < facts; n++ {
			code := events.PCN(fmt.Sprintf("U%05d", n))
			stream := events.Stream(code.Entity())
			at, known := revisions[stream]
			if !known {
				at = events.NoStream
			}
			var entries []store.Entry
			for range min(50, facts-done) {
				e := fact.Event(fact.NetworkRegistered{Network: code, Name: "Network", System: "QZ1"})
				if at != events.NoStream || len(entries) > 0 {
					e = fact.NetworkRenamed{Network: code, Name: fmt.Sprintf("Network %d", done)}
				}
				data, err := json.Marshal(e)
				if err != nil {
					return err
				}
				entries = append(entries, store.Entry{Data: data, Envelope: events.Envelope{
					ID: events.ID(uuid.NewString()), Type: e.EventType(), Source: "network", Entities: e.Entities(),
					Ask: events.ID(uuid.NewString()), AskHash: "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg", Actor: "person-sample-steward"}})
				done++
			}
			revisions[stream] = at + events.Revision(len(entries))
			appends.Go(func() {
				if _, err := s.Append(ctx, stream, at, entries); err != nil {
					errs <- err
				}
			})
		}
		appends.Wait()
		select {
		case err := <-errs:
			return err
		default:
		}
	}
	return nil
}
