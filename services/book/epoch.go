package book

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// settle finds out where the stream BOOK ends. A stream that is not a true copy
// of the store's beginning, or not there, is made anew under a new epoch.
func (r *relay) settle(ctx context.Context) error {
	head, err := r.store.Head(ctx)
	if err != nil {
		return err
	}
	// A stream can be compared only with facts that are counted.
	if err := r.index.Reach(ctx, head); err != nil {
		return err
	}
	stream, err := r.js.Stream(ctx, carrier.Stream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return r.begin(ctx)
	case err != nil:
		return fmt.Errorf("look at stream %s: %w", carrier.Stream, err)
	}
	flaw, err := r.flaw(ctx, stream)
	if err != nil {
		return fmt.Errorf("compare stream %s with the store: %w", carrier.Stream, err)
	}
	if flaw != "" {
		if err := r.js.DeleteStream(ctx, carrier.Stream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("delete stream %s: %w", carrier.Stream, err)
		}
		r.log.WarnContext(ctx, "the stream is deleted: it is no copy of the book", "reason", flaw, "stream", carrier.Stream, "counted", r.index.Mark().Ordinal)
		return r.begin(ctx)
	}
	info := stream.CachedInfo()
	epoch := carrier.Epoch(info.Config.Metadata[carrier.EpochKey])
	if want := r.config(epoch); info.Config.Replicas != want.Replicas {
		if _, err := r.js.UpdateStream(ctx, want); err != nil {
			return fmt.Errorf("give stream %s %d replicas: %w", carrier.Stream, want.Replicas, err)
		}
	}
	r.epoch.Store(epoch)
	r.last.Store(info.State.LastSeq)
	return nil
}

// flaw says what keeps the stream from being a true copy of the beginning of
// the book, or nothing. Being short is no flaw. It is enough to compare the
// last message, and the first after those known to be relayed: the stream
// refuses changes, and what was published into it had to follow on what was
// there.
func (r *relay) flaw(ctx context.Context, stream jetstream.Stream) (string, error) {
	info := stream.CachedInfo()
	epoch, state := info.Config.Metadata[carrier.EpochKey], info.State
	switch {
	case info.Config.Metadata[carrier.BookKey] != string(r.book):
		return fmt.Sprintf("it is of book %q", info.Config.Metadata[carrier.BookKey]), nil
	case epoch == "":
		return "it is of no epoch", nil
	case state.LastSeq == 0:
		return "", nil
	case state.FirstSeq != 1 || state.NumDeleted != 0 || state.Msgs != state.LastSeq:
		return fmt.Sprintf("it has %d messages from %d to %d: some are missing", state.Msgs, state.FirstSeq, state.LastSeq), nil
	case events.Ordinal(state.LastSeq) > r.index.Mark().Ordinal:
		return fmt.Sprintf("it has %d facts, the store %d", state.LastSeq, r.index.Mark().Ordinal), nil
	}
	// What follows on what is known to be relayed was accepted unheard, and could
	// follow on a message that is none of the book's.
	for _, sequence := range []uint64{min(uint64(r.Relayed())+1, state.LastSeq), state.LastSeq} {
		if flaw, err := r.differs(ctx, stream, sequence, carrier.Epoch(epoch)); flaw != "" || err != nil {
			return flaw, err
		}
	}
	return "", nil
}

// differs says how a message differs from the fact it should be, or nothing.
func (r *relay) differs(ctx context.Context, stream jetstream.Stream, sequence uint64, epoch carrier.Epoch) (string, error) {
	m, err := stream.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Sprintf("its message %d cannot be read", sequence), nil
	}
	if err != nil {
		return "", err
	}
	fact, said, err := carrier.Decode(m.Header, m.Data)
	if err != nil {
		return fmt.Sprintf("its message %d: %v", sequence, err), nil
	}
	mark, err := r.index.At(ctx, events.Ordinal(sequence))
	if err != nil {
		return "", err
	}
	switch {
	case said != epoch:
		return fmt.Sprintf("its message %d is of epoch %s, it of %s", sequence, said, epoch), nil
	case (store.Mark{Ordinal: fact.Ordinal, Position: fact.Position, ID: fact.ID, Time: fact.Time}) != mark:
		return fmt.Sprintf("its message %d is fact %s as %d, the store's is %s as %d", sequence, fact.ID, fact.Ordinal, mark.ID, mark.Ordinal), nil
	}
	return "", nil
}

// begin makes the stream, empty, under a new epoch.
func (r *relay) begin(ctx context.Context) error {
	epoch := carrier.Epoch(uuid.NewString())
	if _, err := r.js.CreateStream(ctx, r.config(epoch)); err != nil {
		return fmt.Errorf("create stream %s: %w", carrier.Stream, err)
	}
	level := slog.LevelInfo
	if r.index.Mark().Ordinal > 0 {
		level = slog.LevelWarn // readers have to begin again
	}
	r.log.Log(ctx, level, "there was no stream: it is made, and the book relayed from its beginning", "stream", carrier.Stream, "epoch", epoch, "facts", r.index.Mark().Ordinal)
	r.epoch.Store(epoch)
	r.last.Store(0)
	return nil
}

// config is the stream as it has to be: without limits, and without a way to
// take a message out.
func (r *relay) config(epoch carrier.Epoch) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        carrier.Stream,
		Description: "A copy of the book for its readers. The relay makes it from the event store.",
		Subjects:    []string{carrier.Subjects},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		MaxMsgs:     -1,
		MaxBytes:    -1,
		Discard:     jetstream.DiscardNew,
		Replicas:    r.replicas,
		DenyDelete:  true,
		DenyPurge:   true,
		Metadata:    map[string]string{carrier.BookKey: string(r.book), carrier.EpochKey: string(epoch)},
	}
}
