package eventstoredb_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// impatient is a connection that gives up a try to append soon.
const impatient = "?tls=false&defaultDeadline=100"

// An append whose answer is lost, late, or in the way of a server that hangs up
// is sent again, and recorded once.
func TestAnAnswerThatDoesNotCome(t *testing.T) {
	lost := status.Error(codes.Unavailable, "the connection broke")
	first := func(fault func(context.Context, string) error) func(context.Context, string) error {
		var n atomic.Int32
		return func(ctx context.Context, stream string) error {
			if n.Add(1) > 1 {
				return nil
			}
			return fault(ctx, stream)
		}
	}
	say := func(err error) func(context.Context, string) error {
		return func(context.Context, string) error { return err }
	}
	// The client library reads a trailer that is not there, and panics.
	broken := func(ctx context.Context, _ string) error {
		return errors.Join(grpc.SetTrailer(ctx, metadata.Pairs("exception", "stream-deleted")), status.Error(codes.FailedPrecondition, "deleted"))
	}
	for what, faults := range map[string]esdbtest.Faults{
		"not to be understood": {Before: first(broken)},
		"lost":                 {After: first(say(lost))},
		"never asked":          {Before: first(say(lost))},
		"late":                 {After: first(esdbtest.Late(time.Minute))},
		"late to begin":        {Before: first(esdbtest.Late(time.Minute))},
		"aborted":              {After: first(say(status.Error(codes.Aborted, "timed out")))},
		"unknown":              {After: first(say(status.Error(codes.Unknown, "something went wrong")))},
		"never, for a moment":  {Before: first(say(status.Error(codes.DeadlineExceeded, "too slow")))},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := esdbtest.New(t, esdbtest.Options{})
			s := open(t, eventstoredb.Options{Connection: server.Connection() + impatient})
			server.Fail(faults)
			facts := storetest.Entries(3)
			done, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts)
			if err != nil {
				t.Fatal(err)
			}
			again, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts)
			if err != nil || !again.Time.Equal(done.Time) || again.Last() != done.Last() {
				t.Errorf("the same again: %v, %v; first %v", again, err, done)
			}
			if got := all(t, s); len(got) != 3 || !got[0].Time.Equal(done.Time) {
				t.Errorf("%d facts are there", len(got))
			}
		})
	}
}

// What is sent and not answered may be recorded at any later moment, with the
// time it was stamped with. Nothing of a later time comes before it.
func TestAnAppendThatLingers(t *testing.T) {
	t.Parallel()
	server := esdbtest.New(t, esdbtest.Options{})
	now := &hand{now: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)}
	s := open(t, eventstoredb.Options{Connection: server.Connection() + impatient, Clock: now})
	release := make(chan struct{})
	var lingering sync.WaitGroup
	lingering.Add(5) // every try
	var n atomic.Int32
	server.Fail(esdbtest.Faults{Before: func(context.Context, string) error {
		if n.Add(1) <= 5 {
			defer lingering.Done()
			<-release
		}
		return nil
	}})
	facts := storetest.Entries(1)
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("nobody answered: %v", err)
	}
	now.move(time.Minute)
	later, err := s.Append(t.Context(), "practice-A81002", events.NoStream, storetest.Entries(1))
	if err != nil {
		t.Fatal(err)
	}
	close(release)
	lingering.Wait()
	got := all(t, s)
	if len(got) != 2 || got[0].ID != facts[0].ID || !got[1].Time.Equal(later.Time) || !got[0].Time.Before(later.Time) {
		t.Errorf("the book holds %v", got)
	}
	done, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts)
	if err != nil || !done.Time.Equal(got[0].Time) || done.Positions[0] != got[0].Position {
		t.Errorf("asked again, it is %v, %v", done, err)
	}
}

// While the server is away, appends and readings end with an error that says
// so; when it is back, all goes on. The client library is dead by then.
func TestOutage(t *testing.T) {
	t.Parallel()
	server := esdbtest.New(t, esdbtest.Options{})
	s := open(t, eventstoredb.Options{Connection: server.Connection() + impatient})
	facts := storetest.Entries(1)
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts); err != nil {
		t.Fatal(err)
	}
	for outage := range 2 {
		server.Stop()
		var asking sync.WaitGroup
		for i := range 32 {
			asking.Go(func() {
				_, err := s.Append(t.Context(), events.Stream(fmt.Sprint("practice-B", i)), events.Revision(outage-1), storetest.Entries(1))
				if !errors.Is(err, store.ErrUnavailable) {
					t.Errorf("an append while the server is away: %v", err)
				}
			})
			asking.Go(func() {
				for _, err := range s.ReadStream(t.Context(), "practice-A81001", 0) {
					if !errors.Is(err, store.ErrUnavailable) {
						t.Errorf("a reading while the server is away: %v", err)
					}
				}
			})
		}
		asking.Wait()
		if _, err := s.Head(t.Context()); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("the head while the server is away: %v", err)
		}
		server.Start(t)
		more, err := s.Append(t.Context(), "practice-A81001", events.Revision(outage), storetest.Entries(1))
		if err != nil {
			t.Fatalf("the server is back: %v", err)
		}
		if head, err := s.Head(t.Context()); err != nil || head != more.Positions[0] {
			t.Errorf("head is %s, %v", head, err)
		}
		fact, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts)
		if err != nil || fact.Revision != 0 {
			t.Errorf("the first append again: %v, %v", fact, err)
		}
		// What was in doubt has its outcome: it was sent again, or never was.
		for i := range 32 {
			if _, err := s.Append(t.Context(), events.Stream(fmt.Sprint("practice-B", i)), events.Revision(outage-1), storetest.Entries(1)); err != nil && !errors.Is(err, store.ErrConflict) {
				t.Error(err)
			}
		}
	}
	grows(t, all(t, s))
}

// Who is connected to a node that does not lead, or leads no more, appends to
// the one that does.
func TestLeadershipMoves(t *testing.T) {
	t.Parallel()
	log := esdbtest.NewLog()
	one, two := esdbtest.New(t, esdbtest.Options{Log: log}), esdbtest.New(t, esdbtest.Options{Log: log})
	two.Follow(one)
	for what, connection := range map[string]string{
		"by gossip":             "esdb+discover://" + two.Address(),
		"from a follower":       "esdb://" + two.Address(),
		"from several in a row": "esdb://" + two.Address() + "," + one.Address(),
	} {
		s := open(t, eventstoredb.Options{Connection: connection + impatient})
		stream, at := events.Stream("practice-"+fmt.Sprint(len(what))), events.NoStream
		for move := range 6 {
			leader, follower := one, two
			if move%2 == 1 {
				leader, follower = two, one
			}
			leader.Follow(nil)
			follower.Follow(leader)
			done, err := s.Append(t.Context(), stream, at, storetest.Entries(2))
			if err != nil {
				t.Fatalf("%s, move %d: %v", what, move, err)
			}
			at = done.Revision
		}
		one.Follow(nil)
		two.Follow(one)
		if got := of(t, s, stream); len(got) != 12 {
			t.Errorf("%s: %d facts", what, len(got))
		}
	}
}

// A leader that is said to be where nobody answers keeps the library busy for as
// long as it likes. Nobody waits for it beyond their own time.
func TestStuckLibrary(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // it takes connections, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	host, port, err := net.SplitHostPort(silent.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server := esdbtest.New(t, esdbtest.Options{})
	s := open(t, eventstoredb.Options{Connection: server.Connection() + impatient + "&gossipTimeout=600"})
	server.Fail(esdbtest.Faults{Before: func(ctx context.Context, _ string) error {
		return errors.Join(grpc.SetTrailer(ctx, metadata.Pairs("exception", "not-leader", "leader-endpoint-host", host, "leader-endpoint-port", port)),
			status.Error(codes.NotFound, "Leader info available"))
	}})
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the append: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { _, err := s.Head(ctx); ended <- err }()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the head: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the head is waited for, although its time is over")
	}
}

// A cluster is read where it leads: a follower may be behind.
func TestReadFromTheLeader(t *testing.T) {
	t.Parallel()
	log := esdbtest.NewLog()
	leader, follower := esdbtest.New(t, esdbtest.Options{Log: log}), esdbtest.New(t, esdbtest.Options{Log: log})
	follower.Follow(leader)
	follower.Fail(esdbtest.Faults{Reading: func(context.Context) error {
		t.Error("the follower is read")
		return nil
	}})
	s := open(t, eventstoredb.Options{Connection: "esdb+discover://" + follower.Address() + impatient})
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(2)); err != nil {
		t.Error(err)
	}
	if n := len(all(t, s)); n != 2 {
		t.Errorf("%d facts are there", n)
	}
}

// Whatever the clock does, also after a restart, times never go back.
func TestClockGoesBackAnHour(t *testing.T) {
	t.Parallel()
	connection := esdbtest.New(t, esdbtest.Options{}).Connection() + "?tls=false"
	now := &hand{now: time.Date(2026, 4, 1, 9, 0, 0, 999, time.UTC)}
	s := open(t, eventstoredb.Options{Connection: connection, Clock: now})
	var last time.Time
	stream, at := events.Stream("practice-A81001"), events.NoStream
	step := func(s *eventstoredb.Store, what string) {
		t.Helper()
		done, err := s.Append(t.Context(), stream, at, storetest.Entries(1))
		if err != nil {
			t.Fatal(err)
		}
		if done.Time.Before(last) || done.Time.Nanosecond()%1000 != 0 {
			t.Errorf("%s: recorded at %s, after %s", what, done.Time, last)
		}
		at, last = done.Revision, done.Time
	}
	step(s, "first")
	now.move(-time.Hour)
	step(s, "an hour back")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the first finds the fact, later ones what the one before has found
		s = open(t, eventstoredb.Options{Connection: connection, Clock: now})
	}
	step(s, "after restarts")
	// Another process, whose clock is ahead, and which has to be noticed.
	ahead := &hand{now: now.now.Add(5 * time.Hour)}
	other := open(t, eventstoredb.Options{Connection: connection, Clock: ahead})
	step(other, "in another process")
	step(s, "and in this one again")
	if !last.Equal(ahead.now.Truncate(time.Microsecond)) {
		t.Errorf("recorded at %s, the other's clock says %s", last, ahead.now)
	}
	now.move(10 * time.Hour)
	step(s, "when the clock is ahead again")
	grows(t, all(t, s))
}

// Closing ends what waits, and a closed store says so.
func TestClose(t *testing.T) {
	t.Parallel()
	server := esdbtest.New(t, esdbtest.Options{})
	s := open(t, eventstoredb.Options{Connection: server.Connection() + "?tls=false"})
	asked := make(chan struct{}, 1)
	server.Fail(esdbtest.Faults{Before: func(ctx context.Context, stream string) error {
		asked <- struct{}{}
		return esdbtest.Late(time.Minute)(ctx, stream)
	}})
	ended := make(chan error, 1)
	go func() {
		_, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1))
		ended <- err
	}()
	<-asked
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("an append at work: %v", err)
	}
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("an append after the end: %v", err)
	}
	if err := s.Copy(t.Context(), storetest.Recorded(1)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a copy after the end: %v", err)
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the head after the end: %v", err)
	}
}

// hand is a clock moved by hand.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

var _ clock.Clock = (*hand)(nil)

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) move(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(by)
}

func all(t testing.TB, s *eventstoredb.Store) (facts []events.Recorded) {
	t.Helper()
	for r, err := range s.ReadAll(t.Context(), events.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, r)
	}
	return facts
}

func of(t testing.TB, s *eventstoredb.Store, stream events.Stream) (facts []events.Recorded) {
	t.Helper()
	for r, err := range s.ReadStream(t.Context(), stream, 0) {
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, r)
	}
	return facts
}

// grows sees that neither times nor positions go back.
func grows(t *testing.T, facts []events.Recorded) {
	t.Helper()
	for i := 1; i < len(facts); i++ {
		if facts[i].Time.Before(facts[i-1].Time) || facts[i].Position.Compare(facts[i-1].Position) <= 0 {
			t.Errorf("fact %d is of %s at %s, after %s at %s", i, facts[i].Time, facts[i].Position, facts[i-1].Time, facts[i-1].Position)
		}
	}
}
