package platform_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	api "github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

// spare is a free address on this machine, the same after a restart.
func spare(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Who watches with a client of ours misses nothing and hears nothing twice while
// the platform restarts, and while its views and what carries the book to them
// are made again. The stream says why it ends.
func TestAWatcherGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	config := platform.Config{Data: t.TempDir(), Listen: spare(t)}
	s, stop := up(t, config)
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "System"})
	c.do(t, "registerNetwork", input{"code": "U99001", "name": "Network", "system": "QZ1"})
	watcher, err := api.New(s.at(), api.Token(c.token), api.Retries(100, patience))
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithTimeout(t.Context(), 3*patience)
	defer end()
	type heard struct {
		entry events.ID
		name  string
		err   error
	}
	all := make(chan heard, 100)
	go func() {
		defer close(all)
		for change, err := range watcher.WatchNetwork(ctx, "U99001", events.Position{}) {
			if err != nil {
				all <- heard{err: err}
				return
			}
			for _, e := range change.Entries {
				all <- heard{events.ID(e.Id), change.Network.Name, nil}
			}
			if len(change.Entries) == 0 {
				all <- heard{name: change.Network.Name}
			}
		}
	}()
	if first := <-all; first.name != "Network" || first.entry != "" {
		t.Fatalf("it begins with %+v", first)
	}
	raw := c.watch(t, "U99001", "")
	raw.next(t)

	var recorded []string
	rename := func(times int) {
		for range times {
			recorded = append(recorded, c.do(t, "renameNetwork", input{"code": "U99001", "name": fmt.Sprint("Network ", len(recorded))}).ID)
		}
	}
	rename(3)
	stop()
	var last change
	for event := range raw.changes {
		last = event
	}
	if len(last.Errors) != 1 || last.Errors[0].Extensions["code"] != "STOPPING" {
		t.Errorf("the stream ends with %+v", last)
	}
	s, stop = up(t, config)
	c.site = s
	rename(3)
	stop()
	if err := platform.Rebuild(t.Context(), config, func(uint64, uint64) {}); err != nil {
		t.Fatal(err)
	}
	s, _ = up(t, config)
	c.site = s
	rename(3)

	var got []string
	for len(got) < len(recorded) {
		select {
		case one, open := <-all:
			if !open || one.err != nil {
				t.Fatalf("after %d of %d changes: %v", len(got), len(recorded), one.err)
			}
			got = append(got, string(one.entry))
		case <-time.After(patience):
			t.Fatalf("%d of %d changes came", len(got), len(recorded))
		}
	}
	if !slices.Equal(got, recorded) {
		t.Errorf("there came\n%v of\n%v", got, recorded)
	}
	end()
	if one := <-all; !errors.Is(one.err, context.Canceled) {
		t.Errorf("then came %+v", one)
	}
}
