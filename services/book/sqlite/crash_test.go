package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// rounds can be raised for a long test.
var rounds = environment("OPENBOOK_CRASH_ROUNDS", 5)

// seed makes a round that failed happen again, as far as a process can.
var seed = environment("OPENBOOK_CRASH_SEED", int(time.Now().UnixNano()&0x7fffffff))

// child is set in the process that is to be killed, to the book it writes to.
const child = "OPENBOOK_CRASH_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(child); path != "" {
		appendForEver(path)
	}
	os.Exit(m.Run())
}

// A process that is killed while it appends has lost nothing it was told is
// recorded, and what is there is whole: each append all or not at all, each
// stream without gaps, each id once.
func TestKilled(t *testing.T) {
	t.Logf("OPENBOOK_CRASH_SEED=%d", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	path := filepath.Join(t.TempDir(), "book.db")
	acknowledged := map[events.ID]bool{}
	for range rounds {
		lifetime := time.Duration(50+random.IntN(450)) * time.Millisecond
		for _, id := range killAfter(t, path, lifetime) {
			acknowledged[id] = true
		}
		s := open(t, sqlite.Options{Path: path})
		seen := map[events.ID]bool{}
		next := map[events.Stream]events.Revision{}
		appends := map[events.ID]int{} // by ask
		for r, err := range s.ReadAll(t.Context(), events.Position{}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen[r.ID] || r.Revision != next[r.Stream] {
				t.Fatalf("fact %s is at %d of %s, want %d; seen before: %t", r.ID, r.Revision, r.Stream, next[r.Stream], seen[r.ID])
			}
			seen[r.ID] = true
			next[r.Stream]++
			appends[r.Ask]++
		}
		for id := range acknowledged {
			if !seen[id] {
				t.Errorf("fact %s was acknowledged after %s and is not there", id, lifetime)
			}
		}
		for ask, facts := range appends {
			if facts != together {
				t.Errorf("append %s has %d of its %d facts", ask, facts, together)
			}
		}
		t.Logf("killed after %s: %d facts acknowledged so far, %d recorded", lifetime, len(acknowledged), len(seen))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged in any round: the test has tested nothing")
	}
}

// together is how many facts the child appends at once.
const together = 3

// killAfter lets a child append to the book for a while, then kills it without
// warning, and returns the ids that it said were recorded.
func killAfter(t *testing.T, path string, lifetime time.Duration) (ids []events.ID) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), child+"="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "open" {
			time.AfterFunc(lifetime, func() {
				if err := c.Process.Kill(); err != nil {
					t.Error(err)
				}
			})
			continue
		}
		for id := range strings.FieldsSeq(lines.Text()) {
			ids = append(ids, events.ID(id))
		}
	}
	if err := c.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child was not killed: %v", err)
	}
	return ids
}

// appendForEver is the child: many callers append, and each acknowledged append
// is told in one write to the pipe, which is either whole or not there.
func appendForEver(path string) {
	s, err := sqlite.Open(sqlite.Options{Path: path})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("open")
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			stream, at := events.Stream("practice-"+string(storetest.Entries(1)[0].ID)), events.NoStream
			for {
				facts := storetest.Entries(together)
				for i := range facts {
					facts[i].Ask = facts[0].ID
				}
				done, err := s.Append(context.Background(), stream, at, facts)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				at = done.Revision
				fmt.Println(facts[0].ID, facts[1].ID, facts[2].ID)
			}
		})
	}
	all.Wait()
}

func environment(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
