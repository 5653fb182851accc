// Package carrier is the form a fact has on its way: a message of the JetStream
// stream BOOK, written as CloudEvents' binding for NATS has it in binary mode.
// The attributes are headers, the data is the body.
//
// What CloudEvents has no name for is in two extension attributes, place and
// origin, rather than in one each: a header is written once and read by every
// reader, and with eleven more of them nearly half the work of relaying a fact
// was headers.
package carrier

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unique"

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
	place       = "ce-place"    // stream, revision, position, ordinal, epoch
	origin      = "ce-origin"   // ask, ask's hash, correlation, cause, actor, on behalf of, known; missing where nothing is known
	traceparent = "ce-traceparent"

	attributes = 11
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
	w.set(id, escape(string(r.ID)))
	w.set(typ, escape(r.Type))
	w.set(source, escape(r.Source))
	w.set(subject, escape(string(r.Subject())))
	w.set(recorded, r.Time.Format(time.RFC3339Nano))
	w.set(contentType, asJSON)
	w.set(entities, list(r.Entities...))
	w.set(place, list(string(r.Stream), strconv.FormatInt(int64(r.Revision), 10), r.Position.String(),
		strconv.FormatUint(uint64(r.Ordinal), 10), string(epoch)))
	if o := list(string(r.Ask), r.AskHash, string(r.Correlation), string(r.Cause), string(r.Actor), string(r.OnBehalfOf),
		strconv.FormatUint(uint64(r.Known), 10)); o != nothing {
		w.set(origin, o)
	}
	w.set(traceparent, escape(r.Traceparent))
	return &nats.Msg{Subject: Subject(r), Header: w.header, Data: r.Data}
}

// Decode reads what Encode wrote. An attribute it does not know is of a later
// release and is passed over. The data is not looked at and not copied. An
// error wraps [ErrDamaged] and comes with no part of the fact.
//
// Nothing of the fact but its data keeps memory of the message: the values of a
// header are cut from one text of all of them, a kilobyte that a view would hold for
// each id it remembers.
func Decode(header nats.Header, data []byte) (events.Recorded, Epoch, error) {
	r := reader{header: header}
	if v := r.need(specVersion); v != version {
		r.fail(specVersion, v)
	}
	if v := r.need(contentType); v != asJSON {
		r.fail(contentType, v)
	}
	at, from := r.list(place, 5), make([]string, 7)
	if _, given := header[origin]; given {
		from = r.list(origin, 7)
	}
	if r.err != nil {
		return events.Recorded{}, "", r.err
	}
	fact := events.Recorded{
		Envelope: events.Envelope{
			ID:          events.ID(strings.Clone(r.need(id))),
			Type:        same(r.need(typ)),
			Source:      same(r.text(source)),
			Entities:    r.entities(),
			Time:        r.time(),
			Ask:         events.ID(strings.Clone(from[0])),
			AskHash:     strings.Clone(from[1]),
			Cause:       events.ID(strings.Clone(from[3])),
			Actor:       events.PersonRef(same(from[4])),
			OnBehalfOf:  events.Entity(same(from[5])),
			Traceparent: strings.Clone(r.text(traceparent)),
		},
		Stream:   events.Stream(same(at[0])),
		Revision: events.Revision(r.number(place, at[1], 0)),
		Position: r.position(at[2]),
		Ordinal:  events.Ordinal(r.number(place, at[3], 1)),
		Data:     data,
	}
	if fact.Correlation = fact.Ask; from[2] != from[0] {
		fact.Correlation = events.ID(strings.Clone(from[2]))
	}
	if from[6] != "" {
		fact.Known = events.Ordinal(r.number(origin, from[6], 0))
	}
	if v := r.need(subject); v != string(fact.Subject()) {
		r.fail(subject, v)
	}
	if fact.Stream == "" || at[4] == "" {
		r.fail(place, header[place][0])
	}
	if r.err != nil {
		return events.Recorded{}, "", r.err
	}
	return fact, Epoch(same(at[4])), nil
}

// same is a text that many facts say, held once for all of them.
func same(s string) string { return unique.Make(s).Value() }

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
	w.values = append(w.values, value)
	n := len(w.values)
	w.header[name] = w.values[n-1 : n : n]
}

// list writes values as one, separated by commas.
func list[T ~string](values ...T) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(escape(string(v)), ",", "%2C"))
	}
	return b.String()
}

// nothing is the origin of a fact of which none is known.
const nothing = ",,,,,,0"

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

// list reads what list wrote, of so many values.
func (r *reader) list(name string, n int) []string {
	var values []string
	if given := r.header[name]; len(given) == 1 {
		values = strings.Split(given[0], ",")
	}
	if len(values) != n {
		r.fail(name, strings.Join(r.header[name], " and "))
		return make([]string, n)
	}
	for i, v := range values {
		var ok bool
		if values[i], ok = unescape(v); !ok {
			r.fail(name, v)
		}
	}
	return values
}

func (r *reader) entities() []events.Entity {
	given := r.header[entities]
	if len(given) != 1 {
		r.fail(entities, strings.Join(given, " and "))
		return nil
	}
	names := r.list(entities, 1+strings.Count(given[0], ","))
	all := make([]events.Entity, len(names))
	for i, e := range names {
		if e == "" {
			r.fail(entities, given[0])
		}
		all[i] = events.Entity(same(e))
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

func (r *reader) position(value string) events.Position {
	p, err := events.ParsePosition(value)
	if err != nil || p.IsZero() {
		r.fail(place, value)
	}
	return p
}

func (r *reader) number(name, value string, least int64) int64 {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < least {
		r.fail(name, value)
	}
	return n
}
