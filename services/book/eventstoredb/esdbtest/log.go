package esdbtest

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/services/internal/clock"
)

// Log is what a server, or a cluster, has recorded.
type Log struct {
	mu      sync.Mutex
	all     []*event
	streams map[string][]*event
	closed  map[string]bool // by a tombstone
	end     uint64
	appends int
	grown   chan struct{} // closed, and replaced, when something is added
}

// event is a recorded event. Its commit and prepare positions are one number,
// as for all that is written without an explicit transaction.
type event struct {
	id       uuid.UUID
	stream   string
	revision uint64
	position uint64
	kind     string
	content  string // application/json or application/octet-stream
	data     []byte
	meta     []byte
	created  time.Time
	wire     *streams.ReadResp_ReadEvent_RecordedEvent
}

// NewLog is an empty log.
func NewLog() *Log {
	return &Log{streams: map[string][]*event{}, closed: map[string]bool{}, grown: make(chan struct{})}
}

// statsEvery is after how many appends the server writes down something of its
// own, so that there is no reading without foreign events.
const statsEvery = 7

// What came of an append.
type outcome int

const (
	recorded outcome = iota
	wrongVersion
	streamClosed
)

// The expected revisions that are no revision.
const (
	noStream     = -1
	anyRevision  = -2
	streamExists = -4
)

// add judges an append and records it. It returns the last event of it, or
// where the stream stands.
func (l *Log) add(stream string, expected int64, proposed []*event) (last *event, current int64, _ outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed[stream] {
		return nil, 0, streamClosed
	}
	current = int64(len(l.streams[stream])) - 1
	switch {
	case expected == anyRevision, expected == streamExists && current >= 0, expected == current:
	case expected >= noStream && expected < current:
		if len(proposed) == 0 || expected+int64(len(proposed)) > current {
			return nil, current, wrongVersion
		}
		there := l.streams[stream][expected+1:][:len(proposed)]
		if !slices.EqualFunc(there, proposed, func(a, b *event) bool { return a != nil && a.id == b.id }) {
			return nil, current, wrongVersion
		}
		return there[len(there)-1], current, recorded
	default:
		return nil, current, wrongVersion
	}
	for _, e := range proposed {
		l.write(stream, e)
	}
	if l.appends++; l.appends%statsEvery == 0 {
		l.write("$stats-0", &event{id: uuid.New(), kind: "$statsCollected", content: "application/json", data: []byte("{}")})
	}
	if all := l.streams[stream]; len(all) > 0 {
		last = all[len(all)-1]
	}
	return last, current + int64(len(proposed)), recorded
}

// write adds an event at the end. The log is locked.
func (l *Log) write(stream string, e *event) {
	e.stream, e.revision, e.position, e.created = stream, uint64(len(l.streams[stream])), l.end, clock.System.Now()
	e.wire = onWire(e)
	l.end += uint64(100 + len(e.data) + len(e.meta))
	l.streams[stream] = append(l.streams[stream], e)
	l.all = append(l.all, e)
	close(l.grown)
	l.grown = make(chan struct{})
}

// system writes an event of the server's own.
func (l *Log) system(kind, stream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(stream, &event{id: uuid.New(), kind: kind, content: "application/json", data: []byte("{}")})
}

// Link writes a link to an event into another stream, as projections do.
func (l *Log) Link(into, target string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(into, &event{id: uuid.New(), kind: "$>", content: "application/octet-stream", data: []byte(target)})
}

// Tombstone closes a stream for ever.
func (l *Log) Tombstone(stream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(stream, &event{id: uuid.New(), kind: "$streamDeleted", content: "application/octet-stream"})
	l.closed[stream] = true
}

// settings are those of a stream that hide events of it.
type settings struct {
	MaxCount *uint64 `json:"$maxCount"`
	MaxAge   *int64  `json:"$maxAge"` // seconds
	Before   *uint64 `json:"$tb"`
}

// visible is what is read of a stream. The log is locked.
func (l *Log) visible(stream string) []*event {
	all := l.streams[stream]
	about := l.streams["$$"+stream]
	if strings.HasPrefix(stream, "$$") || len(about) == 0 {
		return present(all)
	}
	var s settings
	if last := about[len(about)-1]; last == nil || json.Unmarshal(last.data, &s) != nil {
		return present(all)
	}
	from := 0
	if s.Before != nil {
		from = int(min(*s.Before, uint64(len(all))))
	}
	if s.MaxCount != nil {
		from = max(from, len(all)-int(min(*s.MaxCount, uint64(len(all)))))
	}
	oldest := time.Time{}
	if s.MaxAge != nil {
		oldest = clock.System.Now().Add(-time.Duration(*s.MaxAge) * time.Second)
	}
	return slices.DeleteFunc(present(all[from:]), func(e *event) bool { return e.created.Before(oldest) })
}

// present is a copy without what a scavenge took.
func present(all []*event) []*event {
	return slices.DeleteFunc(slices.Clone(all), func(e *event) bool { return e == nil })
}

// Scavenge takes away what settings hide, for good.
func (l *Log) Scavenge() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for stream, all := range l.streams {
		left := map[*event]bool{}
		for _, e := range l.visible(stream) {
			left[e] = true
		}
		for i, e := range all {
			if !left[e] {
				all[i] = nil
			}
		}
		l.all = slices.DeleteFunc(l.all, func(e *event) bool { return e.stream == stream && !left[e] })
	}
}

// Events is how many events there are in streams with a prefix.
func (l *Log) Events(prefix string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.all {
		if strings.HasPrefix(e.stream, prefix) {
			n++
		}
	}
	return n
}
