package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/identity"
)

// What one subscriber may take while nothing happens: 1,000 of them less than
// 100 MB, and a handful of goroutines each. Both ends of every connection are in
// the test's own process, so that what a gateway takes is less.
const (
	watchers       = 1_000
	goroutinesEach = 12
)

// Each is told of a change, and nothing is left of them when they have gone.
func TestAThousandIdleSubscribers(t *testing.T) {
	s := newShelf(two...)
	before, goroutines := memory(), runtime.NumGoroutine()
	streams := watch(t, s, watchers)
	each, routines := (memory()-before)/watchers, (runtime.NumGoroutine()-goroutines)/watchers
	t.Logf("%d bytes and %d goroutines for each of %d subscribers, both ends of its connection", each, routines, watchers)
	if each > bytesEach || routines > goroutinesEach {
		t.Errorf("a subscriber takes %d bytes and %d goroutines; %d and %d are the most", each, routines, bytesEach, goroutinesEach)
	}
	s.record("", renamed("Renamed"))
	for _, stream := range streams {
		if event := stream.next(t); !strings.Contains(event, `"name":"Renamed"`) || strings.Contains(event, "errors") {
			t.Fatalf("somebody is told %s", event)
		}
	}
	for _, stream := range streams {
		stream.gone()
	}
	eventually(t, "all are gone", func() bool { return s.hub().Count() == 0 })
	eventually(t, "nothing runs for them", func() bool { return runtime.NumGoroutine() < goroutines+watchers/10 })
}

// watch has as many subscribers as said, a hundred of them one person's.
func watch(t testing.TB, s *shelf, n int) (all []heard) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := identity.Person{Ref: events.PersonRef(r.Header.Get("X-Person")), Client: "test", Grants: []ask.Grant{steward}, Expires: tomorrow}
		s.to(p).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	for i := range n {
		stream := hearsAs(t, server, fmt.Sprint("person-", i/100), watched)
		if first := stream.next(t); !strings.Contains(first, `"name":"Cedar"`) {
			t.Fatalf("subscriber %d begins with %s", i, first)
		}
		all = append(all, stream)
	}
	return all
}

// memory is what is in use, of the heap and of stacks.
func memory() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapInuse + m.StackInuse)
}
