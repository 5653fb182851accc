package platform_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/platform"
)

// Both may be set to look at something again.
const (
	longEnv = "OPENBOOK_TEST_LONG" // the long runs, as `task test:long` sets it
	seedEnv = "OPENBOOK_TEST_SEED"
)

// dice are thrown with a seed that the test prints.
func dice(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if s := os.Getenv(seedEnv); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedEnv, err)
		}
	}
	t.Logf("%s=%d", seedEnv, seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)))
}

// forget removes all that can be made again from the book.
func forget(t testing.TB, data string) {
	t.Helper()
	for _, made := range []string{"nats", "book", "network", "contract", "gateway"} {
		if err := os.RemoveAll(filepath.Join(data, made)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingAcknowledgedIsLostWhenThePlatformIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	rounds := 5
	if os.Getenv(longEnv) != "" {
		rounds = 50
	}
	random := dice(t)
	data := t.TempDir()
	p := service(t, "up", platform.Config{Data: data, Listen: address(t)})
	s := &site{url: p.at.URL, mint: localMint(data)}
	l := newLoad(t, s, 16)
	for round := range rounds {
		before := l.answered()
		stop := l.run(t, fmt.Sprint("r", round))
		l.more(t, 1)
		time.Sleep(between(random, 0, 600*time.Millisecond))
		p.kill(t)
		stop()
		t.Logf("round %d: %d requests answered before the kill", round, l.answered()-before)
		for random.IntN(2) == 0 { // killed again while it comes up
			if _, err := p.launch(t); err != nil {
				t.Fatal(err)
			}
			time.Sleep(between(random, 0, 700*time.Millisecond))
			p.kill(t)
		}
		p.start(t)
		l.check(t)
		l.finish(t)
		l.check(t)
		shown := picture(t, l.clients[0])
		p.stop(t)
		forget(t, data)
		p.start(t)
		if rebuilt := picture(t, l.clients[0]); rebuilt != shown {
			t.Errorf("round %d: the view shows\n%s\nrebuilt from zero\n%s", round, shown, rebuilt)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// Each process is killed in turn, twice, while clients go on asking.
func TestNothingAcknowledgedIsLostWhenEachProcessIsKilledInTurn(t *testing.T) {
	t.Parallel()
	random := dice(t)
	f := newFleet(t)
	l := newLoad(t, f.site, 8)
	watching := l.clients[0].watch(t, loadNetwork(0), "")
	watching.next(t)
	stop := l.run(t, "r")
	for range 2 {
		for _, p := range []*process{f.nats, f.book, f.network, f.contract, f.gateway} {
			l.more(t, 20)
			time.Sleep(between(random, 0, 200*time.Millisecond))
			p.kill(t)
			time.Sleep(between(random, 0, 500*time.Millisecond)) // for how long it is missed
			p.start(t)
			began := time.Now()
			l.more(t, 20)
			t.Logf("%s: %d requests answered so far; 20 more took %s after it was back", p.name, l.answered(), time.Since(began).Round(time.Millisecond))
		}
	}
	stop()
	l.finish(t)
	l.check(t)

	c := l.clients[0]
	for _, name := range l.names()[:10] { // answered long ago, by processes that are no more
		if again, err := c.site.as(t, "loader-"+name[2:3], steward).insist(t.Context(), "renameNetwork", l.sent[name]); err != nil || again.recorded() != l.acked[name].recorded() {
			t.Errorf("%s again: %+v, %v; before %+v", name, again, err, l.acked[name])
		}
	}
	watching = c.watch(t, loadNetwork(0), "")
	watching.next(t)
	c.do(t, "renameNetwork", input{"code": loadNetwork(0), "name": "After all"})
	if change := watching.next(t); change.name() != "After all" {
		t.Errorf("a subscription sends %+v", change)
	}
	shown := picture(t, c)
	if rebuilt := picture(t, f.fresh(t).as(t, "loader-0", steward)); rebuilt != shown {
		t.Errorf("the view shows\n%s\nrebuilt from zero\n%s", shown, rebuilt)
	}
}
