package serve

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// Caller asks services, in the name of people it has made sure of.
type Caller struct {
	env    env.Env
	signer jose.Signer
	tracer trace.Tracer
}

// NewCaller returns a Caller that signs with key, whose public half the
// services hold.
func NewCaller(e env.Env, key ed25519.PrivateKey) (*Caller, error) {
	s, err := signer(key)
	return &Caller{e, s, e.Telemetry.Traces.Tracer(scope)}, err
}

// By says who asks, and what they had seen when they asked.
type By struct {
	Actor  events.PersonRef
	Client string // what the idempotency key belongs to
	Grants []ask.Grant
	Cause  events.ID       // the fact a reaction answers
	After  events.Position // the newest fact the asker has seen
}

// Ask asks, and returns once the answer is on disk. Its errors are refusals; a
// fault of the service is one too, with an id that finds it in the log.
func (c *Caller) Ask(ctx context.Context, a ask.Ask, by By) (decider.Receipt, error) {
	terms := a.Terms()
	if problems := append(terms.KeyProblems(), a.Problems()...); len(problems) > 0 {
		return decider.Receipt{}, Refused(problems)
	}
	return c.AskAs(ctx, askID(by.Client, a.Stream(), terms.IdempotencyKey), a, by)
}

// AskAs is Ask under an id that the caller answers for: the same for the same
// request, for ever.
func (c *Caller) AskAs(ctx context.Context, id events.ID, a ask.Ask, by By) (decider.Receipt, error) {
	return c.ask(ctx, a, Warrant{
		ID: id, Actor: by.Actor, Grants: by.Grants, Cause: by.Cause,
		IfRevision: a.Terms().IfRevision, After: by.After,
	})
}

// askID is the same for the same client, history and key, for ever. Keys are
// looked for in the history they were used on, so elsewhere the same key is
// another: ids of facts are made of it, and no two facts may share one.
func askID(client string, stream events.Stream, key string) events.ID {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://openbook/client/"+client))
	return events.ID(uuid.NewSHA1(space, []byte(string(stream)+"\n"+key)).String())
}

func (c *Caller) ask(ctx context.Context, a ask.Ask, w Warrant) (receipt decider.Receipt, err error) {
	reply, err := c.send(ctx, a.Subject(), a, w)
	if err != nil {
		return receipt, err
	}
	return receipt, json.Unmarshal(reply, &receipt)
}

// Inquire has a question of a service answered, which [Tell] answers there. Its
// errors are as of [Caller.Ask].
func Inquire[R any](ctx context.Context, c *Caller, subject string, question any, by By) (told R, err error) {
	reply, err := c.send(ctx, subject, question, Warrant{ID: events.ID(uuid.NewString()), Actor: by.Actor, Grants: by.Grants, After: by.After})
	if err != nil {
		return told, err
	}
	return told, json.Unmarshal(reply, &told)
}

// send sends what is asked under a warrant, and returns the answer.
func (c *Caller) send(ctx context.Context, subject string, asked any, w Warrant) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ctx, span := c.tracer.Start(ctx, subject, trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()

	input, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	w.Subject, w.Hash = subject, hash(subject, input)
	token, err := sign(c.signer, w, c.env.Clock.Now())
	if err != nil {
		return nil, fmt.Errorf("sign the warrant: %w", err)
	}
	msg := &nats.Msg{Subject: subject, Data: input, Header: nats.Header{warrantHeader: {token}}}
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(msg.Header))

	reply, err := c.env.NATS.RequestMsgWithContext(ctx, msg)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, fmt.Errorf("%w: nobody answers %s", refuse.ErrAbsent, subject)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", refuse.ErrUnavailable, err)
	case reply.Header.Get(micro.ErrorCodeHeader) != "":
		return nil, refusals(reply.Data)
	}
	return reply.Data, nil
}

// refusals reads what a server's reject wrote.
func refusals(body []byte) error {
	var said []*refuse.Refusal
	if err := json.Unmarshal(body, &said); err != nil || len(said) == 0 {
		return fmt.Errorf("an answer that cannot be read: %q", body)
	}
	all := make([]error, len(said))
	for i, r := range said {
		all[i] = r
	}
	return errors.Join(all...)
}
