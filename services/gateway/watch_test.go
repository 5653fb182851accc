package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
)

const watched = `subscription { networkChanged(code: "U99001") { network { name members { from } } entries { type } position } }`

var tomorrow = registrytest.Today.Time().Add(24 * time.Hour)

func renamed(name string) fact.Event { return fact.NetworkRenamed{Network: "U99001", Name: name} }

// Who may watch is judged again before each event, and when anything has changed
// on which it hangs: a stream ends with the reason, and nothing comes in between.
func TestASubscriptionEndsWithTheRightToIt(t *testing.T) {
	away := []fact.Event{fact.NetworkLocated{Network: "U99001", System: "QZ2", From: since}, renamed("After the move")}
	for name, c := range map[string]struct {
		of      events.Entity
		happens func(*shelf)
		ends    string // none: it goes on
	}{
		"the network moves away":              {"system-QZ1", func(s *shelf) { s.record("", away...) }, "OTHER_SYSTEM"},
		"the network moves, and England sees": {ask.England, func(s *shelf) { s.record("", away...) }, ""},
		"the network's own manager moves too": {"network-U99001", func(s *shelf) { s.record("", away...) }, ""},
		"the watcher's practice moves away":   {"practice-Z99001", func(s *shelf) { s.record("", fact.PracticeLocated{Practice: "Z99001", System: "QZ2", From: since}) }, "OTHER_SYSTEM"},
		"the watcher's network moves away":    {"network-U99003", func(s *shelf) { s.record("", fact.NetworkLocated{Network: "U99003", System: "QZ2", From: since}) }, "OTHER_SYSTEM"},
		"the system is succeeded":             {"system-QZ1", func(s *shelf) { s.record("", fact.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ2"}, On: since}) }, "OTHER_SYSTEM"},
		"the sign-in ends, then it changes":   {"system-QZ1", func(s *shelf) { s.pass(25 * time.Hour); s.record("", renamed("After the end")) }, "UNAUTHENTICATED"},
		"the replica stops":                   {"system-QZ1", func(s *shelf) { s.hub().Stop() }, "STOPPING"},
		"another network changes":             {"system-QZ1", func(s *shelf) { s.record("", fact.NetworkRenamed{Network: "U99003", Name: "Oak"}) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(two...)
			stream := hears(t, s.serving(t, "person-a", tomorrow, ask.Grant{Role: ask.Board, Of: c.of}), watched)
			if first := stream.next(t); !strings.Contains(first, `"name":"Cedar"`) || strings.Contains(first, "errors") {
				t.Fatalf("it begins with %s", first)
			}
			c.happens(s)
			if c.ends == "" {
				s.record("", renamed("And on"))
				stream.until(t, "And on")
				return
			}
			last := stream.next(t)
			if !strings.Contains(last, `"code":"`+c.ends+`"`) || strings.Contains(last, "After") {
				t.Errorf("it ends with %s", last)
			}
			if more := stream.next(t); more != "" {
				t.Errorf("after the end comes %s", more)
			}
			eventually(t, "everything is freed", func() bool { return s.hub().Count() == 0 })
		})
	}
}
