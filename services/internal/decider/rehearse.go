package decider

import (
	"context"
	"encoding/json"

	"github.com/ics-openbook/openbook/events"
)

// Proposal is a fact that has not been recorded.
type Proposal struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// Rehearse decides as [Decider.Transact] does, in its turn among the others, and
// records nothing: its answer names what would have been recorded.
func (d *Decider[S, E]) Rehearse(ctx context.Context, stream events.Stream, decide func(S) ([]E, error)) (Receipt, error) {
	return d.wait(stream, &pending[S, E]{ctx: ctx, decide: decide, answer: make(chan outcome, 1), rehearses: true})
}

// rehearse is what p would come to in the plan as it stands.
func (pl *plan[S, E]) rehearse(p *pending[S, E]) outcome {
	facts, err := p.decideSafely(pl.state)
	if err != nil {
		return outcome{err: err}
	}
	receipt := pl.tail
	for _, e := range facts {
		data, err := json.Marshal(e)
		if err != nil {
			return outcome{err: err}
		}
		receipt.Proposed = append(receipt.Proposed, Proposal{e.EventType(), data})
	}
	return outcome{receipt: receipt}
}
