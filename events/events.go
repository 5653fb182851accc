// Package events is the past tense of the platform: what a fact is, how it is
// enveloped, read back and numbered, and the values facts are made of. It sits
// at the bottom: it imports a few standard packages and the decimal library.
package events

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fact is something that has happened.
type Fact interface {
	// EventType names the fact in storage, such as "network.joined.v1". Go
	// types may be renamed; this may not.
	EventType() string

	// Entities names whom the fact is about, its subject first. There is at
	// least one. They are written into the envelope, so that a reader who
	// cannot read the fact still knows whom it concerns.
	Entities() []Entity
}

// Entity is anything the book keeps a history of, as kind and code, such as
// "network-U12345".
type Entity string

// Valid reports whether e can be one token of a NATS subject and one line of a
// list: visible ASCII without the dot, the asterisk and the greater-than sign.
func (e Entity) Valid() bool {
	for i := range len(e) {
		switch c := e[i]; {
		case c <= ' ', c > '~', c == '.', c == '*', c == '>':
			return false
		}
	}
	return e != ""
}

// Stream is the history one writer at a time may add to. It is named like the
// entity whose rules it guards, such as "practice-A81001".
type Stream string

// ID is a UUID in its canonical text form.
type ID string

// PersonRef stands for a person, such as "person-7c9e". A name is never kept
// beside it in the clear: see [Sealed].
type PersonRef string

// Valid reports whether p is "person-" and 1 to 100 letters, digits, hyphens,
// dots and underscores of ASCII. A person's name, which has a space, is not.
func (p PersonRef) Valid() bool {
	ref, is := strings.CutPrefix(string(p), "person-")
	return is && 1 <= len(ref) && len(ref) <= 100 && !strings.ContainsFunc(ref, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_'
	})
}

// Entity is what facts about the person are found by. A dot cannot be in it, and
// no reference has a tilde.
func (p PersonRef) Entity() Entity { return Entity(strings.ReplaceAll(string(p), ".", "~")) }

// Sealed is a personal value encrypted under its person's own key. Destroying
// the key erases the value from every copy of the book at once.
type Sealed struct {
	Person PersonRef `json:"person"`
	Box    []byte    `json:"box"` // nonce and AES-GCM ciphertext
}

// Envelope is what is known of a fact without reading it: the attributes of
// CloudEvents and the platform's own. See services/internal/carrier for their
// names on the wire.
type Envelope struct {
	ID          ID        `json:"id"`
	Type        string    `json:"type"`
	Source      string    `json:"source"`   // the service that decided it
	Entities    []Entity  `json:"entities"` // the subject first
	Time        time.Time `json:"time"`     // when the book recorded it; never goes back
	Ask         ID        `json:"ask,omitempty"`
	AskHash     string    `json:"askhash,omitempty"` // of the ask's input, so that a key used twice is noticed
	Cause       ID        `json:"cause,omitempty"`   // the fact a reaction answers
	Correlation ID        `json:"correlation,omitempty"`
	Actor       PersonRef `json:"actor,omitempty"`
	OnBehalfOf  Entity    `json:"onbehalfof,omitempty"`
	Known       Ordinal   `json:"known,omitempty"` // how far the decider's view of other histories had come
	Traceparent string    `json:"traceparent,omitempty"`
}

// Subject is the entity the fact is first of all about.
func (e Envelope) Subject() Entity {
	if len(e.Entities) == 0 {
		return ""
	}
	return e.Entities[0]
}

// Domain is the part of a type before its first dot: "network" in
// "network.joined.v1".
func (e Envelope) Domain() string {
	domain, _, _ := strings.Cut(e.Type, ".")
	return domain
}

// Recorded is a fact together with its places.
type Recorded struct {
	Envelope
	Stream   Stream          `json:"stream"`
	Revision Revision        `json:"revision"`
	Position Position        `json:"position"`
	Ordinal  Ordinal         `json:"ordinal,omitempty"` // 0 until the book has counted it
	Data     json.RawMessage `json:"data"`
}

// Revision is a place in one stream, from 0.
type Revision int64

// NoStream is the revision of a stream nobody has written to.
const NoStream Revision = -1

// Ordinal is a place in the whole book, from 1 without gaps, the same whatever
// store keeps it. 0 is before the first fact.
type Ordinal uint64

// Sequence is JetStream's number for a message: within one epoch it equals the
// ordinal, across epochs it means nothing.
type Sequence uint64

// Position is a place in a store's own order: opaque, comparable, and not
// dense. The zero Position is before the first fact.
type Position struct{ commit, prepare uint64 }

// PositionAt makes a position of a store's two numbers; a store with only one
// gives it twice. Stores alone call it.
func PositionAt(commit, prepare uint64) Position { return Position{commit, prepare} }

// Numbers gives a store its own two numbers back.
func (p Position) Numbers() (commit, prepare uint64) { return p.commit, p.prepare }

// IsZero reports whether p is before the first fact.
func (p Position) IsZero() bool { return p == Position{} }

// Compare orders positions as the store ordered the facts.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.commit, q.commit), cmp.Compare(p.prepare, q.prepare))
}

func (p Position) String() string {
	s := strconv.FormatUint(p.commit, 36)
	if p.prepare != p.commit {
		s += "." + strconv.FormatUint(p.prepare, 36)
	}
	return s
}

// ParsePosition reads what String wrote.
func ParsePosition(s string) (Position, error) {
	first, second, two := strings.Cut(s, ".")
	commit, err := strconv.ParseUint(first, 36, 64)
	prepare := commit
	if err == nil && two {
		prepare, err = strconv.ParseUint(second, 36, 64)
	}
	if err != nil {
		return Position{}, fmt.Errorf("%q is not a position of this book: give back one that it gave out", s)
	}
	return Position{commit, prepare}, nil
}

// MarshalText writes p as String does.
func (p Position) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Position) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePosition(string(b))
	return err
}

// ErrUnreadable means that a recorded fact cannot be turned back into a value:
// its type is unknown to this release, or its data does not fit the type.
var ErrUnreadable = errors.New("unreadable fact")
