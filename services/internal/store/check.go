package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ics-openbook/openbook/events"
)

// ErrMalformed means that an append is not one that could ever be relayed,
// found and read back as it was given. Nothing was recorded.
var ErrMalformed = errors.New("the append is not well formed")

// maxToken bounds the name of a stream or an entity: it becomes part of a NATS
// subject and of an index.
const maxToken = 200

// Check is the part of [Store.Append] that needs no store. Every store calls
// it first, so that they all refuse the same: ErrTooLarge, or ErrMalformed for
//   - no facts, or an expected revision before NoStream;
//   - a stream or entity that cannot be a token of a NATS subject, or has a
//     comma, quote or backslash, which separate entities where they are kept;
//   - a type unlike domain.name.v1, an id unlike a UUID, no entity;
//   - data that is not a JSON object, or text that is not UTF-8.
func Check(stream events.Stream, expected events.Revision, facts []Entry) error {
	switch {
	case len(facts) == 0:
		return fmt.Errorf("%w: it has no facts", ErrMalformed)
	case len(facts) > MaxFacts:
		return fmt.Errorf("%w: it has %d facts, %d are allowed", ErrTooLarge, len(facts), MaxFacts)
	case expected < events.NoStream:
		return fmt.Errorf("%w: there is no revision %d", ErrMalformed, expected)
	case !token(string(stream)):
		return fmt.Errorf("%w: a stream cannot be called %q", ErrMalformed, stream)
	}
	size := 0
	for i := range facts {
		if size += facts[i].Size(); size > MaxBytes {
			return fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, MaxBytes)
		}
		if err := facts[i].check(); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
	}
	return nil
}

// Size is what e counts for against MaxBytes: what is in it, and a flat rate
// for what JSON puts around that.
func (e *Entry) Size() int {
	const around = 300
	size := around + len(e.Data) + len(e.ID) + len(e.Type) + len(e.Source) + len(e.Ask) + len(e.AskHash) +
		len(e.Cause) + len(e.Correlation) + len(e.Actor) + len(e.OnBehalfOf) + len(e.Traceparent)
	for _, entity := range e.Entities {
		size += len(entity) + len(`"",`)
	}
	return size
}

func (e *Entry) check() error {
	switch {
	case !canonical(string(e.ID)):
		return fmt.Errorf("%q is not a UUID", e.ID)
	case !typeName(e.Type):
		return fmt.Errorf("fact %s has the type %q, not one like network.joined.v1", e.ID, e.Type)
	case len(e.Entities) == 0:
		return fmt.Errorf("fact %s names no entity", e.ID)
	case len(e.Data) == 0 || e.Data[0] != '{' || e.Data[len(e.Data)-1] != '}' || !json.Valid(e.Data):
		return fmt.Errorf("the data of fact %s is not a JSON object", e.ID)
	}
	for _, entity := range e.Entities {
		if !token(string(entity)) {
			return fmt.Errorf("fact %s is about %q, which cannot be the name of an entity", e.ID, entity)
		}
	}
	for _, text := range []string{e.Source, string(e.Ask), e.AskHash, string(e.Cause), string(e.Correlation),
		string(e.Actor), string(e.OnBehalfOf), e.Traceparent} {
		if !utf8.ValidString(text) {
			return fmt.Errorf("the envelope of fact %s has the text %q, which is not UTF-8", e.ID, text)
		}
	}
	return nil
}

// token reports whether s can be one token of a NATS subject.
func token(s string) bool {
	if s == "" || len(s) > maxToken {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte(`.*>,"\`, c) >= 0 {
			return false
		}
	}
	return true
}

// typeName reports whether s is like domain.name.v1.
func typeName(s string) bool {
	domain, rest, _ := strings.Cut(s, ".")
	name, version, _ := strings.Cut(rest, ".")
	return word(domain) && word(name) && len(s) <= maxToken && len(version) > 1 && version[0] == 'v' && strings.Trim(version[1:], "0123456789") == ""
}

func word(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || 'z' < c) && (i == 0 || (c < '0' || '9' < c) && c != '_') {
			return false
		}
	}
	return s != ""
}

// canonical reports whether id is a UUID as it is usually written.
func canonical(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash && c != '-' || !dash && (c < '0' || '9' < c) && (c < 'a' || 'f' < c) {
			return false
		}
	}
	return true
}
