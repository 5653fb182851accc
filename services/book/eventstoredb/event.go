package eventstoredb

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// metadata is the part of an envelope that an event has no place for, under the
// names it has on the wire.
type metadata struct {
	Source      string           `json:"source,omitempty"`
	Entities    []events.Entity  `json:"entities"`
	Time        time.Time        `json:"time"`
	Ask         events.ID        `json:"ask,omitempty"`
	AskHash     string           `json:"askhash,omitempty"`
	Cause       events.ID        `json:"cause,omitempty"`
	Correlation events.ID        `json:"correlation,omitempty"`
	Actor       events.PersonRef `json:"actor,omitempty"`
	OnBehalfOf  events.Entity    `json:"onbehalfof,omitempty"`
	Known       events.Ordinal   `json:"known,omitempty"`
	Traceparent string           `json:"traceparent,omitempty"`
}

// encode makes events of facts recorded at a time.
func encode(facts []store.Entry, recorded time.Time) ([]esdb.EventData, error) {
	all := make([]esdb.EventData, len(facts))
	for i := range facts {
		e := &facts[i]
		id, err := uuid.Parse(string(e.ID))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", store.ErrMalformed, err)
		}
		meta, err := json.Marshal(metadata{
			Source: e.Source, Entities: e.Entities, Time: recorded, Ask: e.Ask, AskHash: e.AskHash, Cause: e.Cause, Correlation: e.Correlation,
			Actor: e.Actor, OnBehalfOf: e.OnBehalfOf, Known: e.Known, Traceparent: e.Traceparent,
		})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", store.ErrMalformed, err)
		}
		all[i] = esdb.EventData{EventID: id, EventType: e.Type, ContentType: esdb.ContentTypeJson, Data: e.Data, Metadata: meta}
	}
	return all, nil
}

// decode makes a fact of an event of the book's.
func (a address) decode(e *esdb.RecordedEvent) (events.Recorded, error) {
	var m metadata
	if err := json.Unmarshal(e.UserMetadata, &m); err != nil || m.Time.IsZero() || len(m.Entities) == 0 || strings.HasPrefix(e.EventType, "$") {
		return events.Recorded{}, fmt.Errorf("%w: event %d of stream %s, of type %q, is no fact: who wrote or deleted it was not the book", ErrDamaged, e.EventNumber, e.StreamID, e.EventType)
	}
	return events.Recorded{
		Envelope: events.Envelope{
			ID: events.ID(e.EventID.String()), Type: e.EventType, Source: m.Source, Entities: m.Entities, Time: m.Time.UTC(), Ask: m.Ask, AskHash: m.AskHash,
			Cause: m.Cause, Correlation: m.Correlation, Actor: m.Actor, OnBehalfOf: m.OnBehalfOf, Known: m.Known, Traceparent: m.Traceparent,
		},
		Stream:   events.Stream(strings.TrimPrefix(e.StreamID, a.prefix())),
		Revision: events.Revision(e.EventNumber),
		Position: positionOf(e),
		Data:     e.Data,
	}, nil
}

// owns reports whether an event is in one of the book's streams.
func (a address) owns(e *esdb.RecordedEvent) bool { return strings.HasPrefix(e.StreamID, a.prefix()) }

func positionOf(e *esdb.RecordedEvent) events.Position {
	return events.PositionAt(e.Position.Commit, e.Position.Prepare)
}

// told reports whether a server has told a position: before 22.6 they say the
// largest number in what is read of one stream.
func told(p events.Position) bool {
	commit, prepare := p.Numbers()
	return commit != math.MaxUint64 && prepare != math.MaxUint64
}

// from is where reading all begins. Read, it is with the event there; a
// subscription is after it.
func from(p events.Position) esdb.AllPosition {
	if p.IsZero() {
		return esdb.Start{}
	}
	commit, prepare := p.Numbers()
	return esdb.Position{Commit: commit, Prepare: prepare}
}
