// Package wire is what the book and those who ask it say to each other over
// NATS: subjects, requests, replies, and how an error is told. Requests and
// replies are JSON; the data of a fact is put into them byte for byte as it is.
package wire

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Where the book is asked. Append is apart, so that permissions can tell those
// who may add to the book from those who may only read it.
const (
	SubjectAppend     = "book.append"
	SubjectReadStream = "book.read.stream"
	SubjectReadAll    = "book.read.all"
	SubjectHead       = "book.read.head"
	SubjectIndexHead  = "book.read.indexhead"
	SubjectRange      = "book.read.range"
	SubjectAbout      = "book.read.about"
	SubjectAsAt       = "book.read.asat"
	SubjectByID       = "book.read.byid"
	SubjectReceipt    = "book.read.receipt"
	SubjectCheckpoint = "book.read.checkpoint"
	SubjectTile       = "book.read.tile"
	SubjectStatus     = "book.status"
)

// Limits of one page of a reading. A single fact always fits.
const (
	PageFacts = 1000
	PageBytes = 768 << 10
)

// Requests. Until and Upto are zero in the request for the first page, and in
// later ones what the first page said: a reading ends where the book ended when
// it began.
type (
	ReadStream struct {
		Stream events.Stream   `json:"stream"`
		From   events.Revision `json:"from"`
		Until  events.Position `json:"until,omitzero"`
	}
	ReadAll struct {
		After events.Position `json:"after,omitzero"`
		Until events.Position `json:"until,omitzero"`
	}
	Range struct {
		After events.Ordinal `json:"after"`
		Upto  events.Ordinal `json:"upto,omitempty"`
	}
	About struct {
		Entity events.Entity  `json:"entity"`
		After  events.Ordinal `json:"after"`
		Upto   events.Ordinal `json:"upto,omitempty"`
	}
	AsAt struct {
		Time time.Time `json:"time"`
	}
	ByID struct {
		ID events.ID `json:"id"`
	}
	Receipt struct { // answered by a proof.Receipt
		ID    events.ID       `json:"id"`
		Reach events.Position `json:"reach,omitzero"` // wait until everything up to there is counted
	}
	Tile struct { // answered by its bytes
		Path string `json:"path"`
	}
)

// Checkpoint is the answer on SubjectCheckpoint.
type Checkpoint struct {
	Note string `json:"note"` // the newest, signed; empty before the first
	Keys string `json:"keys"` // all public keys that the book ever signed with, one a line
}

// Page is a part of a reading.
type Page struct {
	Facts []events.Recorded `json:"facts"`
	More  bool              `json:"more"` // ask again after the last of Facts
	Until events.Position   `json:"until,omitzero"`
	Upto  events.Ordinal    `json:"upto,omitempty"`
}

// Head is the answer on SubjectHead.
type Head struct {
	Position events.Position `json:"position"`
}

// Status is how far the facts have come: recorded, then counted by the index,
// then relayed to JetStream.
type Status struct {
	Book    store.BookID    `json:"book"`
	Epoch   carrier.Epoch   `json:"epoch"`
	Head    events.Position `json:"head"`
	Counted store.Mark      `json:"counted"`
	Relayed events.Ordinal  `json:"relayed"`
	Lag     struct {
		Counted Lag `json:"counted"`
		Relayed Lag `json:"relayed"`
	} `json:"lag"`
}

// Lag is how much a stage has still to do. It is told up to a bound: facts
// beyond the first LagBound are not counted.
type Lag struct {
	Facts   uint64  `json:"facts"`
	Seconds float64 `json:"seconds"` // the age of the oldest of them
}

// LagBound is where counting what is left to do ends.
const LagBound = 1000

// Limits of one request to append. A single append always fits.
const (
	MaxAppends   = 64
	RequestBytes = 768 << 10
)

// Append is facts to be appended to one stream.
type Append struct {
	Traceparent string // what the append is part of
	Stream      events.Stream
	Expected    events.Revision
	Facts       []store.Entry
}

// Outcome is what became of one append: Done, or the code and text of an error.
type Outcome struct {
	Done  store.Appended `json:"done,omitzero"`
	Code  string         `json:"code,omitempty"`
	Error string         `json:"error,omitempty"`
}

// EncodeAppends writes the request for appends that EncodeAppend wrote.
func EncodeAppends(all [][]byte) []byte {
	size := len(all) + 1
	for _, one := range all {
		size += len(one)
	}
	b := append(make([]byte, 0, size), '[')
	for i, one := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, one...)
	}
	return append(b, ']')
}

// EncodeAppend writes one append of a request.
func EncodeAppend(traceparent string, stream events.Stream, expected events.Revision, facts []store.Entry) ([]byte, error) {
	name, err := json.Marshal(stream)
	if err != nil {
		return nil, err
	}
	size := 100
	for i := range facts {
		size += facts[i].Size()
	}
	b := fmt.Appendf(make([]byte, 0, size), `{"traceparent":%q,"stream":%s,"expected":%d,"facts":[`, traceparent, name, expected)
	for i, f := range facts {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = splice(b, f.Envelope, f.Data); err != nil {
			return nil, err
		}
	}
	return append(b, ']', '}'), nil
}

// DecodeAppends reads what EncodeAppends wrote.
func DecodeAppends(request []byte) ([]Append, error) {
	var given []struct {
		Traceparent string          `json:"traceparent"`
		Stream      events.Stream   `json:"stream"`
		Expected    events.Revision `json:"expected"`
		Facts       []struct {
			events.Envelope
			Data json.RawMessage `json:"data"`
		} `json:"facts"`
	}
	if err := json.Unmarshal(request, &given); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrMalformed, err)
	}
	if len(given) == 0 || len(given) > MaxAppends {
		return nil, fmt.Errorf("%w: %d appends in one request, 1 to %d can be", store.ErrMalformed, len(given), MaxAppends)
	}
	all := make([]Append, len(given))
	for i, g := range given {
		all[i] = Append{g.Traceparent, g.Stream, g.Expected, make([]store.Entry, len(g.Facts))}
		for n, f := range g.Facts {
			all[i].Facts[n] = store.Entry{Envelope: f.Envelope, Data: f.Data}
		}
	}
	return all, nil
}

// EncodeFact writes one fact as the JSON it is read back from.
func EncodeFact(dst []byte, r *events.Recorded) ([]byte, error) {
	return splice(dst, struct {
		*events.Envelope
		Stream   events.Stream   `json:"stream"`
		Revision events.Revision `json:"revision"`
		Position events.Position `json:"position"`
		Ordinal  events.Ordinal  `json:"ordinal,omitempty"`
	}{&r.Envelope, r.Stream, r.Revision, r.Position, r.Ordinal}, r.Data)
}

// splice writes the object head with data as one member more. Marshalling data
// along with it would rewrite its spaces and escapes.
func splice(dst []byte, head any, data []byte) ([]byte, error) {
	b, err := json.Marshal(head)
	if err != nil {
		return dst, err
	}
	dst = append(dst, b[:len(b)-1]...)
	dst = append(dst, `,"data":`...)
	dst = append(dst, data...)
	return append(dst, '}'), nil
}
