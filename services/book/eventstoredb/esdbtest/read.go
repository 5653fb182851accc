package esdbtest

import (
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// page is how many events are looked at under one lock.
const page = 512

// Read reads a stream or all, as far as asked, or on and on as a subscription.
func (s service) Read(r *streams.ReadReq, call streams.Streams_ReadServer) error {
	if reading := s.server.failing().Reading; reading != nil {
		if err := reading(call.Context()); err != nil {
			return err
		}
	}
	o := r.GetOptions()
	switch {
	case o.GetAll() != nil && o.GetSubscription() != nil:
		return s.subscribe(o, call)
	case o.GetAll() != nil:
		return s.readAll(o, call)
	case o.GetStream() != nil && o.GetSubscription() == nil:
		return s.readStream(o, call)
	}
	return status.Error(codes.Unimplemented, "this server has no subscriptions to one stream")
}

func (s service) readStream(o *streams.ReadReq_Options, call streams.Streams_ReadServer) error {
	l, name := s.server.Log, string(o.GetStream().GetStreamIdentifier().GetStreamName())
	l.mu.Lock()
	closed, found := l.closed[name], l.visible(name)
	l.mu.Unlock()
	switch {
	case closed:
		call.SetTrailer(metadata.Pairs("exception", "stream-deleted", "stream-name", name))
		return status.Errorf(codes.FailedPrecondition, "Event stream '%s' is deleted.", name)
	case len(found) == 0:
		return call.Send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{StreamNotFound: &streams.ReadResp_StreamNotFound{
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)},
		}}})
	}
	from, backwards := o.GetStream(), o.GetReadDirection() == streams.ReadReq_Options_Backwards
	if backwards {
		slices.Reverse(found)
	}
	if at, is := from.GetRevisionOption().(*streams.ReadReq_Options_StreamOptions_Revision); is {
		found = slices.DeleteFunc(found, func(e *event) bool {
			return !backwards && e.revision < at.Revision || backwards && e.revision > at.Revision
		})
	} else if from.GetEnd() != nil != backwards {
		found = nil // at the end forwards, or at the start backwards
	}
	for i, e := range found {
		if uint64(i) == o.GetCount() {
			break
		}
		if err := call.Send(l.message(e, o.GetResolveLinks())); err != nil {
			return err
		}
	}
	return nil
}

// readAll reads from a position on, with the event there; backwards, what is
// before it.
func (s service) readAll(o *streams.ReadReq_Options, call streams.Streams_ReadServer) error {
	l, backwards := s.server.Log, o.GetReadDirection() == streams.ReadReq_Options_Backwards
	from, left := o.GetAll(), o.GetCount()
	l.mu.Lock()
	at := len(l.all)
	if p := from.GetPosition(); p != nil {
		at = l.search(p.GetCommitPosition())
	} else if from.GetStart() != nil {
		at = 0
	}
	l.mu.Unlock()
	for left > 0 {
		l.mu.Lock()
		n := min(left, page, uint64(len(l.all)-at))
		if backwards {
			n = min(left, page, uint64(at))
			at -= int(n)
		}
		found := slices.Clone(l.all[at:][:n])
		l.mu.Unlock()
		if len(found) == 0 {
			return nil
		}
		if backwards {
			slices.Reverse(found)
		} else {
			at += int(n)
		}
		left -= n
		for _, e := range found {
			if err := call.Send(l.message(e, o.GetResolveLinks())); err != nil {
				return err
			}
		}
	}
	return nil
}

// search is where the first event at a position or after it is.
func (l *Log) search(position uint64) int {
	return sort.Search(len(l.all), func(i int) bool { return l.all[i].position >= position })
}

// subscribe sends what comes after a position, and says when it has caught up
// and, with a filter, how far it has looked.
func (s service) subscribe(o *streams.ReadReq_Options, call streams.Streams_ReadServer) error {
	filter, err := newFilter(o.GetFilter())
	if err != nil {
		return err
	}
	l, from := s.server.Log, o.GetAll()
	l.mu.Lock()
	at := len(l.all)
	if p := from.GetPosition(); p != nil {
		at = l.search(p.GetCommitPosition() + 1)
		if at > 0 && l.all[at-1].position != p.GetCommitPosition() { // the middle of a record: a server finds no record there
			l.mu.Unlock()
			return status.Errorf(codes.InvalidArgument, "there is nothing at position %d", p.GetCommitPosition())
		}
	} else if from.GetStart() != nil {
		at = 0
	}
	l.mu.Unlock()
	confirmed := &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: uuid.NewString()}
	if err := call.Send(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{Confirmation: confirmed}}); err != nil {
		return err
	}
	for caughtUp := false; ; {
		l.mu.Lock()
		found, grown := slices.Clone(l.all[at:min(at+page, len(l.all))]), l.grown
		l.mu.Unlock()
		at += len(found)
		for _, e := range found {
			if err := filter.send(l, e, o.GetResolveLinks(), call); err != nil {
				return err
			}
		}
		if len(found) > 0 {
			caughtUp = false
			continue
		}
		if !caughtUp {
			caughtUp = true
			if err := call.Send(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: &streams.ReadResp_CaughtUp{}}}); err != nil {
				return err
			}
		}
		select {
		case <-grown:
		case <-call.Context().Done():
			return status.FromContextError(call.Context().Err()).Err()
		}
	}
}

// filter passes events by what their streams or types begin with, or match.
type filter struct {
	any      bool
	byType   bool
	prefixes []string
	regex    *regexp.Regexp
	every    int // so many events looked at are a checkpoint
	looked   int
}

func newFilter(o *streams.ReadReq_Options_FilterOptions) (*filter, error) {
	if o == nil {
		return &filter{any: true}, nil
	}
	by := o.GetStreamIdentifier()
	f := &filter{every: max(1, int(o.GetMax())*int(o.GetCheckpointIntervalMultiplier()))}
	if by == nil {
		by, f.byType = o.GetEventType(), true
	}
	if f.prefixes = by.GetPrefix(); len(f.prefixes) > 0 {
		return f, nil
	}
	var err error
	if f.regex, err = regexp.Compile(by.GetRegex()); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return f, nil
}

func (f *filter) passes(e *event) bool {
	name := e.stream
	if f.byType {
		name = e.kind
	}
	return f.any || f.regex != nil && f.regex.MatchString(name) ||
		slices.ContainsFunc(f.prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func (f *filter) send(l *Log, e *event, resolve bool, call streams.Streams_ReadServer) error {
	if f.passes(e) {
		if err := call.Send(l.message(e, resolve)); err != nil {
			return err
		}
	}
	if f.looked++; f.any || f.looked%f.every != 0 {
		return nil
	}
	return call.Send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{Checkpoint: &streams.ReadResp_Checkpoint{
		CommitPosition: e.position, PreparePosition: e.position,
	}}})
}

// message is an event on the wire; a link is followed if that was asked and it
// leads somewhere.
func (l *Log) message(e *event, resolve bool) *streams.ReadResp {
	out := &streams.ReadResp_ReadEvent{Event: e.wire, Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: e.position}}
	if resolve && e.kind == "$>" {
		if target := l.target(string(e.data)); target != nil {
			out.Event, out.Link = target.wire, e.wire
		}
	}
	return &streams.ReadResp{Content: &streams.ReadResp_Event{Event: out}}
}

// target is the event that revision@stream names.
func (l *Log) target(link string) *event {
	number, stream, _ := strings.Cut(link, "@")
	revision, err := strconv.Atoi(number)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || revision < 0 || revision >= len(l.streams[stream]) {
		return nil
	}
	return l.streams[stream][revision]
}

// onWire is an event as it is sent.
func onWire(e *event) *streams.ReadResp_ReadEvent_RecordedEvent {
	return &streams.ReadResp_ReadEvent_RecordedEvent{
		Id: toProto(e.id), StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(e.stream)}, StreamRevision: e.revision,
		CommitPosition: e.position, PreparePosition: e.position, Data: e.data, CustomMetadata: e.meta,
		Metadata: map[string]string{
			"type": e.kind, "content-type": e.content,
			"created": strconv.FormatInt(e.created.UnixNano()/100, 10), // in ticks of .NET
		},
	}
}
