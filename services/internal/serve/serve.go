// Package serve carries asks over NATS: a Caller asks, a Server answers.
//
// It knows no domain, but it does know package api/ask, where the one table of
// who may ask what stands: the gateway refuses by it, and the service refuses
// by it again, so that neither has to trust the other's reading.
package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

const (
	// patience bounds how long one ask may take to answer.
	patience = 10 * time.Second
	// atOnce is how many asks a service has in hand; one more gets BUSY.
	atOnce = 512
)

const scope = "github.com/ics-openbook/openbook/services/internal/serve"

// Server is one service's presence on NATS.
type Server struct {
	env     env.Env
	service micro.Service
	inHand  chan struct{}
	tracer  trace.Tracer
	decided metric.Int64Counter
	refused metric.Int64Counter
}

// New announces a service. It answers nothing until Run.
func New(e env.Env, name, version string) (*Server, error) {
	service, err := micro.AddService(e.NATS, micro.Config{Name: name, Version: version})
	if err != nil {
		return nil, err
	}
	meter := e.Telemetry.Metrics.Meter(scope)
	decided, err1 := meter.Int64Counter("openbook.ask.decided", metric.WithUnit("{ask}"), metric.WithDescription("Asks answered with a receipt."))
	refused, err2 := meter.Int64Counter("openbook.ask.refused", metric.WithUnit("{ask}"), metric.WithDescription("Asks refused, by code."))
	return &Server{
		env: e, service: service, inHand: make(chan struct{}, atOnce),
		tracer: e.Telemetry.Traces.Tracer(scope), decided: decided, refused: refused,
	}, errors.Join(err1, err2)
}

// Run answers until ctx is done, then lets asks in hand finish.
func (s *Server) Run(ctx context.Context) error {
	if err := s.env.NATS.FlushTimeout(patience); err != nil { // subscriptions are known to the server from here on
		return fmt.Errorf("announce the service: %w", err)
	}
	s.env.Ready()
	<-ctx.Done()
	err := s.service.Stop()
	// Asks may still come for a moment. Taking every place waits for those in
	// hand, which patience bounds, and leaves none for others.
	for range cap(s.inHand) {
		s.inHand <- struct{}{}
	}
	return err
}

// A Decision of an ask: what is known of other histories, as old as the asker
// has seen at least, and how far that goes.
type Decision[S, K any, E events.Fact, A ask.Ask] struct {
	Decider *decider.Decider[S, E]
	// Known waits, within ctx, for a view that has reached after.
	Known func(ctx context.Context, after events.Position) (K, events.Ordinal, error)
	// Above is an organisation and those it belongs to, as far as known; none
	// for one that is not in the book.
	Above  func(K, events.Entity) []events.Entity
	Decide func(S, K, A) ([]E, error)
	// Told, unless nil, adds to what is known who asks: for decisions that depend
	// on it, because whoever made something may not be the one who checks it.
	Told func(K, Warrant) K
	// Seal, unless nil, seals the personal values of an ask that its asker may ask
	// and adds them to what is known. It returns what the idempotency key is held to
	// in place of the input's hash: that is in the book for ever, and would tell a
	// name to whoever guesses it.
	Seal func(ctx context.Context, known K, a A, input []byte) (K, string, error)
}

// Answer makes the server answer asks of type A by d.
func Answer[S, K any, E events.Fact, A ask.Ask](s *Server, d Decision[S, K, E, A]) error {
	var zero A
	return s.handle(zero.Subject(), func(ctx context.Context, w Warrant, input []byte) (any, error) {
		var a A
		if err := json.Unmarshal(input, &a); err != nil {
			return nil, refuse.New(refuse.Invalid, "MALFORMED", "The request cannot be read: "+err.Error())
		}
		if problems := a.Problems(); len(problems) > 0 {
			return nil, Refused(problems)
		}
		known, ordinal, err := d.Known(ctx, w.After)
		if err != nil {
			return nil, err
		}
		if err := permit(w.Grants, a, func(e events.Entity) []events.Entity { return d.Above(known, e) }); err != nil {
			return nil, err
		}
		if d.Told != nil {
			known = d.Told(known, w)
		}
		if d.Seal != nil {
			if known, w.Hash, err = d.Seal(ctx, known, a, input); err != nil {
				return nil, err
			}
		}
		decide := func(state S) ([]E, error) { return d.Decide(state, known, a) }
		if r, can := ask.Ask(a).(ask.Rehearsal); can && r.Rehearses() {
			return d.Decider.Rehearse(ctx, a.Stream(), decide)
		}
		return d.Decider.Transact(ctx, a.Stream(), decider.Asked{
			ID: w.ID, Hash: w.Hash, Actor: w.Actor, OnBehalfOf: w.OnBehalfOf, Cause: w.Cause, Correlation: w.ID,
			Known: ordinal, IfRevision: w.IfRevision, Traceparent: traceparent(ctx),
		}, decide)
	})
}

// Tell makes the server answer questions of type Q, of the gateway alone. Neither
// the question nor what is told is recorded or logged.
func Tell[Q, R any](s *Server, subject string, tell func(context.Context, Q) (R, error)) error {
	return s.handle(subject, func(ctx context.Context, _ Warrant, input []byte) (any, error) {
		var q Q
		if err := json.Unmarshal(input, &q); err != nil {
			return nil, refuse.New(refuse.Invalid, "MALFORMED", "The question cannot be read.")
		}
		return tell(ctx, q)
	})
}

var errUnknown = refuse.New(refuse.NotFound, "UNKNOWN", "%s is not in the book. Register it first, or check the code.")

// permit refuses who may not ask a.
func permit(grants []ask.Grant, a ask.Ask, above func(events.Entity) []events.Entity) error {
	if !ask.Permits(grants, a.Subject(), grantsOf(grants)...) { // in no organisation at all
		return forbidden(a.Subject())
	}
	organisations := append(above(a.Concerns()), a.Concerns())
	switch {
	case ask.Permits(grants, a.Subject(), organisations...):
		return nil
	case len(organisations) == 1 && !strings.HasPrefix(string(a.Concerns()), "system-"):
		return errUnknown.About("", a.Concerns())
	}
	return forbidden(a.Subject())
}

func grantsOf(grants []ask.Grant) (of []events.Entity) {
	for _, g := range grants {
		of = append(of, g.Of)
	}
	return of
}

func forbidden(subject string) error {
	var may []string
	for _, role := range ask.May(subject) {
		may = append(may, string(role))
	}
	return refuse.ErrForbidden.About("", strings.Join(may, ", ")+" of the organisation concerned")
}

// Refused makes one error of the problems of a form.
func Refused(problems []ask.Problem) error {
	var all []error
	for _, p := range problems {
		r := refuse.New(refuse.Invalid, p.Code, p.Message)
		r.Path = p.Path
		all = append(all, r)
	}
	return errors.Join(all...)
}

// handle registers what answers a subject. It is the one place where a message
// becomes a request that may be believed, and an error becomes an answer.
func (s *Server) handle(subject string, answer func(context.Context, Warrant, []byte) (any, error)) error {
	work := func(req micro.Request) {
		defer func() { <-s.inHand }()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(req.Headers()))
		ctx, span := s.tracer.Start(ctx, subject, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()

		w, err := verify(req.Headers().Get(warrantHeader), s.env.Signers, subject, req.Data(), s.env.Clock.Now())
		if err != nil {
			s.env.Telemetry.Log.WarnContext(ctx, "ask turned away", "subject", subject, "reason", err.Error())
			s.reject(ctx, req, subject, refuse.New(refuse.Forbidden, "UNWARRANTED", "Services answer the gateway alone. Ask there."))
			return
		}
		reply, err := safely(func() (any, error) { return answer(ctx, w, req.Data()) })
		if err != nil {
			s.reject(ctx, req, subject, err)
			return
		}
		if _, is := reply.(decider.Receipt); is {
			s.decided.Add(ctx, 1, metric.WithAttributes(attribute.String("subject", subject)))
		}
		s.reply(ctx, req, reply, nil)
	}
	// An endpoint's handler is called serially: it only hands over.
	return s.service.AddEndpoint(strings.ReplaceAll(subject, ".", "-"), micro.HandlerFunc(func(req micro.Request) {
		select {
		case s.inHand <- struct{}{}:
			go work(req)
		default:
			s.reject(context.Background(), req, subject, refuse.ErrBusy)
		}
	}), micro.WithEndpointSubject(subject))
}

// safely turns a panic into a fault: what one asker sends must not stop the
// service for the others.
func safely(do func() (any, error)) (reply any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return do()
}

// reject answers with the refusals in err, or, if err is a fault, logs it and
// answers with an id that finds it.
func (s *Server) reject(ctx context.Context, req micro.Request, subject string, err error) {
	refusals := refuse.All(err)
	if len(refusals) == 0 {
		id := uuid.NewString()
		if sc := trace.SpanContextFromContext(ctx); sc.HasTraceID() {
			id = sc.TraceID().String()
		}
		s.env.Telemetry.Log.ErrorContext(ctx, "fault", "subject", subject, "id", id, "error", err)
		trace.SpanFromContext(ctx).RecordError(err)
		refusals = []*refuse.Refusal{refuse.Fault(id)}
	}
	for _, r := range refusals {
		s.refused.Add(ctx, 1, metric.WithAttributes(attribute.String("subject", subject), attribute.String("code", r.Code)))
	}
	s.reply(ctx, req, refusals, nats.Header{micro.ErrorCodeHeader: {refusals[0].Code}, micro.ErrorHeader: {"refused"}})
}

// reply answers a request. The request's own methods for that are not safe
// beside the endpoint's goroutine, which goes on to the next.
func (s *Server) reply(ctx context.Context, req micro.Request, body any, header nats.Header) {
	data, err := json.Marshal(body)
	if err == nil {
		err = s.env.NATS.PublishMsg(&nats.Msg{Subject: req.Reply(), Header: header, Data: data})
	}
	if err != nil {
		s.env.Telemetry.Log.ErrorContext(ctx, "answer lost", "subject", req.Subject(), "error", err)
	}
}

func traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}
