package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
)

const (
	// couriers is how many requests to append are on their way at once. While
	// they are, what comes waits and goes with the next: the more there is to
	// append, the more goes together, and one alone never waits.
	couriers = 2
	// letters may wait; one more is refused.
	letters = 4096
	// silence is how long one request may go unanswered. Whoever still wants to
	// know asks again: the same facts at the same revision are the same append.
	silence = 2 * time.Second
)

// post takes appends to the book, as many in one request as wait for it. The
// book judges each by itself and flushes all of them together.
type post struct {
	nc *nats.Conn

	mu      sync.Mutex
	waiting []*letter
	away    int // couriers
}

// letter is one append on its way.
type letter struct {
	ctx    context.Context
	append []byte      // as wire.EncodeAppend wrote it
	answer chan answer // has room for the one answer
}

type answer struct {
	done store.Appended
	err  error
}

func (p *post) send(ctx context.Context, request []byte) (store.Appended, error) {
	l := &letter{ctx, request, make(chan answer, 1)}
	if !p.drop(l) {
		return store.Appended{}, refuse.ErrBusy
	}
	select {
	case a := <-l.answer:
		return a.done, a.err
	case <-ctx.Done():
		return store.Appended{}, wire.Unavailable(context.Cause(ctx))
	}
}

// drop leaves a letter, and sends a courier if one is at home. It reports false
// if too many wait already.
func (p *post) drop(l *letter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) >= letters {
		return false
	}
	p.waiting = append(p.waiting, l)
	if p.away < couriers {
		p.away++
		go p.courier()
	}
	return true
}

// courier carries what waits until nothing does.
func (p *post) courier() {
	for {
		batch := p.collect()
		if len(batch) == 0 {
			return
		}
		answers, err := p.carry(batch)
		for i, l := range batch {
			if err != nil {
				l.answer <- answer{err: err}
				continue
			}
			l.answer <- answers[i]
		}
	}
}

// collect takes as many letters as one request holds, and lets go of those that
// nobody waits for any more. With none to take, the courier is at home again.
func (p *post) collect() (batch []*letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := 0
	for len(p.waiting) > 0 && len(batch) < wire.MaxAppends {
		l := p.waiting[0]
		if size += len(l.append) + 1; size > wire.RequestBytes && len(batch) > 0 {
			break
		}
		p.waiting = p.waiting[1:]
		if l.ctx.Err() == nil {
			batch = append(batch, l)
		}
	}
	if len(batch) == 0 {
		p.away--
	}
	return batch
}

func (p *post) carry(batch []*letter) ([]answer, error) {
	all := make([][]byte, len(batch))
	for i, l := range batch {
		all[i] = l.append
	}
	ctx, cancel := context.WithTimeout(context.Background(), silence)
	defer cancel()
	reply, err := p.nc.RequestMsgWithContext(ctx, &nats.Msg{Subject: wire.SubjectAppend, Data: wire.EncodeAppends(all)})
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return nil, wire.Error("TOO_LARGE", err.Error())
	case err != nil: // no responders, out of time, disconnected, closed
		return nil, wire.Unavailable(err)
	}
	if code := reply.Header[micro.ErrorCodeHeader]; len(code) > 0 {
		return nil, wire.Error(code[0], reply.Header.Get(micro.ErrorHeader))
	}
	var told []wire.Outcome
	if err := json.Unmarshal(reply.Data, &told); err != nil {
		return nil, wire.Unavailable(fmt.Errorf("an answer that cannot be read: %w", err))
	}
	if len(told) != len(batch) {
		return nil, wire.Unavailable(fmt.Errorf("%d appends got %d answers", len(batch), len(told)))
	}
	answers := make([]answer, len(batch))
	for i, t := range told {
		if answers[i].done = t.Done; t.Code != "" {
			answers[i].err = wire.Error(t.Code, t.Error)
		}
	}
	return answers, nil
}
