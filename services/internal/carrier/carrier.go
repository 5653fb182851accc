// Package carrier is the form a fact has on its way: a message of the JetStream
// stream BOOK, written as CloudEvents' binding for NATS has it in binary mode.
// The attributes are headers, the data is the body. What CloudEvents has no
// name for is an extension attribute, in the same place under the same prefix.
package carrier

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/events"
)

// Stream is JetStream's name for the copy of the book its readers follow.
const Stream = "BOOK"

// Subjects is where facts are published. The relay alone may.
const Subjects = "fact.>"

// Epoch names one life of [Stream]. A new one begins whenever the stream had
// to be made again from the store: sequences of different epochs do not
// compare.
type Epoch string

// ErrDamaged means that a message is not a whole fact: an attribute is missing
// or cannot be read. Nothing of such a message may be used.
var ErrDamaged = errors.New("damaged envelope")

// The attributes by their headers. The first seven are CloudEvents' own.
const (
	specVersion = "ce-specversion"
	id          = "ce-id"
	typ         = "ce-type"
	source      = "ce-source"
	subject     = "ce-subject"
	recorded    = "ce-time"
	contentType = "ce-datacontenttype"

	entities    = "ce-entities" // separated by commas, the subject first
	ask         = "ce-ask"
	askHash     = "ce-askhash"
	cause       = "ce-cause"
	correlation = "ce-correlation"
	actor       = "ce-actor"
	onBehalfOf  = "ce-onbehalfof"
	known       = "ce-known"
	traceparent = "ce-traceparent"
	stream      = "ce-stream"
	revision    = "ce-revision"
	position    = "ce-position"
	ordinal     = "ce-ordinal"
	epochName   = "ce-epoch"

	attributes = 21
)

// What every message says.
const (
	version = "1.0"
	asJSON  = "application/json"
)

// Subject is where r is published: fact.<domain>.<entity>.<rest of its type>.
func Subject(r events.Recorded) string {
	domain, rest, _ := strings.Cut(r.Type, ".")
	return "fact." + domain + "." + string(r.Subject()) + "." + rest
}

// Encode writes r, which has its ordinal, as a message of an epoch.
func Encode(r events.Recorded, epoch Epoch) *nats.Msg {
	w := writer{make(nats.Header, attributes+1), make([]string, 0, attributes)}
	w.set(specVersion, version)
	w.set(id, string(r.ID))
	w.set(typ, r.Type)
	w.set(source, r.Source)
	w.set(subject, string(r.Subject()))
	w.set(recorded, r.Time.Format(time.RFC3339Nano))
	w.set(contentType, asJSON)
	w.set(entities, joined(r.Entities))
	w.set(ask, string(r.Ask))
	w.set(askHash, r.AskHash)
	w.set(cause, string(r.Cause))
	w.set(correlation, string(r.Correlation))
	w.set(actor, string(r.Actor))
	w.set(onBehalfOf, string(r.OnBehalfOf))
	if r.Known > 0 {
		w.set(known, strconv.FormatUint(uint64(r.Known), 10))
	}
	w.set(traceparent, r.Traceparent)
	w.set(stream, string(r.Stream))
	w.set(revision, strconv.FormatInt(int64(r.Revision), 10))
	w.set(position, r.Position.String())
	w.set(ordinal, strconv.FormatUint(uint64(r.Ordinal), 10))
	w.set(epochName, string(epoch))
	return &nats.Msg{Subject: Subject(r), Header: w.header, Data: r.Data}
}

// Decode reads what Encode wrote. An attribute it does not know is of a later
// release and is passed over. The data is not looked at and not copied. An
// error wraps [ErrDamaged] and comes with no part of the fact.
func Decode(header nats.Header, data []byte) (events.Recorded, Epoch, error) {
	r := reader{header: header}
	if v := r.need(specVersion); v != version {
		r.fail(specVersion, v)
	}
	if v := r.need(contentType); v != asJSON {
		r.fail(contentType, v)
	}
	fact := events.Recorded{
		Envelope: events.Envelope{
			ID:          events.ID(r.need(id)),
			Type:        r.need(typ),
			Source:      r.text(source),
			Entities:    r.entities(),
			Time:        r.time(),
			Ask:         events.ID(r.text(ask)),
			AskHash:     r.text(askHash),
			Cause:       events.ID(r.text(cause)),
			Correlation: events.ID(r.text(correlation)),
			Actor:       events.PersonRef(r.text(actor)),
			OnBehalfOf:  events.Entity(r.text(onBehalfOf)),
			Traceparent: r.text(traceparent),
		},
		Stream:   events.Stream(r.need(stream)),
		Revision: events.Revision(r.number(revision, 0)),
		Position: r.position(),
		Ordinal:  events.Ordinal(r.number(ordinal, 1)),
		Data:     data,
	}
	if _, given := header[known]; given {
		fact.Known = events.Ordinal(r.number(known, 1))
	}
	if v := r.need(subject); v != string(fact.Subject()) {
		r.fail(subject, v)
	}
	epoch := Epoch(r.need(epochName))
	if r.err != nil {
		return events.Recorded{}, "", r.err
	}
	return fact, epoch, nil
}

// writer fills a header. The names are written as they are: nats.Header is
// case-sensitive, and its methods would add a slice for each value.
type writer struct {
	header nats.Header
	values []string
}

func (w *writer) set(name, value string) {
	if value == "" {
		return
	}
	w.values = append(w.values, escape(value))
	n := len(w.values)
	w.header[name] = w.values[n-1 : n : n]
}

func joined(all []events.Entity) string {
	if len(all) == 1 {
		return string(all[0])
	}
	var b strings.Builder
	for i, e := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(e))
	}
	return b.String()
}

// reader reads a header and keeps the first thing that was wrong with it.
type reader struct {
	header nats.Header
	err    error
}

func (r *reader) fail(name, value string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s is %q", ErrDamaged, name, value)
	}
}

// text is an attribute that may be missing.
func (r *reader) text(name string) string {
	values := r.header[name]
	switch len(values) {
	case 0:
		return ""
	case 1:
		value, ok := unescape(values[0])
		if !ok || value == "" {
			r.fail(name, values[0])
		}
		return value
	default:
		r.fail(name, strings.Join(values, ", "))
		return ""
	}
}

// need is an attribute that may not.
func (r *reader) need(name string) string {
	value := r.text(name)
	if value == "" {
		r.fail(name, value)
	}
	return value
}

func (r *reader) entities() []events.Entity {
	value := r.need(entities)
	all := make([]events.Entity, 0, 1+strings.Count(value, ","))
	for e := range strings.SplitSeq(value, ",") {
		if e == "" {
			r.fail(entities, value)
		}
		all = append(all, events.Entity(e))
	}
	return all
}

func (r *reader) time() time.Time {
	value := r.need(recorded)
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		r.fail(recorded, value)
	}
	return t.UTC()
}

func (r *reader) position() events.Position {
	value := r.need(position)
	p, err := events.ParsePosition(value)
	if err != nil || p.IsZero() {
		r.fail(position, value)
	}
	return p
}

func (r *reader) number(name string, least int64) int64 {
	value := r.need(name)
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < least {
		r.fail(name, value)
	}
	return n
}
