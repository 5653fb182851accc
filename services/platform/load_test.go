package platform_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// load is what clients keep asking for, and what they were told. Each request
// gives a network a name that no other request gives, so that a name in the
// book says which request it came from.
type load struct {
	site    *site
	clients []client

	mu    sync.Mutex
	sent  map[string]input // by name
	acked map[string]receipt
	wrong []error
}

const loadNetworks = 6

func loadNetwork(n int) string { return fmt.Sprintf("U9800%d", n%loadNetworks) }

// newLoad registers what the requests will be about.
func newLoad(t testing.TB, s *site, clients int) *load {
	t.Helper()
	l := &load{site: s, sent: map[string]input{}, acked: map[string]receipt{}}
	for i := range clients {
		l.clients = append(l.clients, s.as(t, fmt.Sprint("loader-", i), steward))
	}
	l.clients[0].do(t, "registerSystem", input{"code": "QZ8", "name": "Under load"})
	for n := range loadNetworks {
		l.clients[0].do(t, "registerNetwork", input{"code": loadNetwork(n), "name": "New", "system": "QZ8"})
	}
	return l
}

// run sends requests until stop is called, each again and again until it is
// answered. What was not answered by then is kept, to be sent again.
func (l *load) run(t testing.TB, label string) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	for i, c := range l.clients {
		clients.Go(func() {
			for k := 0; ctx.Err() == nil; k++ {
				name := fmt.Sprintf("%s-%d-%d", label, i, k)
				in := input{"code": loadNetwork(i + k), "name": name, "idempotencyKey": name}
				l.mu.Lock()
				l.sent[name] = in
				l.mu.Unlock()
				r, err := c.insist(ctx, "renameNetwork", in)
				l.note(name, r, err)
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); clients.Wait() })
	t.Cleanup(stop)
	return stop
}

func (l *load) note(name string, r receipt, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.acked[name] = r
	case !errors.Is(err, context.Canceled):
		l.wrong = append(l.wrong, err)
	}
}

func (l *load) answered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// more waits until n more requests have been answered.
func (l *load) more(t testing.TB, n int) {
	t.Helper()
	goal := l.answered() + n
	for end := time.Now().Add(2 * patience); l.answered() < goal; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d requests answered, %d hoped for, within %s", l.answered(), goal, 2*patience)
		}
	}
}

// finish sends again what was never answered, under the same keys.
func (l *load) finish(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	for name, in := range l.sent {
		if _, told := l.acked[name]; told {
			continue
		}
		var i int
		if _, err := fmt.Sscanf(name[strings.Index(name, "-")+1:], "%d-", &i); err != nil {
			t.Fatal(err)
		}
		r, err := l.clients[i].insist(ctx, "renameNetwork", in)
		if err != nil {
			t.Fatalf("%s, sent again: %v", name, err)
		}
		l.acked[name] = r
	}
}

type entry struct {
	ID       string
	Ordinal  int
	Revision int
	Position string
	Data     struct{ Name string }
}

// history is every entry about something.
func history(t testing.TB, c client, about string) (all []entry) {
	t.Helper()
	cursor := ""
	for {
		p := read[struct {
			Entries struct {
				Nodes    []entry
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}](t, c, `{ entries(about: "`+about+`", first: 100`+cursor+`) { nodes { id ordinal revision position data } pageInfo { hasNextPage endCursor } } }`).Entries
		all = append(all, p.Nodes...)
		if !p.PageInfo.HasNextPage {
			return all
		}
		cursor = `, after: "` + p.PageInfo.EndCursor + `"`
	}
}

// caughtUp waits until all that is recorded is visible, and returns how much.
func caughtUp(t testing.TB, c client) int {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		a := read[struct {
			Status struct{ Recorded, Relayed, Visible, LagFacts int }
		}](t, c, `{ status { recorded relayed visible lagFacts } }`).Status
		if a.Recorded == a.Visible && a.Recorded == a.Relayed && a.LagFacts == 0 {
			return a.Recorded
		}
	}
	t.Fatalf("not everything recorded became visible within %s", patience)
	return 0
}

// check compares what the book says with what the clients were told: each
// request answered is there once, none is there twice, nothing else is there.
func (l *load) check(t testing.TB) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, err := range l.wrong {
		t.Errorf("a request was answered wrongly: %v", err)
	}
	c := l.clients[0]
	recorded := caughtUp(t, c)
	found, ids, ordinals := map[string]entry{}, map[string]bool{}, map[int]bool{}
	for n := range loadNetworks {
		for revision, e := range history(t, c, "network-"+loadNetwork(n)) {
			if ids[e.ID] || ordinals[e.Ordinal] || e.Revision != revision {
				t.Errorf("%s has the entry %+v at revision %d, and its id or ordinal before", loadNetwork(n), e, revision)
			}
			ids[e.ID], ordinals[e.Ordinal] = true, true
			if e.Data.Name == "New" {
				continue
			}
			if _, twice := found[e.Data.Name]; twice {
				t.Errorf("request %s was recorded twice", e.Data.Name)
			}
			if _, known := l.sent[e.Data.Name]; !known {
				t.Errorf("nobody asked for %s", e.Data.Name)
			}
			found[e.Data.Name] = e
		}
	}
	for name, r := range l.acked {
		if e, there := found[name]; !there || e.ID != r.ID || e.Position != r.Position || e.Revision != r.Revision {
			t.Errorf("request %s was answered with %+v; the book has %+v", name, r, e)
		}
	}
	if all := len(ids) + 1; recorded != all { // and the system's own
		t.Errorf("the book has %d entries, of which %d are accounted for", recorded, all)
	}
}

// picture is everything a view shows, as one string.
func picture(t testing.TB, c client) string {
	t.Helper()
	caughtUp(t, c)
	a := c.ask(t, `{
		networks(first: 100) { totalCount nodes { code name system { code name } place { code name } practiceCount { value unknown { code since } }
			memberships { practice { code name } from lastDay } } }
		a: system(code: "QZ1") { name region places { code name } networkCount { value } practiceCount { value } }
		b: system(code: "QZ8") { name networkCount { value } practiceCount { value } }
		p: practice(code: "Z99001") { name network { code } memberships { network { code } from lastDay } }
		status { recorded parked { entity fact } }
	}`)
	if len(a.Errors) > 0 {
		t.Fatalf("no picture: %s", a.body)
	}
	return string(a.Data)
}

func (l *load) names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for name := range l.acked {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
