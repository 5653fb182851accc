package book

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/notary"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

const (
	scope = "github.com/ics-openbook/openbook/services/book"

	// How many requests are worked on at once; the next is answered BUSY.
	// Appends mostly wait, for the flush they share; readings mostly work.
	appendsAtOnce  = 64 // requests, of up to wire.MaxAppends each
	readingsAtOnce = 64

	// patience bounds the work on one request. Whoever asked has given up by
	// then.
	patience = 5 * time.Second
)

// door is the book's presence on NATS.
type door struct {
	progress
	notary *notary.Notary // nil where nothing is signed
	meters meters
	log    *slog.Logger
	tracer trace.Tracer

	nc        *nats.Conn
	svc       micro.Service
	ctx       context.Context // of the work on requests; outlives the service's own
	giveUp    context.CancelFunc
	appending chan struct{} // a slot for each request to append at work
	reading   chan struct{}
}

// endpoint is a subject that is answered, and how many requests at once.
type endpoint struct {
	name, subject string
	slots         chan struct{}
	answer        func(context.Context, micro.Request) ([]byte, error)
}

// reads are what any replica answers.
func (d *door) reads() []endpoint {
	return []endpoint{
		{"stream", wire.SubjectReadStream, d.reading, asked(d.readStream)},
		{"all", wire.SubjectReadAll, d.reading, asked(d.readAll)},
		{"range", wire.SubjectRange, d.reading, asked(d.readRange)},
		{"about", wire.SubjectAbout, d.reading, asked(d.about)},
		{"head", wire.SubjectHead, d.reading, d.head},
		{"indexhead", wire.SubjectIndexHead, d.reading, d.indexHead},
		{"asat", wire.SubjectAsAt, d.reading, asked(d.asAt)},
		{"byid", wire.SubjectByID, d.reading, asked(d.byID)},
	}
}

// leads are what the one that leads answers.
func (d *door) leads() []endpoint {
	return []endpoint{
		{"append", wire.SubjectAppend, d.appending, d.append},
		{"receipt", wire.SubjectReceipt, d.reading, asked(d.receipt)},
		{"checkpoint", wire.SubjectCheckpoint, d.reading, d.checkpoint},
		{"tile", wire.SubjectTile, d.reading, asked(d.tile)},
		{"status", wire.SubjectStatus, d.reading, d.status},
	}
}

// openDoor returns once requests are answered.
func openDoor(e env.Env, p progress, n *notary.Notary, m meters, endpoints func(*door) []endpoint) (*door, error) {
	svc, err := micro.AddService(e.NATS, micro.Config{Name: "book", Version: "1.0.0", Description: "the event store's door"})
	if err != nil {
		return nil, fmt.Errorf("announce the book: %w", err)
	}
	d := &door{
		progress: p, notary: n, meters: m, log: e.Telemetry.Log, tracer: e.Telemetry.Traces.Tracer(scope), nc: e.NATS, svc: svc,
		appending: make(chan struct{}, appendsAtOnce), reading: make(chan struct{}, readingsAtOnce),
	}
	d.ctx, d.giveUp = context.WithCancel(context.Background()) // Close ends it
	for _, endpoint := range endpoints(d) {
		handler := micro.HandlerFunc(func(req micro.Request) { d.hand(req, endpoint.slots, endpoint.answer) })
		if err := svc.AddEndpoint(endpoint.name, handler, micro.WithEndpointSubject(endpoint.subject)); err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", endpoint.subject, err), d.Close())
		}
	}
	// The server has the subscriptions only once it has answered a flush.
	if err := e.NATS.FlushTimeout(patience); err != nil {
		return nil, errors.Join(fmt.Errorf("listen on NATS: %w", err), d.Close())
	}
	return d, nil
}

// Close waits for the requests at work by taking every slot itself. Those that
// still come find none: stopping the service is no more than asking the server
// to send no others.
func (d *door) Close() error {
	err := d.svc.Stop()
	_ = d.nc.FlushTimeout(farewell) // what the server sent before it knew is here now; without a server nothing is
	timer := time.AfterFunc(farewell, d.giveUp)
	defer timer.Stop()
	for _, slots := range []chan struct{}{d.appending, d.reading} {
		for range cap(slots) {
			slots <- struct{}{}
		}
	}
	d.giveUp()
	return err
}

// hand gives a request to a goroutine of its own, if there is a slot for it. An
// endpoint's handler is called for one request after another, so it must not
// wait: one flush to disk would follow another.
func (d *door) hand(req micro.Request, slots chan struct{}, answer func(context.Context, micro.Request) ([]byte, error)) {
	select {
	case slots <- struct{}{}:
	default:
		d.reply(req, nil, refuse.ErrBusy)
		return
	}
	go func() {
		defer func() { <-slots }()
		ctx, cancel := context.WithTimeout(d.ctx, patience)
		defer cancel()
		data, err := answer(ctx, req)
		d.reply(req, data, err)
	}()
}

// reply answers a request, in the form of micro but not by its means: those
// note the outcome in the request, which its own goroutine is reading by now.
func (d *door) reply(req micro.Request, data []byte, err error) {
	m := &nats.Msg{Subject: req.Reply(), Data: data}
	if err != nil {
		code := wire.Code(err)
		if code == wire.Fault {
			d.log.Error("a request failed", "subject", req.Subject(), "error", err)
		}
		m.Header = nats.Header{micro.ErrorCodeHeader: {code}, micro.ErrorHeader: {err.Error()}}
	}
	if err := d.nc.PublishMsg(m); err != nil {
		d.log.Warn("an answer was lost", "subject", req.Subject(), "error", err)
	}
}

// append tries every append of a request at once, so that they wait for one
// flush together. Each has its own outcome.
func (d *door) append(ctx context.Context, req micro.Request) ([]byte, error) {
	all, err := wire.DecodeAppends(req.Data())
	if err != nil {
		return nil, err
	}
	outcomes := make([]wire.Outcome, len(all))
	var work sync.WaitGroup
	for i, a := range all[1:] {
		work.Go(func() { outcomes[1+i] = d.appendOne(ctx, a) })
	}
	outcomes[0] = d.appendOne(ctx, all[0])
	work.Wait()
	d.index.Wake()
	return json.Marshal(outcomes)
}

func (d *door) appendOne(ctx context.Context, a wire.Append) wire.Outcome {
	ctx, span := d.tracer.Start(telemetry.WithTraceparent(ctx, a.Traceparent), "append", trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("openbook.stream", string(a.Stream)), attribute.Int("openbook.facts", len(a.Facts))))
	defer span.End()
	began := d.clock.Now()
	done, err := d.store.Append(ctx, a.Stream, a.Expected, a.Facts)
	if err != nil {
		span.RecordError(err)
		code := wire.Code(err)
		if code == wire.Fault {
			d.log.ErrorContext(ctx, "an append failed", "stream", a.Stream, "error", err)
		}
		return wire.Outcome{Code: code, Error: err.Error()}
	}
	d.meters.recorded(ctx, len(a.Facts), d.clock.Now().Sub(began))
	return wire.Outcome{Done: done}
}

func (d *door) readStream(ctx context.Context, r wire.ReadStream) ([]byte, error) {
	until, err := d.until(ctx, r.Until)
	if err != nil {
		return nil, err
	}
	return page(d.store.ReadStream(ctx, r.Stream, r.From), wire.Page{Until: until})
}

func (d *door) readAll(ctx context.Context, r wire.ReadAll) ([]byte, error) {
	until, err := d.until(ctx, r.Until)
	if err != nil {
		return nil, err
	}
	return page(d.store.ReadAll(ctx, r.After), wire.Page{Until: until})
}

// until is where a reading ends that began now, or said already where it ends.
func (d *door) until(ctx context.Context, said events.Position) (events.Position, error) {
	if !said.IsZero() {
		return said, nil
	}
	return d.store.Head(ctx)
}

func (d *door) readRange(ctx context.Context, r wire.Range) ([]byte, error) {
	upto := d.upto(r.Upto)
	return page(d.index.Range(ctx, r.After, upto), wire.Page{Upto: upto})
}

func (d *door) about(ctx context.Context, r wire.About) ([]byte, error) {
	upto := d.upto(r.Upto)
	return page(d.index.About(ctx, r.Entity, r.After, upto), wire.Page{Upto: upto})
}

func (d *door) upto(said events.Ordinal) events.Ordinal {
	if said > 0 {
		return said
	}
	return d.index.Mark().Ordinal
}

// page writes as many facts as one page holds; of the given Page, it takes
// where the reading ends.
func page(facts iter.Seq2[events.Recorded, error], p wire.Page) ([]byte, error) {
	b, n := []byte(`{"facts":[`), 0
	for r, err := range facts {
		if err != nil {
			return nil, err
		}
		if !p.Until.IsZero() && r.Position.Compare(p.Until) > 0 {
			break // recorded after the reading began
		}
		before := len(b)
		if n > 0 {
			b = append(b, ',')
		}
		if b, err = wire.EncodeFact(b, &r); err != nil {
			return nil, err
		}
		if n == wire.PageFacts || n > 0 && len(b) > wire.PageBytes {
			b, p.More = b[:before], true
			break
		}
		n++
	}
	b = fmt.Appendf(b, `],"more":%t,"upto":%d`, p.More, p.Upto)
	if !p.Until.IsZero() {
		b = fmt.Appendf(b, `,"until":%q`, p.Until)
	}
	return append(b, '}'), nil
}

func (d *door) head(ctx context.Context, _ micro.Request) ([]byte, error) {
	head, err := d.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(wire.Head{Position: head})
}

func (d *door) indexHead(context.Context, micro.Request) ([]byte, error) {
	return json.Marshal(d.index.Mark())
}

func (d *door) asAt(ctx context.Context, r wire.AsAt) ([]byte, error) {
	mark, err := d.index.AsAt(ctx, r.Time)
	if err != nil {
		return nil, err
	}
	return json.Marshal(mark)
}

func (d *door) byID(ctx context.Context, r wire.ByID) ([]byte, error) {
	fact, err := d.index.ByID(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return wire.EncodeFact(nil, &fact)
}

func (d *door) receipt(ctx context.Context, r wire.Receipt) ([]byte, error) {
	if d.notary == nil {
		return nil, errUnsigned
	}
	receipt, err := d.notary.Receipt(ctx, r.ID, r.Reach)
	if err != nil {
		return nil, err
	}
	return json.Marshal(receipt)
}

func (d *door) checkpoint(context.Context, micro.Request) ([]byte, error) {
	if d.notary == nil {
		return nil, errUnsigned
	}
	return json.Marshal(wire.Checkpoint{Note: string(d.notary.Checkpoint()), Keys: d.notary.Keyring.Public.String()})
}

func (d *door) tile(_ context.Context, r wire.Tile) ([]byte, error) {
	if d.notary == nil {
		return nil, errUnsigned
	}
	t, err := proof.ParseTilePath(r.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrMalformed, err)
	}
	hashes, err := d.notary.Tile(t)
	if errors.Is(err, proof.ErrRange) {
		return nil, fmt.Errorf("%w: %w", store.ErrNotFound, err)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(hashes)
}

var errUnsigned = fmt.Errorf("%w: this book was started without keys, and signs nothing", store.ErrUnavailable)

func (d *door) status(ctx context.Context, _ micro.Request) ([]byte, error) {
	status, err := d.Status(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(status)
}

// asked reads a request before it is answered.
func asked[R any](answer func(context.Context, R) ([]byte, error)) func(context.Context, micro.Request) ([]byte, error) {
	return func(ctx context.Context, req micro.Request) ([]byte, error) {
		var r R
		if err := json.Unmarshal(req.Data(), &r); err != nil {
			return nil, fmt.Errorf("%w: %w", store.ErrMalformed, err)
		}
		return answer(ctx, r)
	}
}
