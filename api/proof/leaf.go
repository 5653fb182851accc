package proof

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ics-openbook/openbook/events"
)

// leafHeader begins every leaf. A later form begins otherwise, and entries whose
// leaf was this form keep it for ever: a field that the envelope gains later is
// left out where it is empty, and asks for version 2 where it is not.
const leafHeader = "openbook entry v1\n"

// AppendLeaf appends the leaf of an entry to dst: the one canonical form of all
// that was recorded. It is the header "openbook entry v1\n" and then, in this
// order, each a text unless said otherwise:
//
//	id, type, stream, revision (a number),
//	how many entities (a number), each entity,
//	time (a number: microseconds since 1970-01-01T00:00:00Z, negative before),
//	source, ask, askhash, cause, correlation, actor, onbehalfof,
//	known (a number), traceparent, data
//
// A number is 8 bytes, big-endian, two's complement. A text is its length in
// bytes, as 4 bytes big-endian, and then its bytes; one that is missing has
// length 0. So every leaf can be read back ([ParseLeaf]), and two different
// entries never have the same leaf.
//
// What is in it is what whoever decided the entry said, and the two things by
// which the book made it a fact: its place in its stream (stream, revision),
// which is what an append was agreed on, and its recorded time, which asAt
// stands on. Both are stamped once, by the book, and kept by every copy of it.
// What is not in it is what each store and carrier counts for itself: position,
// ordinal, sequence and epoch. The ordinal is proven all the same: it is where
// the leaf is in the tree.
//
// Time is an instant: another zone is the same entry. Everything else is its
// bytes, the data too: JSON that means the same and is spelled otherwise
// (white space, order, escapes, 1.0 for 1) is another entry. Any rule for what
// means the same would need all readers to agree on JSON for ever, and would
// let whoever keeps the book change the bytes; so stores and carriers hand data
// on byte for byte.
//
// The error wraps [ErrMalformed]: id, type, stream, entities, time or data are
// missing, a revision is negative, a time is finer than a microsecond or outside
// the years 1 to 9999, or a text of the envelope is not UTF-8, which JSON would
// carry as something else. A store records no such entry, so that a book never
// stands still at one. Whether the data is JSON is not looked at. With an error,
// dst is returned as it was.
func AppendLeaf(dst []byte, r *events.Recorded) ([]byte, error) {
	if err := whole(r); err != nil {
		return dst, fmt.Errorf("%w: entry %.60q: %w", ErrMalformed, r.ID, err)
	}
	b := append(dst, leafHeader...)
	b = appendText(b, r.ID)
	b = appendText(b, r.Type)
	b = appendText(b, r.Stream)
	b = appendNumber(b, int64(r.Revision))
	b = appendNumber(b, int64(len(r.Entities)))
	for _, e := range r.Entities {
		b = appendText(b, e)
	}
	b = appendNumber(b, r.Time.UnixMicro())
	b = appendText(b, r.Source)
	b = appendText(b, r.Ask)
	b = appendText(b, r.AskHash)
	b = appendText(b, r.Cause)
	b = appendText(b, r.Correlation)
	b = appendText(b, r.Actor)
	b = appendText(b, r.OnBehalfOf)
	b = appendNumber(b, int64(r.Known))
	b = appendText(b, r.Traceparent)
	return appendText(b, r.Data), nil
}

func appendText[T ~string | ~[]byte](b []byte, s T) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

func appendNumber(b []byte, n int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) }

// whole says why r has no leaf.
func whole(r *events.Recorded) error {
	switch {
	case r.ID == "", r.Type == "", r.Stream == "", len(r.Entities) == 0, len(r.Data) == 0, r.Time.IsZero():
		return fmt.Errorf("id, type, stream, entities, time and data cannot be empty")
	case r.Revision < 0:
		return fmt.Errorf("there is no revision %d", r.Revision)
	case r.Time.Nanosecond()%int(time.Microsecond) != 0:
		return fmt.Errorf("its time %s is finer than a microsecond, which not every store keeps", r.Time.Format(time.RFC3339Nano))
	}
	if year := r.Time.UTC().Year(); year < 1 || year > 9999 {
		return fmt.Errorf("its time is in the year %d, which RFC 3339 cannot write", year)
	}
	for _, e := range r.Entities {
		if e == "" || !utf8.ValidString(string(e)) {
			return fmt.Errorf("%q cannot be an entity", e)
		}
	}
	for _, text := range [...]string{string(r.ID), r.Type, string(r.Stream), r.Source, string(r.Ask), r.AskHash, string(r.Cause),
		string(r.Correlation), string(r.Actor), string(r.OnBehalfOf), r.Traceparent} {
		if !utf8.ValidString(text) || len(text) > math.MaxInt32 {
			return fmt.Errorf("the text %.60q is not UTF-8", text)
		}
	}
	if len(r.Data) > math.MaxInt32 {
		return fmt.Errorf("its data has %d bytes", len(r.Data))
	}
	return nil
}

// ParseLeaf reads what [AppendLeaf] wrote, and nothing else: writing again what
// it read gives the same bytes. The entry has neither position nor ordinal, its
// time is in UTC, and its data is its own. The error wraps [ErrMalformed].
func ParseLeaf(leaf []byte) (r events.Recorded, err error) {
	rest, is := bytes.CutPrefix(leaf, []byte(leafHeader))
	if !is {
		return r, fmt.Errorf("%w: a leaf begins with %q", ErrMalformed, leafHeader)
	}
	p := parser{rest: rest}
	r.ID = events.ID(p.text())
	r.Type = p.text()
	r.Stream = events.Stream(p.text())
	r.Revision = events.Revision(p.number())
	for range p.count() {
		r.Entities = append(r.Entities, events.Entity(p.text()))
	}
	r.Time = time.UnixMicro(p.number()).UTC()
	r.Source = p.text()
	r.Ask = events.ID(p.text())
	r.AskHash = p.text()
	r.Cause = events.ID(p.text())
	r.Correlation = events.ID(p.text())
	r.Actor = events.PersonRef(p.text())
	r.OnBehalfOf = events.Entity(p.text())
	r.Known = events.Ordinal(p.number())
	r.Traceparent = p.text()
	r.Data = []byte(p.text())
	if p.short || len(p.rest) > 0 {
		return events.Recorded{}, fmt.Errorf("%w: a leaf of %d bytes ends too soon or too late", ErrMalformed, len(leaf))
	}
	if err := whole(&r); err != nil {
		return events.Recorded{}, fmt.Errorf("%w: leaf of entry %.60q: %w", ErrMalformed, r.ID, err)
	}
	return r, nil
}

// parser cuts a leaf into its parts; once something is missing, all that
// follows is empty.
type parser struct {
	rest  []byte
	short bool
}

func (p *parser) take(n uint64) []byte {
	if uint64(len(p.rest)) < n {
		p.rest, p.short = nil, true
		return nil
	}
	taken := p.rest[:n]
	p.rest = p.rest[n:]
	return taken
}

func (p *parser) text() string {
	b := p.take(4)
	if p.short {
		return ""
	}
	return string(p.take(uint64(binary.BigEndian.Uint32(b))))
}

func (p *parser) number() int64 {
	b := p.take(8)
	if p.short {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

// count is how many entities follow. Each takes at least the 4 bytes of its
// length, so that a wrong count cannot ask for more memory than the leaf has.
func (p *parser) count() int64 {
	n := p.number()
	if n < 0 || n > int64(len(p.rest)/4) {
		p.rest, p.short = nil, true
		return 0
	}
	return n
}

// HashLeaf is the leaf hash: SHA-256(0x00 || leaf), by RFC 6962 section 2.1.
func HashLeaf(leaf []byte) Hash { return tlog.RecordHash(leaf) }

// Leaves yields the leaf of each entry. A leaf is valid until the next is asked
// for. After an error, of entries or of [AppendLeaf], it yields nothing more.
func Leaves(entries iter.Seq2[events.Recorded, error]) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var buf []byte
		for r, err := range entries {
			if err == nil {
				buf, err = AppendLeaf(buf[:0], &r)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(buf, nil) {
				return
			}
		}
	}
}
