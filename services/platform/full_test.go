package platform_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/platform"
)

// fill records until the book is full, and returns the request it refused after
// how many it did not.
func fill(t *testing.T, c client) (refused input, recorded int) {
	t.Helper()
	for i := range 20_000 {
		in := input{"code": "U99001", "name": fmt.Sprint(i, " ", strings.Repeat("x", 180)), "idempotencyKey": fmt.Sprint(i)}
		d, a, err := c.submit(t.Context(), "renameNetwork", in)
		switch {
		case err != nil || a.status != http.StatusOK || len(a.Errors) > 0:
			t.Fatalf("request %d: %v, %d %s", i, err, a.status, a.body)
		case slices.Equal(d.codes(), []string{"BOOK_FULL"}):
			if d.Receipt != nil || d.Problems[0].Message != "The book's disk is full. Nothing was recorded; the operator must make room, then ask the same again." {
				t.Errorf("a full book says %+v", d)
			}
			return in, i
		case d.Receipt == nil:
			t.Fatalf("request %d: %s", i, a.body)
		}
	}
	t.Fatal("the book does not come to be full")
	return nil, 0
}

// readsOn makes sure that a full book is read as before.
func readsOn(t *testing.T, c client) {
	t.Helper()
	c.says(t, `{ network(code: "U99001") { code } then: network(code: "U99001", asAt: "2001-01-01T00:00:00Z") { code } }`, `{"network":{"code":"U99001"},"then":null}`)
	c.watch(t, "U99001", "").next(t)
	if p := c.refused(t, "registerNetwork", input{"code": "U99002", "name": strings.Repeat("y", 200), "system": "QZ1"}); p[0].Code != "BOOK_FULL" {
		t.Errorf("another history: %+v", p)
	}
	if all := history(t, c, "network-U99001"); len(all) == 0 {
		t.Error("a full book has no entries to show")
	}
}

// resumes sends what was refused again, under the same key.
func resumes(t *testing.T, c client, refused input, recorded int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		d, a, err := c.submit(t.Context(), "renameNetwork", refused)
		if err == nil && d.Receipt != nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("with room again, still %v %s", err, a.body)
		}
	}
	c.eventually(t, `{ network(code: "U99001") { name } }`, fmt.Sprintf(`{"network":{"name":%q}}`, refused["name"]))
	if all := caughtUp(t, c); all != recorded+3 { // and what begin has recorded
		t.Errorf("the book has %d entries, %d requests were answered", all, recorded+3)
	}
}

func TestAFullBookRefusesReadsOnAndResumes(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T, c platform.Config) (client, func()) {
		s, stop := up(t, c)
		someone := s.as(t, "steward", steward)
		someone.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
		someone.do(t, "registerNetwork", input{"code": "U99001", "name": "North", "system": "QZ1"})
		return someone, stop
	}
	t.Run("with a higher limit", func(t *testing.T) {
		t.Parallel()
		config := platform.Config{Data: t.TempDir(), MaxPages: 60}
		c, stop := begin(t, config)
		refused, recorded := fill(t, c)
		readsOn(t, c)
		stop()
		config.MaxPages = 0
		s, _ := up(t, config)
		resumes(t, s.as(t, "steward", steward), refused, recorded)
	})
	t.Run("with room on the disk, while it runs", func(t *testing.T) {
		t.Parallel()
		disk := t.TempDir()
		if err := mount(disk, "16m"); err != nil {
			// Nothing is skipped: the case above fills a book by its own limit.
			t.Logf("NOT TRIED: no small disk can be mounted here (%v), so no disk is filled", err)
			return
		}
		t.Cleanup(func() {
			if err := unmount(disk); err != nil {
				t.Errorf("unmount %s: %v", disk, err)
			}
		})
		c, stop := begin(t, platform.Config{Data: filepath.Join(disk, "data")})
		defer stop()
		ballast := filepath.Join(disk, "ballast")
		leave(t, disk, ballast, 1<<20)
		refused, recorded := fill(t, c)
		readsOn(t, c)
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		resumes(t, c, refused, recorded)
		c.do(t, "registerNetwork", input{"code": "U99003", "name": "After all", "system": "QZ1"})
	})
}
