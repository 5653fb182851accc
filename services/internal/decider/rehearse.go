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

// Rehearse decides on what is known here, and records nothing: its answer is as
// old as the state it was decided on, and names what would have been recorded.
func (d *Decider[S, E]) Rehearse(ctx context.Context, stream events.Stream, decide func(S) ([]E, error)) (Receipt, error) {
	f, err := d.read(ctx, stream)
	if err != nil {
		return Receipt{}, err
	}
	p := &pending[S, E]{decide: decide}
	facts, err := p.decideSafely(f.state)
	if err != nil {
		return Receipt{}, err
	}
	receipt := f.tail
	for _, e := range facts {
		data, err := json.Marshal(e)
		if err != nil {
			return Receipt{}, err
		}
		receipt.Proposed = append(receipt.Proposed, Proposal{e.EventType(), data})
	}
	return receipt, nil
}
