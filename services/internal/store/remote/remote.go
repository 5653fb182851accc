// Package remote is the book as every other service sees it: the port of
// package store, over NATS.
package remote

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"go.opentelemetry.io/otel/propagation"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// patience bounds one request whose context has no deadline of its own.
const patience = 5 * time.Second

// Book is the book behind a connection. A book that is away, slow or behind a
// broken connection answers with an error that wraps [store.ErrUnavailable].
type Book struct {
	nc   *nats.Conn
	post post
}

var (
	_ store.Store = (*Book)(nil)
	_ store.Index = (*Book)(nil)
)

// New returns the book that answers on nc. It asks nothing yet.
func New(nc *nats.Conn) *Book { return &Book{nc, post{nc: nc}} }

// Append implements [store.Store]. Appends of many callers go to the book
// together.
func (b *Book) Append(ctx context.Context, stream events.Stream, expected events.Revision, facts []store.Entry) (done store.Appended, err error) {
	if err := store.Check(stream, expected, facts); err != nil {
		return done, err // a request beyond the limits might not even fit a message
	}
	request, err := wire.EncodeAppend(telemetry.Traceparent(ctx), stream, expected, facts)
	if err != nil {
		return done, err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	return b.post.send(ctx, request)
}

// bounded gives a context a deadline if it has none.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, patience)
}

// ReadStream implements [store.Store]; it begins when the first fact is taken.
func (b *Book) ReadStream(ctx context.Context, stream events.Stream, from events.Revision) iter.Seq2[events.Recorded, error] {
	return pages(b, ctx, wire.SubjectReadStream, wire.ReadStream{Stream: stream, From: from},
		func(r *wire.ReadStream, p *wire.Page) { r.From, r.Until = last(p).Revision+1, p.Until })
}

// ReadAll implements [store.Store]; it begins when the first fact is taken.
func (b *Book) ReadAll(ctx context.Context, after events.Position) iter.Seq2[events.Recorded, error] {
	return pages(b, ctx, wire.SubjectReadAll, wire.ReadAll{After: after},
		func(r *wire.ReadAll, p *wire.Page) { r.After, r.Until = last(p).Position, p.Until })
}

// Head implements [store.Store].
func (b *Book) Head(ctx context.Context) (events.Position, error) {
	var head wire.Head
	err := b.ask(ctx, wire.SubjectHead, nil, &head)
	return head.Position, err
}

// IndexHead implements [store.Index].
func (b *Book) IndexHead(ctx context.Context) (mark store.Mark, err error) {
	err = b.ask(ctx, wire.SubjectIndexHead, nil, &mark)
	return mark, err
}

// Range implements [store.Index]; it begins when the first fact is taken.
func (b *Book) Range(ctx context.Context, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return pages(b, ctx, wire.SubjectRange, wire.Range{After: after, Upto: upto},
		func(r *wire.Range, p *wire.Page) { r.After, r.Upto = last(p).Ordinal, p.Upto })
}

// About implements [store.Index]; it begins when the first fact is taken.
func (b *Book) About(ctx context.Context, entity events.Entity, after, upto events.Ordinal) iter.Seq2[events.Recorded, error] {
	return pages(b, ctx, wire.SubjectAbout, wire.About{Entity: entity, After: after, Upto: upto},
		func(r *wire.About, p *wire.Page) { r.After, r.Upto = last(p).Ordinal, p.Upto })
}

// AsAt implements [store.Index].
func (b *Book) AsAt(ctx context.Context, t time.Time) (mark store.Mark, err error) {
	err = b.askJSON(ctx, wire.SubjectAsAt, wire.AsAt{Time: t}, &mark)
	return mark, err
}

// ByID implements [store.Index].
func (b *Book) ByID(ctx context.Context, id events.ID) (fact events.Recorded, err error) {
	err = b.askJSON(ctx, wire.SubjectByID, wire.ByID{ID: id}, &fact)
	return fact, err
}

// Receipt is the book's word, as a proof.Receipt in JSON, that it holds the entry
// with an id; with reach, of one that may not be counted yet. The error wraps
// [store.ErrNotFound] where it holds none.
func (b *Book) Receipt(ctx context.Context, id events.ID, reach events.Position) (receipt json.RawMessage, err error) {
	err = b.askJSON(ctx, wire.SubjectReceipt, wire.Receipt{ID: id, Reach: reach}, &receipt)
	return receipt, err
}

// Checkpoint is the newest signed checkpoint, and the keys that it is by.
func (b *Book) Checkpoint(ctx context.Context) (c wire.Checkpoint, err error) {
	err = b.ask(ctx, wire.SubjectCheckpoint, nil, &c)
	return c, err
}

// Tile is the hash tile at a path of the C2SP tlog-tiles layout. The error wraps
// [store.ErrNotFound] where the newest checkpoint's tree has none.
func (b *Book) Tile(ctx context.Context, path string) (hashes []byte, err error) {
	err = b.askJSON(ctx, wire.SubjectTile, wire.Tile{Path: path}, &hashes)
	return hashes, err
}

// Status says how far the facts have come.
func (b *Book) Status(ctx context.Context) (status wire.Status, err error) {
	err = b.ask(ctx, wire.SubjectStatus, nil, &status)
	return status, err
}

func last(p *wire.Page) *events.Recorded { return &p.Facts[len(p.Facts)-1] }

// pages yields a reading page by page; next turns the request for one page into
// that for the one after it.
func pages[R any](b *Book, ctx context.Context, subject string, request R, next func(*R, *wire.Page)) iter.Seq2[events.Recorded, error] {
	return func(yield func(events.Recorded, error) bool) {
		request := request // each range over the iterator starts from the beginning
		for {
			var page wire.Page
			if err := b.askJSON(ctx, subject, request, &page); err != nil {
				yield(events.Recorded{}, err)
				return
			}
			for _, r := range page.Facts {
				if !yield(r, nil) {
					return
				}
			}
			if !page.More || len(page.Facts) == 0 {
				return
			}
			next(&request, &page)
		}
	}
}

func (b *Book) askJSON(ctx context.Context, subject string, request, reply any) error {
	data, err := json.Marshal(request)
	if err != nil {
		return err
	}
	return b.ask(ctx, subject, data, reply)
}

// ask is one request and its reply. The trace that ctx belongs to goes along.
func (b *Book) ask(ctx context.Context, subject string, request []byte, reply any) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	m := &nats.Msg{Subject: subject, Header: nats.Header{}, Data: request}
	propagation.TraceContext{}.Inject(ctx, wire.TraceHeader(m.Header))
	answer, err := b.nc.RequestMsgWithContext(ctx, m)
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return wire.Error("TOO_LARGE", err.Error())
	case err != nil: // no responders, out of time, disconnected, closed
		return wire.Unavailable(err)
	}
	if code := answer.Header[micro.ErrorCodeHeader]; len(code) > 0 {
		return wire.Error(code[0], answer.Header.Get(micro.ErrorHeader))
	}
	return json.Unmarshal(answer.Data, reply)
}
